// The members of a zip archive, stored or deflated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace lockstep {

struct ZipMember {
  std::string name;
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  std::uint32_t crc = 0;
  std::uint64_t packed = 0;    // bytes in the file
  std::uint64_t unpacked = 0;  // bytes of content
  std::uint64_t header = 0;    // where in the file it begins
};

/// True when the file begins as a zip archive with members does.
bool is_zip(const std::string& path);

/// What the directory of the archive at `path` has. Bad input where there is none, or it is damaged.
std::vector<ZipMember> list_zip(const std::string& path);

/// Gives the content of a member, piece by piece, as ByteSource does. Bad input where it is encrypted, packed by
/// another method, cut short, or not what its checksum says, which is compared when the end is read.
std::function<std::size_t(std::span<std::byte>)> open_zip_member(const std::string& path, const ZipMember& member);

}  // namespace lockstep
