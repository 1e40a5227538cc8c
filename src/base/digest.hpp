// A 64-bit digest of numbers: two runs are the same run when their digests are equal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

struct XXH3_state_s;

namespace lockstep {

/// XXH3, 64 bits, over the bytes of the values in the order in which they are added.
class Digest {
 public:
  Digest();
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;

  void add_bytes(std::span<const std::byte> bytes);
  void add(std::span<const float> values) { add_bytes(std::as_bytes(values)); }

  [[nodiscard]] std::uint64_t value() const;
  /// The same in 16 hexadecimal digits.
  [[nodiscard]] std::string text() const;

 private:
  XXH3_state_s* state_;
};

/// The digest of these values alone.
std::string digest_of(std::span<const float> values);

/// The digest of a file's bytes. Throws Error when it cannot be read.
std::string digest_of_file(const std::filesystem::path& path);

}  // namespace lockstep
