#include "base/digest.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <array>
#include <fstream>
#include <new>

#include "base/error.hpp"

namespace lockstep {

Digest::Digest() : state_(XXH3_createState()) {
  if (state_ == nullptr) throw std::bad_alloc();
  XXH3_64bits_reset(state_);
}

Digest::~Digest() {
  XXH3_freeState(state_);
}

void Digest::add_bytes(std::span<const std::byte> bytes) {
  XXH3_64bits_update(state_, bytes.data(), bytes.size());
}

std::uint64_t Digest::value() const {
  return XXH3_64bits_digest(state_);
}

std::string Digest::text() const {
  return fmt::format("{:016x}", value());
}

std::string digest_of(std::span<const float> values) {
  Digest digest;
  digest.add(values);
  return digest.text();
}

std::string digest_of_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  Digest digest;
  std::array<char, 65536> bytes{};
  while (file.read(bytes.data(), bytes.size()) || file.gcount() > 0)
    digest.add_bytes(std::as_bytes(std::span(bytes)).first(static_cast<std::size_t>(file.gcount())));
  if (!file.eof()) throw failure("{}: cannot be read", path.string());
  return digest.text();
}

}  // namespace lockstep
