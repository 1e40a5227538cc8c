// What tests of files share: a folder a test, files in it, and the messages of errors.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <lzma.h>
#include <sys/resource.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace lockstep {

class DataFilesTest : public testing::Test {
 protected:
  DataFilesTest() {
    std::string pattern = testing::TempDir() + "lockstep-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~DataFilesTest() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }

  /// True when a file was begun in the folder and not brought to its end.
  [[nodiscard]] bool has_partial_file() const {
    const std::filesystem::directory_iterator files(folder_);
    return std::any_of(begin(files), end(files),
                       [](const auto& file) { return file.path().extension() == ".partial"; });
  }

  [[nodiscard]] std::string write(const std::string& name, std::string_view content) const {
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
  }

 private:
  std::filesystem::path folder_;
};

/// While it lives, no file may grow beyond `bytes`: what a full disk does.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_{};
};

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// What zlib makes of `content`: gzip with 16 + MAX_WBITS, bare deflate with -MAX_WBITS.
inline std::string deflated(std::string_view content, int window_bits) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, content.size()), '\0');
  std::string in(content);
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

/// The content of a gzip file that holds `content`.
inline std::string gzip(std::string_view content) {
  return deflated(content, 16 + MAX_WBITS);
}

/// The same for zstd and xz.
inline std::string zstd(std::string_view content) {
  std::string out(ZSTD_compressBound(content.size()), '\0');
  constexpr int kLevel = 1;
  out.resize(ZSTD_compress(out.data(), out.size(), content.data(), content.size(), kLevel));
  return out;
}

inline std::string xz(std::string_view content) {
  std::string out(lzma_stream_buffer_bound(content.size()), '\0');
  std::size_t size = 0;
  lzma_easy_buffer_encode(0, LZMA_CHECK_CRC64, nullptr, reinterpret_cast<const std::uint8_t*>(content.data()),
                          content.size(), reinterpret_cast<std::uint8_t*>(out.data()), &size, out.size());
  out.resize(size);
  return out;
}

/// The content of an IDX file of unsigned bytes.
inline std::string idx(const std::vector<std::uint32_t>& sizes, std::string_view values) {
  std::string content{'\0', '\0', '\x08', static_cast<char>(sizes.size())};
  for (const std::uint32_t size : sizes)
    for (const int shift : {24, 16, 8, 0}) content += static_cast<char>(size >> shift & 0xFFU);
  return content.append(values);
}

/// The message of the Error with `status` that `call` throws; the test fails when it does not.
template <class Call>
std::string error_of(ExitStatus status, Call&& call) {
  try {
    static_cast<void>(call());
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), status) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "there was no error";
  return "";
}

/// The message with which `call` reports bad input; the test fails when it does not.
template <class Call>
std::string bad_input_of(Call&& call) {
  return error_of(ExitStatus::bad_input, std::forward<Call>(call));
}

/// The same for what fails although the input is right.
template <class Call>
std::string failure_of(Call&& call) {
  return error_of(ExitStatus::failed, std::forward<Call>(call));
}

}  // namespace lockstep
