// What the ranks of a host do with their gradients, beside what their cores do with as much memory: the sum over all
// slices, and the one pass that sums and updates. Runs under mpirun on any number of ranks.
#include "comm/reducer.hpp"

#include <array>

#include "limit.hpp"
#include "optim/optimizer.hpp"
#include "pieces.hpp"
#include "tensor/elementwise.hpp"
#include "train/state.hpp"

namespace lockstep {
namespace {

Config config_with_momentum() {
  Config config;
  config.optimizer.momentum = 0.9;
  return config;
}

/// Nothing: of the table one rank's is enough.
class NoReporter : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>&) override {}
};

class Bench {
 public:
  Bench(const Communicator& world, const Work& work, std::size_t slices)
      : world_(world),
        batch_(static_cast<float>(work.batch)),
        model_(model_of(work.widths)),
        sgd_(OptimizerOptions{.momentum = 0.9}),
        state_(model_, config_with_momentum(), world),
        reducer_(world, world, slices, model_.size(), 1),
        nodes_(static_cast<std::size_t>(world.sum(static_cast<int>(reducer_.nodes().size())))) {}

  /// What it writes stays in the cache, a chunk at a time, so that only reading the buffers counts.
  void sum(benchmark::State& state) {
    const double seconds = measure(state, [](const Range&, std::span<const float>) {});
    report(state, "GB/s", gigabytes(nodes_) / seconds, of_all_ranks(read_limit(bytes_of_part(nodes_))));
  }

  /// The same pass as TrainingStep::update. Velocity and parameters are read and written.
  void update(benchmark::State& state) {
    std::array<float, GradientReducer::kChunk> mean{};
    const double seconds = measure(state, [&](const Range& range, std::span<const float> sum) {
      const std::span<float> gradient = std::span(mean).first(range.size());
      divide(sum, batch_, gradient);
      sgd_.update({.parameters = state_.parameters.subspan(range.begin, range.size()),
                   .moments = Moments(state_.moments, model_.size(), range.begin),
                   .gradient = gradient,
                   .rate = 0.01F});
    });
    report(state, "GB/s", gigabytes(nodes_ + 4) / seconds, of_all_ranks(update_limit(bytes_of_part(nodes_ + 2))));
  }

 private:
  /// Seconds from the moment at which all ranks have their gradients until the last has come to the end. All ranks
  /// report the same times, so that all take the same number of iterations.
  template <class Use>
  double measure(benchmark::State& state, Use&& use) {
    const std::vector<double> rows(reducer_.owned().size(), 1.0);
    double sum = 0;
    for (auto _ : state) {
      for (const std::span<float> gradient : reducer_.gradients()) std::ranges::fill(gradient, 1e-3F);
      world_.barrier();
      Stopwatch watch;
      reducer_.exchange(rows);
      const Range& part = reducer_.parts().front();
      for (std::size_t begin = part.begin; begin < part.end; begin += GradientReducer::kChunk) {
        const Range range{begin, std::min(part.end, begin + GradientReducer::kChunk)};
        use(range, reducer_.sum(range));
      }
      reducer_.finish();
      const double seconds = -1e-9 * world_.minimum(static_cast<int>(-1e9 * watch.lap()));
      state.SetIterationTime(seconds);
      sum += seconds;
    }
    return sum / static_cast<double>(state.iterations());
  }

  /// Of so many floats for each parameter.
  [[nodiscard]] double gigabytes(std::size_t floats) const {
    return 1e-9 * static_cast<double>(floats * sizeof(float) * model_.size());
  }
  [[nodiscard]] std::size_t bytes_of_part(std::size_t floats) const {
    return floats * sizeof(float) * reducer_.parts().front().size();
  }
  /// The sum over all ranks, which do it at the same time.
  [[nodiscard]] double of_all_ranks(double rate) const { return 1e-3 * world_.sum(static_cast<int>(1e3 * rate)); }

  Communicator world_;
  float batch_;
  Model model_;
  Optimizer sgd_;
  TrainState state_;
  GradientReducer reducer_;
  std::size_t nodes_;  // of all ranks
};

/// With 8 slices two ranks have a node of the tree each, with 12 two. A single rank has no more than one, and nothing
/// to sum.
void register_all(const Communicator& world) {
  const auto add = [](const std::string& name, auto&& run) {
    benchmark::RegisterBenchmark(name.c_str(), run)->UseManualTime();
  };
  for (const std::size_t slices : world.size() > 1 ? std::vector<std::size_t>{8, 12} : std::vector<std::size_t>{8})
    for (const Work& work : kWorks) {
      const auto same = [&](const Work& other) { return other.widths == work.widths; };
      if (&*std::ranges::find_if(kWorks, same) != &work) continue;  // the batch makes no difference
      const std::string name = fmt::format("{}/slices:{}", work.name, slices);
      if (world.size() > 1)
        add("sum/" + name, [&, slices](benchmark::State& state) { Bench(world, work, slices).sum(state); });
      add("update/" + name, [&, slices](benchmark::State& state) { Bench(world, work, slices).update(state); });
    }
}

int run(int argc, char** argv) {
  const MpiSession session(argc, argv);
  const Communicator world = Communicator::world();
  if (world.on_this_host().size() < world.size() || world.size() > static_cast<int>(kSlices)) {
    if (world.is_root()) fmt::print(stderr, "benchmark_reducer wants no more than {} ranks, on one host\n", kSlices);
    return 2;
  }
  register_all(world);
  NoReporter none;
  return run_benchmarks(argc, argv, world.is_root() ? nullptr : &none);
}

}  // namespace
}  // namespace lockstep

int main(int argc, char** argv) {
  return lockstep::run(argc, argv);
}
