// Memory that all ranks of a host see: data is there once per host, not once per rank.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

#include "base/partition.hpp"
#include "comm/communicator.hpp"

namespace lockstep {

/// `size` bytes, rank 0's value, zero at first, on every rank of `host`, which all see the same memory. Its pages are
/// taken before it is used, those of `mine` by this rank and so near to it, so that nobody can take them away: where a
/// file system in memory is full, a page that is touched first would end the process. Freed with the last copy of
/// `owner`. Throws Error when the host has no room for it. Collective.
struct SharedMemory {
  SharedMemory(const Communicator& host, std::size_t size, const Range& mine = {});

  /// The same, holding what rank 0 gives, whose own memory it leaves to the system piece by piece. Collective.
  SharedMemory(const Communicator& host, std::span<const std::byte> content);

  std::span<std::byte> bytes;
  std::shared_ptr<const void> owner;

 private:
  void map(std::size_t size, int descriptor);
};

/// Where memory that ranks share is taken from.
inline const std::filesystem::path kSharedMemoryFolder = "/dev/shm";

/// Throws Error, with the remedy, unless `folder` has room for so many bytes, which are for `what`.
void check_shared_room(std::size_t bytes, const std::string& what,
                       const std::filesystem::path& folder = kSharedMemoryFolder);

/// Takes the pages of `range` of a file. Throws Error, with the remedy, where there is no room for them in `folder`.
void reserve_pages(int descriptor, const Range& range, const std::filesystem::path& folder);

}  // namespace lockstep
