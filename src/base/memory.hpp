// How much memory this process can still get, so that data that do not fit are refused before they are read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace lockstep {

/// Bytes that this process can still get: what the host has, the limits of its control groups (versions 1 and 2) and
/// its own limits (ulimit -v, -d), the least of them. `root` is the folder under which /proc and /sys are.
std::uint64_t available_memory(const std::filesystem::path& root = "/");

/// Bad input, naming `source`, unless `bytes` can be had.
void require_memory(const std::string& source, std::uint64_t bytes);

/// Gives whole pages of memory whose content nobody needs any more back to the system: where data go from one place to
/// another piece by piece, they are not there twice. What the memory holds then is undefined.
void give_back(std::span<const std::byte> memory);

/// The bytes in a piece of what goes so.
inline constexpr std::size_t kMovedPiece = std::size_t{1} << 22U;

/// Bytes for people: "1.2 GB".
std::string bytes_text(double bytes);

}  // namespace lockstep
