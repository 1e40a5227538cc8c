// The gradient of many samples, block by block, has the bits of one pass with all of them.
#include "train/local_gradient.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <optional>

#include "base/random.hpp"
#include "data/mixup.hpp"
#include "nn/build_model.hpp"
#include "tensor/blas.hpp"
#include "train/objective.hpp"

namespace lockstep {
namespace {

constexpr std::size_t kBlock = LocalGradient::kBlockRows;
constexpr std::size_t kFeatures = 5;
constexpr std::uint64_t kStep = 7;

Dataset random_table(std::size_t samples) {
  RandomSequence random(5, Purpose::sample_order);
  DatasetInfo info;
  info.source = "random";
  info.task = Task::regression;
  info.samples = samples;
  info.feature_shape = {kFeatures};
  info.output_names = {"x", "y"};
  Samples values;
  for (std::size_t i = 0; i < samples * kFeatures; ++i) values.values.push_back(2 * random.next_uniform() - 1);
  for (std::size_t i = 0; i < samples * 2; ++i) values.targets.push_back(2 * random.next_uniform() - 1);
  return make_dataset(info, values);
}

/// Gradients of nodes, and the losses of slices.
struct Sums {
  std::vector<AlignedBuffer> buffers;
  std::vector<std::span<float>> gradients;
  std::vector<double> losses;

  Sums(std::size_t nodes, std::size_t size) {
    for (std::size_t n = 0; n < nodes; ++n) buffers.emplace_back(size);
    for (AlignedBuffer& buffer : buffers) gradients.push_back(buffer.span());
  }
};

struct Problem {
  Problem(Kernels kernels, std::size_t samples, std::size_t slices, const Range& owned,
          Activation activation = kActivation<Tanh>)
      : data(random_table(samples)),
        prepared(prepare(data, {})),
        all_slices(slices),
        cut(samples, slices, owned),
        nodes(maximal_nodes({0, slices}, owned)),
        batch(samples) {
    openblas::use_one_thread();
    config.train.loss.name = kLoss<Mse>;
    config.model.hidden = {{20, activation, 0.3}};
    model.emplace(build_model(config.model, data.info.features(), data.info.outputs(), kernels));
    parameters = AlignedBuffer(model->size());
    model->initialize({}, 1, parameters.span());
    std::iota(batch.begin(), batch.end(), 0U);
  }

  /// By one forward and one backward pass.
  [[nodiscard]] Sums at_once() const {
    Sums sums(nodes.size(), model->size());
    const std::size_t rows = cut.samples.size();
    const auto samples = std::span(batch).subspan(cut.samples.begin, rows);
    BatchLoader loader(prepared, 2 * rows, false);
    Workspace workspace(*model, rows, all_slices);
    if (config.augment.mixup > 0)
      gather_mixtures(loader);
    else
      loader.gather(samples);
    const TrainingPass pass{.dropout = {config.run.seed, kStep, samples}, .sum_over_slices = {}, .statistics = {}};
    const ConstMatrix outputs = model->forward(parameters.span(), loader.inputs(), cut, workspace, &pass);
    for (const Range& range : cut.rows)
      sums.losses.push_back(
          loss_and_gradient(LossOptions{.name = kLoss<Mse>}, loader, range, outputs, workspace.output_delta(rows)));
    EXPECT_TRUE(model->backward(parameters.span(), loader.inputs(), cut, {nodes, sums.gradients}, workspace,
                                [](std::size_t) {}));
    return sums;
  }

  /// Each sample with a copy of its partner.
  void gather_mixtures(BatchLoader& loader) const {
    std::vector<std::uint32_t> all(batch.begin() + static_cast<std::ptrdiff_t>(cut.samples.begin),
                                   batch.begin() + static_cast<std::ptrdiff_t>(cut.samples.end));
    std::vector<std::uint32_t> partners;
    for (std::size_t slice = cut.numbers.begin; slice < cut.numbers.end; ++slice) {
      const bool in_blocks = config.data.order == DataOrder::blocks;
      const Range circle = in_blocks ? part_of(batch.size(), all_slices, slice) : Range{0, batch.size()};
      const Range own = part_of(batch.size(), all_slices, slice);
      for (std::size_t i = own.begin; i < own.end; ++i) {
        partners.push_back(static_cast<std::uint32_t>(all.size()));
        all.push_back(batch[i + 1 < circle.end ? i + 1 : circle.begin]);
      }
    }
    loader.gather(all);
    loader.mix(mixup_share(config.augment.mixup, config.run.seed, kStep), partners);
  }

  [[nodiscard]] Sums in_blocks() const {
    Sums sums(nodes.size(), model->size());
    Profile profile;
    LocalGradient gradient(config, *model, prepared, profile, cut.samples.size() + cut.rows.size(), all_slices, nodes);
    const std::span<float> last = sums.gradients.back();
    std::size_t complete = last.size();
    std::vector<float> seen;
    EXPECT_TRUE(gradient.compute(parameters.span(), kStep, std::span<const std::uint32_t>(batch), cut, sums.gradients,
                                 [&](std::size_t from) {
                                   const std::span<float> now = last.subspan(from, complete - from);
                                   seen.insert(seen.begin(), now.begin(), now.end());
                                   complete = from;
                                 }));
    EXPECT_THAT(seen, testing::ElementsAreArray(last.last(seen.size()))) << "what was said to be complete changed";
    sums.losses.assign(gradient.losses().begin(), gradient.losses().end());
    return sums;
  }

  Config config;
  Dataset data;
  PreparedDataset prepared;
  std::size_t all_slices;
  OwnedSlices cut;
  std::vector<Range> nodes;
  std::vector<std::uint32_t> batch;
  std::optional<Model> model;
  AlignedBuffer parameters;
};

void expect_equal(const Problem& problem) {
  const Sums expected = problem.at_once();
  const Sums found = problem.in_blocks();
  EXPECT_EQ(found.losses, expected.losses);
  for (std::size_t n = 0; n < expected.gradients.size(); ++n)
    EXPECT_THAT(found.gradients[n], testing::ElementsAreArray(expected.gradients[n])) << "node " << n;
}

TEST(LocalGradient, HasTheBitsOfASinglePass) {
  std::vector<Kernels> all = {Kernels::portable};
  if (resolve(Kernels::automatic) == Kernels::libxsmm) all.push_back(Kernels::libxsmm);
  for (const Kernels kernels : all)
    for (const std::size_t rows : {kBlock / 2, kBlock, kBlock + 1, 5 * kBlock / 2})  // of a slice, about
      for (const std::size_t slices : {1U, 3U, 8U}) {
        SCOPED_TRACE(fmt::format("{}, {} slices of {} rows", kernel_name(kernels), slices, rows));
        expect_equal(Problem(kernels, slices * rows - slices / 2, slices, {0, slices}));
        if (slices > 1) expect_equal(Problem(kernels, slices * rows, slices, {1, slices}));  // of several nodes
      }
}

TEST(LocalGradient, MixesEachSampleWithTheNextOfTheBatchOrItsSlice) {
  for (const DataOrder order : {DataOrder::global, DataOrder::blocks})
    for (const std::size_t rows : {kBlock / 16, kBlock, 5 * kBlock / 2})
      for (const Range& owned : {Range{0, 4}, Range{1, 3}, Range{3, 4}}) {
        Problem problem(Kernels::portable, 4 * rows + 2, 4, owned);
        problem.config.data.order = order;
        problem.config.augment.mixup = 0.7;
        SCOPED_TRACE(fmt::format("{} rows, slices {} to {}", rows, owned.begin, owned.end));
        expect_equal(problem);
      }
}

TEST(LocalGradient, KeepsTheInputsOfActivationsBlockByBlock) {
  expect_equal(Problem(Kernels::portable, 5 * kBlock / 2, 1, {0, 1}, kActivation<Gelu>));
}

TEST(LocalGradient, IsThatOfOpenBlasWhereSlicesAreBlocks) {
  expect_equal(Problem(Kernels::openblas, 8 * kBlock, 8, {0, 8}));
}

TEST(LocalGradient, StopsAtTheBlockThatIsNotFinite) {
  for (const std::size_t slices : {1U, 4U}) {
    Problem problem(Kernels::portable, 4 * kBlock, slices, {0, slices}, kActivation<Identity>);
    // Inputs of the third block, whose sum is too large. The last block does not have them.
    const auto row = problem.data.values.begin() + (2 * kBlock + 5) * kFeatures;
    std::fill(row, row + kFeatures, 3e38);
    problem.prepared = prepare(problem.data, {});
    std::ranges::fill(problem.parameters.span(), 1.0F);
    Sums sums(1, problem.model->size());
    Profile profile;
    LocalGradient gradient(problem.config, *problem.model, problem.prepared, profile, 5 * kBlock, slices,
                           problem.nodes);
    EXPECT_FALSE(gradient.compute(problem.parameters.span(), kStep, std::span<const std::uint32_t>(problem.batch),
                                  problem.cut, sums.gradients, [](std::size_t) {}));
    try {
      gradient.check_finite(kStep);
      FAIL() << "nothing was said";
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr("step 7: an output of layer 0 is not finite on this rank"));
    }
  }
}

}  // namespace
}  // namespace lockstep
