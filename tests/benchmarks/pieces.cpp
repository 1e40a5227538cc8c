// The pieces of a training step that one rank does by itself, as the first of two ranks does them, each beside its
// limit: gathering a batch beside a copy of as many bytes, layers and networks beside the best matrix product.
#include "pieces.hpp"

#include <cstring>
#include <ctime>

#include "base/random.hpp"
#include "data/batch.hpp"
#include "data/global_sampler.hpp"
#include "limit.hpp"
#include "tensor/blas.hpp"

namespace lockstep {
namespace {

/// Seconds of one call of `piece`: those of its processor, so that other programs take no part.
template <class Piece>
double measure(benchmark::State& state, Piece&& piece) {
  const std::clock_t start = std::clock();
  for (auto _ : state) piece();
  const auto ticks = static_cast<double>(std::clock() - start);
  return ticks / CLOCKS_PER_SEC / static_cast<double>(state.iterations());
}

AlignedBuffer random_values(std::size_t size) {
  AlignedBuffer buffer(size);
  RandomSequence random(1, Purpose::dropout, size);
  for (float& value : buffer.span()) value = 2 * random.next_uniform() - 1;
  return buffer;
}

OwnedSlices first_half(std::size_t batch) {
  return {batch, kSlices, {0, kSlices / 2}};
}

// ---- gather

/// As many images of as many bytes as Fashion-MNIST has.
const PreparedDataset& images() {
  static const PreparedDataset dataset = [] {
    DatasetInfo info;
    info.samples = 60000;
    info.feature_shape = {28, 28};
    info.bytes = true;
    info.output_names.resize(10);
    Samples samples;
    RandomSequence random(1, Purpose::dropout, 0);
    samples.bytes.resize(info.samples * info.features());
    for (std::uint8_t& byte : samples.bytes) byte = static_cast<std::uint8_t>(256 * random.next_uniform());
    samples.labels.resize(info.samples);
    Dataset raw = make_dataset(info, std::move(samples));
    const DataTransform transform{feature_scaling(raw, kScale<StandardScale>), {}, {}, {}};
    return prepare(std::move(raw), transform);
  }();
  return dataset;
}

void gather(benchmark::State& state, const Work& work) {
  const PreparedDataset& dataset = images();
  const std::size_t features = dataset.info.features();
  const Range share = first_half(work.batch).samples;
  GlobalSampler sampler(static_cast<std::uint32_t>(dataset.info.samples), work.batch, 1);
  const std::size_t whole_steps = dataset.info.samples / work.batch;
  std::size_t step = 0;
  const auto next = [&] { return sampler.batch(0, step++ % whole_steps).numbers.subspan(share.begin, share.size()); };

  BatchLoader loader(dataset, share.size(), false);
  const double seconds = measure(state, [&] { loader.gather(next()); });

  // The same samples from the same places to as many bytes, but nothing is computed.
  AlignedBuffer floats(share.size() * features);
  const auto bytes = static_cast<double>(share.size() * features * (1 + sizeof(float)));
  const double limit = best_rate(bytes, 0.05, [&] {
    auto* to = reinterpret_cast<std::uint8_t*>(floats.span().data());
    for (const std::uint32_t sample : next())
      for (std::size_t copy = 0; copy < sizeof(float); ++copy, to += features)
        std::memcpy(to, dataset.bytes.data() + sample * features, features);
    benchmark::ClobberMemory();
  });
  report(state, "GB/s", 1e-9 * bytes / seconds, limit);
}

// ---- forward and backward

double limit_of_products(Precision precision) {
  static const double floats = product_limit(Precision::float32);
  static const double bfloats = product_limit(Precision::bfloat16);
  return precision == Precision::bfloat16 ? bfloats : floats;
}

/// A network, or a layer as a network of its own, with what a pass through it reads and writes.
struct Network {
  Network(std::span<const std::size_t> widths, std::size_t batch, Precision precision)
      : model(model_of(widths, precision)),
        parameters(model.size()),
        slices(first_half(batch)),
        rows(slices.samples.size()),
        inputs(random_values(rows * row_stride(model.inputs()))),
        workspace(model, rows, kSlices),
        gradient(model.size()) {
    model.initialize({}, 1, parameters.span());
    const AlignedBuffer delta = random_values(rows * model.outputs());
    copy_matrix({delta.span(), rows, model.outputs()}, workspace.output_delta(rows));
  }

  [[nodiscard]] ConstMatrix x() const { return {inputs.span(), rows, model.inputs(), row_stride(model.inputs())}; }
  void forward() { model.forward(parameters.span(), x(), slices, workspace); }
  void backward() {
    const std::vector<Range> nodes = {slices.numbers};
    const std::vector<std::span<float>> gradients = {gradient.span()};
    invariant(model.backward(parameters.span(), x(), slices, {nodes, gradients}, workspace, [](std::size_t) {}),
              "values are small");
  }

  /// Operations of the products of a forward pass.
  [[nodiscard]] double flops() const {
    double sum = 0;
    for (const Layer& layer : model.layers()) sum += 2.0 * static_cast<double>(rows * layer.inputs * layer.outputs);
    return sum;
  }

  Model model;
  AlignedBuffer parameters;
  OwnedSlices slices;
  std::size_t rows;
  AlignedBuffer inputs;
  Workspace workspace;
  AlignedBuffer gradient;
};

void forward(benchmark::State& state, std::span<const std::size_t> widths, std::size_t batch, Precision precision) {
  Network network(widths, batch, precision);
  const double seconds = measure(state, [&] { network.forward(); });
  report(state, "GFLOP/s", 1e-9 * network.flops() / seconds, limit_of_products(precision));
}

/// Of a single layer it is the gradient by the weights alone: nobody asks for that by the first layer's inputs.
void backward(benchmark::State& state, std::span<const std::size_t> widths, std::size_t batch, Precision precision) {
  Network network(widths, batch, precision);
  network.forward();
  const double seconds = measure(state, [&] { network.backward(); });
  const Layer& first = network.model.layers().front();
  const double flops = 2 * network.flops() - 2.0 * static_cast<double>(network.rows * first.inputs * first.outputs);
  report(state, "GFLOP/s", 1e-9 * flops / seconds, limit_of_products(precision));
}

/// The gradient by a layer's inputs.
void backward_inputs(benchmark::State& state, std::span<const std::size_t> widths, std::size_t batch,
                     Precision precision) {
  Network network(widths, batch, precision);
  const Layer& layer = network.model.layers().front();
  AlignedBuffer by_inputs(network.rows * row_stride(layer.inputs));
  const double seconds = measure(state, [&] {
    const Matrix delta(by_inputs.span(), network.rows, layer.inputs, row_stride(layer.inputs));
    multiply_transposed_weight(network.model.arithmetic(), network.workspace.output_delta(network.rows),
                               layer.weight_in(std::span<const float>(network.parameters.span())), delta,
                               network.slices.rows, network.workspace.products(), [] {});
  });
  report(state, "GFLOP/s", 1e-9 * network.flops() / seconds, limit_of_products(precision));
}

/// A work's network as forward/W1 or forward_bfloat16/W1, its layers as forward/W1/32x784x512: rows, inputs, outputs.
void register_passes(const Work& work, Precision precision, const char* suffix) {
  using Pass = void (*)(benchmark::State&, std::span<const std::size_t>, std::size_t, Precision);
  const auto add = [&](const char* pass_name, const std::string& name, Pass pass, std::span<const std::size_t> widths) {
    benchmark::RegisterBenchmark(fmt::format("{}{}/{}", pass_name, suffix, name).c_str(),
                                 [=, &work](benchmark::State& state) { pass(state, widths, work.batch, precision); });
  };
  add("forward", work.name, forward, work.widths);
  add("backward", work.name, backward, work.widths);
  for (std::size_t k = 0; k + 1 < work.widths.size(); ++k) {
    const std::span<const std::size_t> layer = std::span(work.widths).subspan(k, 2);
    if (k > 0 && std::ranges::equal(layer, std::span(work.widths).subspan(k - 1, 2))) continue;
    const std::string name =
        fmt::format("{}/{}x{}x{}", work.name, first_half(work.batch).samples.size(), layer[0], layer[1]);
    add("forward", name, forward, layer);
    add("backward_weights", name, backward, layer);
    if (k > 0) add("backward_inputs", name, backward_inputs, layer);
  }
}

void register_all() {
  using benchmark::RegisterBenchmark;
  for (const Work& work : kWorks)
    RegisterBenchmark(("gather/" + work.name).c_str(), [&](benchmark::State& state) { gather(state, work); });
  for (const auto& [precision, suffix] : {std::pair(Precision::float32, ""), {Precision::bfloat16, "_bfloat16"}})
    for (const Work& work : kWorks) register_passes(work, precision, suffix);
}

}  // namespace
}  // namespace lockstep

int main(int argc, char** argv) {
  lockstep::openblas::use_one_thread();
  lockstep::register_all();
  return lockstep::run_benchmarks(argc, argv);
}
