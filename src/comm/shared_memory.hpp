// Memory that all ranks of a host see: data is there once a host, not once a rank.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "comm/communicator.hpp"

namespace lockstep {

/// `size` bytes, rank 0's value, on every rank of `host`, which all see the same memory. Freed with the last copy of
/// `owner`, collectively. Throws Error when the host has no room for it.
struct SharedMemory {
  SharedMemory(const Communicator& host, std::size_t size);

  std::span<std::byte> bytes;
  std::shared_ptr<const void> owner;
};

}  // namespace lockstep
