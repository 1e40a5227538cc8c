// How much memory this process can still get, so that data that do not fit are refused before they are read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace lockstep {

/// Bytes that this process can still get: what the host has, the limits of its control groups (versions 1 and 2) and
/// its own limits (ulimit -v, -d), the least of them. `root` is the folder under which /proc and /sys are.
std::uint64_t available_memory(const std::filesystem::path& root = "/");

/// Bad input, naming `source`, unless `bytes` can be had.
void require_memory(const std::string& source, std::uint64_t bytes);

/// Bytes for people: "1.2 GB".
std::string bytes_text(double bytes);

}  // namespace lockstep
