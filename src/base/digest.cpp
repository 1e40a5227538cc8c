#include "base/digest.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <new>

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

std::string Digest::text() const {
  return fmt::format("{:016x}", XXH3_64bits_digest(state_));
}

std::string digest_of(std::span<const float> values) {
  Digest digest;
  digest.add(values);
  return digest.text();
}

}  // namespace lockstep
