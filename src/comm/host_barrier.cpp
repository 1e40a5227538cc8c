#include "comm/host_barrier.hpp"

#include <sched.h>

#include <new>

namespace lockstep {

HostBarrier::HostBarrier(const Communicator& host)
    : ranks_(static_cast<std::uint32_t>(host.size())), memory_(host, 2 * sizeof(Place)) {
  void* begin = memory_.bytes.data();
  std::size_t size = memory_.bytes.size();
  std::align(alignof(Place), sizeof(Place), begin, size);
  place_ = host.is_root() ? new (begin) Place{} : static_cast<Place*>(begin);
  host.barrier();
}

void HostBarrier::wait() const {
  // Where ranks have a core each the others come soon; where they share one, they need it.
  constexpr int kSpins = 4000;
  const std::uint32_t round = place_->round.load();
  if (place_->arrived.fetch_add(1) + 1 == ranks_) {
    place_->arrived = 0;
    ++place_->round;
    return;
  }
  for (int spins = 0; place_->round.load(std::memory_order_acquire) == round; ++spins)
    if (spins > kSpins) sched_yield();
}

}  // namespace lockstep
