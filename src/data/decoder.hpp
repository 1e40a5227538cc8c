// Compressed data, decoded piece by piece: one class a kind of compression.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace lockstep {

/// Why compressed data cannot be decoded, in the words of the library.
struct Damage {
  std::string reason;
};

/// Decodes one member after the other. A file may have several: gzip's members, zstd's frames, the streams of xz.
class Decoder {
 public:
  Decoder() = default;
  virtual ~Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  struct Step {
    std::size_t used = 0;     // bytes of the input
    std::size_t written = 0;  // to the output
    bool ended = false;       // the member is complete
  };
  /// Decodes a part of a member. Throws Damage.
  virtual Step decode(std::span<const std::byte> in, std::span<std::byte> out) = 0;

  /// Gets ready for another member.
  virtual void restart() = 0;
};

/// A kind of compression.
struct Compression {
  const char* name;
  /// True for the bytes with which a member may begin, the first few at least one of which are given.
  bool (*begins)(std::string_view bytes);
  std::unique_ptr<Decoder> (*decoder)();
};

extern const Compression kGzip;
extern const Compression kZstd;
extern const Compression kXz;

/// The compression of a file that begins so; null where it is plain.
const Compression* compression_of(std::span<const std::byte> beginning);

/// `part` and `whole` begin alike, as far as both go.
inline bool begin_alike(std::string_view part, std::string_view whole) {
  return whole.starts_with(part.substr(0, whole.size()));
}

}  // namespace lockstep
