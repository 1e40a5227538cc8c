#include "comm/speed.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "base/rank_report.hpp"
#include "base/stopwatch.hpp"
#include "comm/reducer.hpp"

namespace lockstep {

namespace {

constexpr std::size_t kLargeMessage = 1U << 17U;  // floats

void send(std::span<const float> values, int to, const Communicator& comm) {
  check_mpi(MPI_Send(values.data(), mpi_count(values.size()), MPI_FLOAT, to, 0, comm.handle()), "MPI_Send");
}

void receive(std::span<float> values, int from, const Communicator& comm) {
  check_mpi(MPI_Recv(values.data(), mpi_count(values.size()), MPI_FLOAT, from, 0, comm.handle(), MPI_STATUS_IGNORE),
            "MPI_Recv");
}

/// Half the median time in which rank 0 has its message back from `rank`.
double one_way_seconds(const Communicator& world, int rank, std::span<float> message, int times) {
  std::vector<double> laps;
  for (int time = -1; time < times; ++time) {  // the first one makes the connection
    Stopwatch watch;
    if (world.is_root()) send(message, rank, world);
    receive(message, world.is_root() ? rank : 0, world);
    if (!world.is_root()) send(message, 0, world);
    if (time >= 0) laps.push_back(watch.lap());
  }
  return median(laps) / 2;
}

}  // namespace

double measure_sum(const Communicator& world, const Communicator& host, std::size_t size) {
  GradientReducer reducer(world, host, static_cast<std::size_t>(world.size()), size, 1);
  const std::array loss = {0.0};
  const auto sum = [&] {
    for (const std::span<float> buffer : reducer.gradients()) std::ranges::fill(buffer, 1.0F);
    world.barrier();
    Stopwatch watch;
    reducer.exchange(loss);
    for (std::size_t p = 0; p < reducer.parts().size(); ++p) {
      const Range& part = reducer.parts()[p];
      reducer.wait(p);
      for (std::size_t begin = part.begin; begin < part.end; begin += GradientReducer::kChunk)
        reducer.sum({begin, std::min(part.end, begin + GradientReducer::kChunk)});
    }
    reducer.finish();
    return watch.lap();
  };
  sum();
  const double once = sum();
  std::size_t times = static_cast<std::size_t>(std::clamp(0.2 / once, 1.0, 200.0));
  world.broadcast(times);
  std::vector<double> laps;
  for (std::size_t time = 0; time < times; ++time) laps.push_back(sum());
  float seconds = static_cast<float>(median(laps));
  world.broadcast(std::span(&seconds, 1));
  return seconds;
}

std::vector<Link> measure_links(const Communicator& world, const Communicator& host) {
  const std::vector<int> first_on_host = world.allgather(host.minimum(world.rank()));
  std::vector<float> large(kLargeMessage);
  std::vector<Link> links;
  for (int rank = 1; rank < world.size(); ++rank) {
    if (first_on_host[static_cast<std::size_t>(rank)] != rank) continue;
    world.barrier();  // the others wait, and send nothing
    if (!world.is_root() && world.rank() != rank) continue;
    const double latency = one_way_seconds(world, rank, {}, 20);
    const double seconds = one_way_seconds(world, rank, large, 4);
    if (world.is_root()) links.push_back({rank, latency, static_cast<double>(std::span(large).size_bytes()) / seconds});
  }
  world.barrier();
  return links;
}

bool moves_unasked(const Communicator& world) {
  invariant(world.size() > 1, "a message goes to another rank");
  constexpr std::chrono::milliseconds kSleep(50);
  const int last = world.size() - 1;
  std::vector<float> message(kLargeMessage, world.is_root() ? 1.0F : 0.0F);
  std::vector<MPI_Request> requests;
  if (world.rank() == last)
    check_mpi(
        MPI_Irecv(message.data(), mpi_count(message.size()), MPI_FLOAT, 0, 0, world.handle(), &requests.emplace_back()),
        "MPI_Irecv");
  world.barrier();
  // It is sent when its receiver is asleep already.
  std::this_thread::sleep_for(kSleep);
  if (world.is_root())
    check_mpi(MPI_Isend(message.data(), mpi_count(message.size()), MPI_FLOAT, last, 0, world.handle(),
                        &requests.emplace_back()),
              "MPI_Isend");
  std::this_thread::sleep_for(2 * kSleep);
  // To ask MPI would move it, so that its last number is looked at instead.
  const bool arrived = world.rank() != last || *const_cast<const volatile float*>(&message.back()) == 1.0F;
  check_mpi(MPI_Waitall(mpi_count(requests.size()), requests.data(), MPI_STATUSES_IGNORE), "MPI_Waitall");
  invariant(world.rank() != last || message.back() == 1.0F, "what is received is what was sent");
  return world.minimum(arrived ? 1 : 0) == 1;
}

}  // namespace lockstep
