// Bytes of a file, inflated where its content is gzip.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

struct gzFile_s;

namespace lockstep {

/// A file that is read once from its beginning to its end.
class InputFile {
 public:
  /// Bad input, with the system's reason, unless `path` is a file that can be read.
  explicit InputFile(const std::string& path);

  /// Fills `out` as far as the file goes and returns how many bytes that were: fewer than asked for only at
  /// the end. Bad input when a gzip file is damaged or ends too early; a failure when the device cannot be
  /// read.
  std::size_t read(std::span<std::byte> out);

 private:
  std::string path_;
  std::unique_ptr<gzFile_s, int (*)(gzFile_s*)> file_;
};

}  // namespace lockstep
