// Bytes of a file, decoded where its content is compressed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data/decoder.hpp"

namespace lockstep {

/// The path that stands for standard input.
inline constexpr const char* kStandardInput = "-";

/// A file that is read from its beginning to its end.
class InputFile {
 public:
  /// Bad input, with the system's reason, unless `path` is a file that can be read or kStandardInput.
  explicit InputFile(const std::string& path);

  /// Fills `out` as far as the file goes and returns how many bytes that were: fewer than asked for only at
  /// the end. Bad input when compressed data are damaged, end too early or are followed by anything but zeros; a
  /// failure when the device cannot be read. A compressed file may have several members, one after the other.
  std::size_t read(std::span<std::byte> out);

  /// True where it is neither compressed nor a stream, so that reading can go on anywhere.
  [[nodiscard]] bool can_seek() const { return decoder_ == nullptr && file_.get() != stdin; }
  /// The number of the byte that comes next, and going on from another, from then on without reading more than is
  /// asked for.
  [[nodiscard]] std::uint64_t place() const { return taken_ - unused_.size(); }
  void seek(std::uint64_t place);

  /// The part of the file, 0 to 1, that the bytes read so far have taken; 1 for standard input.
  [[nodiscard]] double done() const;

 private:
  [[nodiscard]] std::size_t read_plain(std::span<std::byte> out);
  [[nodiscard]] std::size_t decode_some(std::span<std::byte> out);
  /// Reads bytes of the file as they are; fewer than asked for only at its end.
  [[nodiscard]] std::size_t read_file(std::span<std::byte> out);
  /// Reads more of the file when all has been used. False at its end.
  bool refill();
  void begin_member();

  std::string path_;
  std::unique_ptr<std::FILE, void (*)(std::FILE*)> file_;
  std::uint64_t size_ = 0;        // 0: not known
  std::uint64_t taken_ = 0;       // bytes of the file that are or were in block_
  bool reads_ahead_ = true;       // a block at a time
  std::vector<std::byte> block_;  // of the file
  std::span<std::byte> unused_;   // of block_
  const Compression* compression_ = nullptr;
  std::unique_ptr<Decoder> decoder_;  // none where the file is plain
  bool in_member_ = false;
};

}  // namespace lockstep
