// What the readers' tests share: a folder a test, files in it, and the messages of bad input.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
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

  [[nodiscard]] std::string write(const std::string& name, std::string_view content) const {
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
  }

 private:
  std::filesystem::path folder_;
};

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The content of a gzip file that holds `content`.
inline std::string gzip(std::string_view content) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
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

/// The content of an IDX file of unsigned bytes.
inline std::string idx(const std::vector<std::uint32_t>& sizes, std::string_view values) {
  std::string content{'\0', '\0', '\x08', static_cast<char>(sizes.size())};
  for (const std::uint32_t size : sizes)
    for (const int shift : {24, 16, 8, 0}) content += static_cast<char>(size >> shift & 0xFFU);
  return content.append(values);
}

/// The message with which `call` reports bad input; the test fails when it does not.
template <class Call>
std::string bad_input_of(Call&& call) {
  try {
    static_cast<void>(call());
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), ExitStatus::bad_input) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "there was no error";
  return "";
}

}  // namespace lockstep
