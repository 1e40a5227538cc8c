// How much of a step's messages hide behind its computation: steps with either alone and with both, over all ranks.
// Options: hidden layers and global batch, 2048-2048-2048 and 512 unless given. For several hosts on one machine:
//   tests/cluster/hosts.py --hosts 3 --rate 1gbit -- mpirun -n 3 build/release/benchmark_overlap
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "base/stopwatch.hpp"
#include "comm/reducer.hpp"
#include "nn/model.hpp"
#include "optim/optimizer.hpp"
#include "tensor/blas.hpp"
#include "tensor/elementwise.hpp"

namespace lockstep {
namespace {

constexpr std::size_t kInputs = 784;
constexpr std::size_t kOutputs = 10;
constexpr std::size_t kSlices = 8;

std::vector<LayerOptions> layers_of(const std::string& hidden) {
  std::vector<LayerOptions> layers;
  std::istringstream widths(hidden);
  for (std::string width; std::getline(widths, width, '-');)
    layers.push_back({std::strtoul(width.c_str(), nullptr, 10), kActivation<Relu>, 0});
  layers.push_back({kOutputs, kActivation<Identity>, 0});
  return layers;
}

/// A training step's work without its data.
class Step {
 public:
  Step(const Communicator& world, const std::string& hidden, std::size_t batch)
      : world_(world),
        model_(kInputs, layers_of(hidden), resolve(Kernels::automatic)),
        reducer_(world, world.on_this_host(), kSlices, model_.size(), 1),
        slices_(batch, kSlices, reducer_.owned()),
        workspace_(model_, slices_.samples.size(), kSlices),
        inputs_(slices_.samples.size() * kInputs),
        parameters_(model_.size()),
        velocity_(model_.size()) {
    std::ranges::fill(inputs_.span(), 0.5F);
    model_.initialize({}, 1, parameters_.span());
    std::ranges::fill(workspace_.output_delta(slices_.samples.size()).values(), 1e-3F);
  }

  /// Seconds of the slowest rank.
  double take(bool computes, bool sends) {
    world_.barrier();
    Stopwatch watch;
    const ConstMatrix inputs(inputs_.span(), slices_.samples.size(), kInputs);
    if (computes) {
      model_.forward(parameters_.span(), inputs, slices_, workspace_);
      static_cast<void>(model_.backward(parameters_.span(), inputs, slices_, {reducer_.nodes(), reducer_.gradients()},
                                        workspace_, [&](std::size_t from) {
                                          if (sends) reducer_.progress(from);
                                        }));
    }
    if (sends) reducer_.exchange(std::vector<double>(slices_.rows.size(), 1.0));
    for (std::size_t p = 0; p < reducer_.parts().size(); ++p) {
      if (sends) reducer_.wait(p);
      if (computes) update(reducer_.parts()[p], sends);
    }
    if (sends) reducer_.finish();
    const double seconds = watch.lap();
    double slowest = 0;
    for (const double other : world_.gather(std::span(&seconds, 1))) slowest = std::max(slowest, other);
    return slowest;
  }

 private:
  void update(const Range& part, bool sends) {
    constexpr std::size_t kChunk = GradientReducer::kChunk;
    std::vector<float> mean(kChunk);
    const Optimizer sgd(OptimizerOptions{.momentum = 0.9});
    for (std::size_t begin = part.begin; begin < part.end; begin += kChunk) {
      const Range range{begin, std::min(part.end, begin + kChunk)};
      const std::span<float> gradient = std::span(mean).first(range.size());
      const std::span<const float> sum =
          sends ? reducer_.sum(range) : reducer_.gradients()[0].subspan(range.begin, range.size());
      divide(sum, 512, gradient);
      sgd.update({.parameters = parameters_.span().subspan(range.begin, range.size()),
                  .moments = Moments(velocity_.span(), model_.size(), range.begin),
                  .gradient = gradient});
    }
  }

  Communicator world_;
  Model model_;
  GradientReducer reducer_;
  OwnedSlices slices_;
  Workspace workspace_;
  AlignedBuffer inputs_;
  AlignedBuffer parameters_;
  AlignedBuffer velocity_;
};

double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

void run(const Communicator& world, const std::string& hidden, std::size_t batch) {
  constexpr int kRounds = 11;
  Step step(world, hidden, batch);
  std::vector<double> compute;
  std::vector<double> messages;
  std::vector<double> both;
  for (int round = 0; round <= kRounds; ++round) {
    const double times[] = {step.take(true, false), step.take(false, true), step.take(true, true)};
    if (round == 0) continue;
    compute.push_back(times[0]);
    messages.push_back(times[1]);
    both.push_back(times[2]);
  }
  const double hosts = world.sum(world.on_this_host().is_root() ? 1 : 0);
  if (!world.is_root()) return;
  const double c = median(compute);
  const double m = median(messages);
  const double b = median(both);
  fmt::print("784-{}-10, batch {}, {} ranks on {} hosts, medians of {} steps\n", hidden, batch, world.size(), hosts,
             kRounds);
  fmt::print("computation alone: {:8.2f} ms\nmessages alone:    {:8.2f} ms\nboth:              {:8.2f} ms\n", 1e3 * c,
             1e3 * m, 1e3 * b);
  fmt::print("hidden: {:.0f} % of the shorter\n", 100 * (c + m - b) / std::min(c, m));
}

}  // namespace
}  // namespace lockstep

int main(int argc, char** argv) {
  using namespace lockstep;
  const MpiSession session(argc, argv);
  openblas::use_one_thread();
  run(Communicator::world(), argc > 1 ? argv[1] : "2048-2048-2048",
      argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 512);
}
