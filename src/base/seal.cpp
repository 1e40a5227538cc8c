#include "base/seal.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/error.hpp"

namespace lockstep {

namespace {

constexpr const char* kMark = "Lockstep sealed file";

/// What the seal of a file says whose other bytes are those that follow in `stream`.
std::string seal_of(std::istream& stream) {
  Digest digest;
  std::size_t size = 0;
  std::vector<char> block(1U << 20U);
  while (stream) {
    stream.read(block.data(), static_cast<std::streamsize>(block.size()));
    const auto count = static_cast<std::size_t>(stream.gcount());
    digest.add_bytes(std::as_bytes(std::span(block).first(count)));
    size += count;
  }
  std::string seal =
      fmt::format("{}: XXH3 {} of the {} bytes that follow byte {}\n", kMark, digest.text(), size, kSealSize);
  seal.resize(kSealSize, '\0');
  return seal;
}

}  // namespace

void seal_file(const std::filesystem::path& path) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekg(kSealSize);
  const std::string seal = seal_of(file);
  file.clear();
  file.seekp(0);
  file.write(seal.data(), static_cast<std::streamsize>(seal.size()));
  file.close();
  if (!file) throw failure("{}: cannot write: {}", path.string(), std::strerror(errno));
}

SealState check_seal(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw bad_input("{}: cannot open: {}", path.string(), std::strerror(errno));
  std::string found(kSealSize, '\0');
  file.read(found.data(), static_cast<std::streamsize>(found.size()));
  if (!found.starts_with(kMark)) return SealState::unsealed;
  return file && found == seal_of(file) ? SealState::whole : SealState::broken;
}

bool has_seal(const std::filesystem::path& path) {
  std::string beginning(std::strlen(kMark), '\0');
  std::ifstream(path, std::ios::binary).read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  return beginning == kMark;
}

}  // namespace lockstep
