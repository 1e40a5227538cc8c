// Bytes of a file, inflated where its content is gzip: zlib tells the two apart and checks the sums.
#include "data/input_file.hpp"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/error.hpp"
#include "data/checks.hpp"

namespace lockstep {

InputFile::InputFile(const std::string& path) : path_(path), file_(nullptr, gzclose_r) {
  check_data_file(path);
  file_.reset(gzopen(path.c_str(), "rb"));
  if (file_ == nullptr) throw failure("{}: cannot open: {}", path, std::strerror(errno));
  gzbuffer(file_.get(), 1U << 18);
}

std::size_t InputFile::read(std::span<std::byte> out) {
  constexpr std::size_t most = 1U << 30;  // zlib counts in int
  std::size_t done = 0;
  while (done < out.size()) {
    const auto wanted = static_cast<unsigned>(std::min(out.size() - done, most));
    const int got = gzread(file_.get(), out.data() + done, wanted);
    if (got > 0) done += static_cast<std::size_t>(got);
    if (got == static_cast<int>(wanted)) continue;

    // zlib reports an end that comes too early as a short read, and only here.
    int status = Z_OK;
    const char* reason = gzerror(file_.get(), &status);
    if (status == Z_ERRNO) throw failure("{}: cannot read: {}", path_, std::strerror(errno));
    if (status == Z_BUF_ERROR) throw bad_input("{}: the gzip data end too early; copy the file again", path_);
    if (status < 0) throw bad_input("{}: the gzip data are damaged ({}); copy the file again", path_, reason);
    break;
  }
  return done;
}

}  // namespace lockstep
