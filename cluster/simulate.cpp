// Training steps without their arithmetic: messages and sums are those of comm/reducer.hpp, computation is charged at
// given rates. SimGrid's SMPI runs it on clusters that do not exist. cluster/simulate builds and starts it.
#include "simulate.hpp"

#undef exit  // a macro of SMPI's, where CLI::App has a function
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cmath>

#include "comm/reducer.hpp"

namespace lockstep {
namespace {

constexpr std::size_t kPanel = 64;  // columns of a product between two looks for messages, as in tensor/products.cpp

struct Work {
  std::vector<std::size_t> network;
  double batch = 0;  // samples per rank
  int steps = 2;
  bool check = false;
  Rates rates;
};

/// One fully connected layer, laid out as Model does.
struct Layer {
  std::size_t inputs = 0;
  std::size_t outputs = 0;
  std::size_t begin = 0;  // of its weights in the gradient, which its biases follow
  double product = 0;     // seconds of one product of its weights with the rank's samples
};

std::vector<Layer> layers_of(const Work& work) {
  std::vector<Layer> layers;
  std::size_t begin = 0;
  for (std::size_t l = 0; l + 1 < work.network.size(); ++l) {
    const std::size_t inputs = work.network[l];
    const std::size_t outputs = work.network[l + 1];
    const auto weights = static_cast<double>(inputs * outputs);
    layers.push_back({inputs, outputs, begin, 2 * work.batch * weights / work.rates.products});
    begin += aligned(inputs * outputs) + aligned(outputs);
  }
  return layers;
}

std::size_t size_of(const Layer& last) {
  return last.begin + aligned(last.inputs * last.outputs) + aligned(last.outputs);
}

/// A value whose sums depend on their order.
float value_of(std::size_t slice, std::size_t i) {
  const auto mixed = static_cast<unsigned>((slice * 2654435761U) ^ (i * 40503U + 977U));
  return std::ldexp(1.0F + static_cast<float>(mixed % 1000U) / 997.0F, static_cast<int>(mixed / 1000U % 41U) - 20);
}

/// The sum over `node` of element i, by the definition of the tree.
float plain_sum(const Range& node, std::size_t i) {
  if (node.size() == 1) return value_of(node.begin, i);
  return plain_sum(left_child(node), i) + plain_sum(right_child(node), i);
}

/// Steps as TrainingStep and Model::backward take them, of one slice per rank.
class Step {
 public:
  Step(const Communicator& world, const Work& work)
      : work_(work),
        layers_(layers_of(work)),
        slices_(static_cast<std::size_t>(world.size())),
        reducer_(world, world.on_this_host(), slices_, size_of(layers_.back()), kRowWidth) {
    if (!work.check) return;
    for (std::size_t n = 0; n < reducer_.nodes().size(); ++n)
      for (std::size_t i = 0; i < reducer_.gradients()[n].size(); ++i)
        reducer_.gradients()[n][i] = plain_sum(reducer_.nodes()[n], i);
  }

  void take() {
    for (const Layer& layer : layers_) compute(layer.product);
    for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer) {
      in_panels(layer->outputs, layer->product,
                [&](std::size_t column) { reducer_.progress(layer->begin + column * layer->inputs); });
      if (layer->begin > 0)
        in_panels(layer->inputs, layer->product, [&](std::size_t) { reducer_.progress(layer->begin); });
    }
    const std::vector<double> rows(kRowWidth, 1.0);
    const std::span<const double> sums = reducer_.exchange(rows);
    if (sums.front() != static_cast<double>(slices_)) throw failure("a sum of rows is {}", sums.front());
    for (std::size_t part = 0; part < reducer_.parts().size(); ++part) {
      reducer_.wait(part);
      update(reducer_.parts()[part]);
    }
    reducer_.finish();
  }

  /// Seconds that this rank computed: products and updates.
  [[nodiscard]] double computed() const { return computed_; }

 private:
  static constexpr std::size_t kRowWidth = 3;

  void compute(double seconds) {
    computed_ += seconds;
    charge(seconds);
  }

  /// A product, panel by panel from the last; `done` gets the first column that is there.
  template <class Done>
  void in_panels(std::size_t columns, double seconds, Done&& done) {
    for (std::size_t panel = (columns + kPanel - 1) / kPanel; panel-- > 0;) {
      const Range range{panel * kPanel, std::min(columns, (panel + 1) * kPanel)};
      compute(seconds * static_cast<double>(range.size()) / static_cast<double>(columns));
      done(range.begin);
    }
  }

  void update(const Range& part) {
    for (std::size_t begin = part.begin; begin < part.end; begin += GradientReducer::kChunk) {
      const auto sum = reducer_.sum({begin, std::min(part.end, begin + GradientReducer::kChunk)});
      for (std::size_t i = 0; work_.check && i < sum.size(); ++i)
        if (const float expected = plain_sum({0, slices_}, begin + i); sum[i] != expected)
          throw failure("element {} of the sum is {}, not {}", begin + i, sum[i], expected);
      // With momentum it reads three numbers and writes two for each parameter.
      compute(20 * static_cast<double>(sum.size()) / work_.rates.memory);
    }
  }

  const Work& work_;
  std::vector<Layer> layers_;
  std::size_t slices_;
  GradientReducer reducer_;
  double computed_ = 0;
};

/// The largest of all ranks' values, on each of them.
double largest(double value, const Communicator& world) {
  check_mpi(MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_MAX, world.handle()), "MPI_Allreduce");
  return value;
}

void run(const Work& work) {
  const Communicator world = Communicator::world();
  begin_counts(work.rates, !work.check);
  Step step(world, work);
  step.take();  // The first one warms up. A barrier would let go one rank after another.
  const double computed_before = step.computed();
  const double begin = MPI_Wtime();
  for (int s = 0; s < work.steps; ++s) step.take();
  const double seconds = largest(MPI_Wtime() - begin, world) / work.steps;
  const double compute_seconds = largest(step.computed() - computed_before, world) / work.steps;
  const double messages = largest(static_cast<double>(counts().messages), world);
  const double bytes = largest(static_cast<double>(counts().bytes), world);
  const double memory = largest(static_cast<double>(counts().memory), world);
  if (world.is_root())
    fmt::print(
        "{{\"step\": {:.9f}, \"compute\": {:.9f}, \"messages\": {:.0f}, \"bytes\": {:.0f}, \"memory\": {:.0f}}}\n",
        seconds, compute_seconds, messages, bytes, memory);
}

}  // namespace
}  // namespace lockstep

int main(int argc, char** argv) {
  const lockstep::MpiSession session(argc, argv);
  try {
    lockstep::Work work;
    CLI::App app;
    app.add_option("--network", work.network)->delimiter('-')->required();
    app.add_option("--batch", work.batch)->required();
    app.add_option("--steps", work.steps)->required();
    app.add_option("--products", work.rates.products)->required();
    app.add_option("--memory", work.rates.memory)->required();
    app.add_option("--look", work.rates.look)->required();
    app.add_flag("--check", work.check);
    app.parse(argc, argv);
    lockstep::run(work);
  } catch (const std::exception& error) {
    fmt::print(stderr, "simulate: {}\n", error.what());
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
  return 0;
}
