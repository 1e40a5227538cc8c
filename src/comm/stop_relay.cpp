#include "comm/stop_relay.hpp"

#include <chrono>
#include <thread>

namespace lockstep {

namespace {
constexpr int kTag = 0;
constexpr int kNone = -1;
}  // namespace

StopRelay::StopRelay(const Communicator& world, const Communicator& mine, int group)
    : world_(world.split(0)), group_(group), leads_(mine.is_root()) {
  const std::vector<int> led = world_.allgather(leads_ ? group : kNone);
  for (int rank = 0; rank < world_.size(); ++rank)
    if (const int of = led[static_cast<std::size_t>(rank)]; of != kNone && of != group) others_.push_back(rank);
}

void StopRelay::tell() {
  if (has_told_) return;
  has_told_ = true;
  for (const int rank : others_)
    check_mpi(MPI_Isend(nullptr, 0, MPI_BYTE, rank, kTag, world_.handle(), &sent_.emplace_back()), "MPI_Isend");
}

bool StopRelay::is_told() const {
  int found = 0;
  if (leads_ && !others_.empty())
    check_mpi(MPI_Iprobe(MPI_ANY_SOURCE, kTag, world_.handle(), &found, MPI_STATUS_IGNORE), "MPI_Iprobe");
  return found != 0;
}

void StopRelay::finish(const std::function<bool()>& wants_stop) {
  if (others_.empty()) return;
  constexpr std::chrono::milliseconds kSleep{1};
  MPI_Request all = MPI_REQUEST_NULL;
  check_mpi(MPI_Ibarrier(world_.handle(), &all), "MPI_Ibarrier");
  for (int here = 0; here == 0;) {
    if (wants_stop()) tell();
    check_mpi(MPI_Test(&all, &here, MPI_STATUS_IGNORE), "MPI_Test");
    if (here == 0) std::this_thread::sleep_for(kSleep);
  }
  // No message may be left when MPI ends.
  for (const int teller : world_.allgather(has_told_ ? group_ : kNone))
    if (leads_ && teller != kNone && teller != group_)
      check_mpi(MPI_Recv(nullptr, 0, MPI_BYTE, MPI_ANY_SOURCE, kTag, world_.handle(), MPI_STATUS_IGNORE), "MPI_Recv");
  check_mpi(MPI_Waitall(mpi_count(sent_.size()), sent_.data(), MPI_STATUSES_IGNORE), "MPI_Waitall");
}

}  // namespace lockstep
