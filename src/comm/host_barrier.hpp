// A barrier for the ranks of one host, through memory: a few times quicker than a message.
#pragma once

#include <atomic>
#include <cstdint>

#include "comm/shared_memory.hpp"

namespace lockstep {

class HostBarrier {
 public:
  /// For the ranks of `host`. Collective.
  explicit HostBarrier(const Communicator& host);

  /// Waits for all. What a rank wrote to memory before, all see afterwards.
  void wait() const;

 private:
  struct Place {
    alignas(64) std::atomic<std::uint32_t> arrived;
    alignas(64) std::atomic<std::uint32_t> round;
  };
  static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

  std::uint32_t ranks_;
  SharedMemory memory_;
  Place* place_;
};

}  // namespace lockstep
