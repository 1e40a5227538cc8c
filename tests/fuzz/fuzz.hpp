// What the fuzz targets share: input on disk, and what a reader may do with it.
#pragma once

#include <fuzzer/FuzzedDataProvider.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>

#include "base/error.hpp"

namespace lockstep {

/// A file of this process in the current folder, written anew for each input.
inline std::string input_path() {
  return std::filesystem::current_path() / fmt::format("input-{}", getpid());
}

inline std::string write_input(std::span<const std::uint8_t> bytes) {
  std::ofstream file(input_path(), std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  return input_path();
}

/// Calls `read`, which may refuse what it reads as bad input, in one line, and may do nothing else than succeed.
template <class Read>
void may_refuse(Read&& read) {
  try {
    read();
  } catch (const Error& error) {
    const std::string message = error.what();
    if (error.status() == ExitStatus::bad_input && !message.empty() && message.size() < 100'000) return;
    fmt::print(stderr, "status {}: {}\n", static_cast<int>(error.status()), message);
    std::abort();
  }
}

}  // namespace lockstep
