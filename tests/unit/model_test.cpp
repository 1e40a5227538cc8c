// The network: its layout, initial values, forward pass by the formula, backward pass by finite differences.
#include "nn/model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "base/random.hpp"
#include "formulas.hpp"

namespace lockstep {
namespace {

constexpr std::size_t kBatch = 6;

// Numbers of the samples of a batch, and the seed and step of their dropout.
constexpr std::array<std::uint32_t, kBatch> kSamples = {4, 9, 2, 31, 0, 7};
constexpr std::uint64_t kSeed = 5;
constexpr std::uint64_t kStep = 3;

std::vector<float> random_values(std::size_t count, std::uint64_t purpose) {
  RandomSequence random(11, Purpose::dropout, purpose);
  std::vector<float> values(count);
  for (float& value : values) value = 2 * random.next_uniform() - 1;
  return values;
}

/// The network by its formula, in double: the outputs of one sample, with the dropout of sample number `number` if one
/// is given. `nearest_kink` becomes the smallest distance of any unit's sum from zero, where rectifiers have no
/// derivative.
/// Parameters are in row order.
std::vector<double> formula(const Model& model, const std::vector<double>& parameters, std::span<const float> sample,
                            std::optional<std::uint32_t> number, double& nearest_kink) {
  std::vector<double> x(sample.begin(), sample.end());
  for (std::size_t k = 0; k < model.layers().size(); ++k) {
    const Layer& layer = model.layers()[k];
    std::vector<float> mask(layer.outputs, 1.0F);
    if (number) draw_dropout_mask({kSeed, kStep, std::span(&*number, 1)}, k, layer.dropout, {mask, 1, layer.outputs});
    std::vector<double> y;
    for (std::size_t o = 0; o < layer.outputs; ++o) {
      double sum = parameters[layer.bias.begin + o];
      for (std::size_t i = 0; i < layer.inputs; ++i)
        sum += x[i] * parameters[layer.weight.begin + i * layer.outputs + o];
      nearest_kink = std::min(nearest_kink, std::abs(sum));
      y.push_back(static_cast<double>(mask[o]) * activation_formula(layer.activation, sum));
    }
    x = y;
  }
  return x;
}

/// A random network on random inputs, with the loss sum(weights * outputs), whose gradient by the outputs is `weights`.
struct Problem {
  explicit Problem(Activation activation, double dropout = 0, Kernels kernels = Kernels::openblas)
      : model(5, {{70, activation, dropout}, {4, activation, dropout / 2}, {3, kActivation<Identity>}}, kernels),
        parameters(model.size()),
        row_order(model.size()) {
    model.initialize({}, 1, parameters.span());
    for (const Layer& layer : model.layers()) {
      const std::vector<float> biases = random_values(layer.outputs, 3);
      std::ranges::copy(biases, layer.bias_in(parameters.span()).begin());
    }
    model.unpack(parameters.span(), row_order.span());
  }

  /// The loss in double, at the parameters plus `step` at place `at`. Kinks nearer than the step would mislead.
  double loss(std::size_t at, double step, double& nearest_kink) const {
    std::vector<double> moved(row_order.span().begin(), row_order.span().end());
    moved[at] += step;
    double sum = 0;
    for (std::size_t r = 0; r < kBatch; ++r) {
      const auto outputs = formula(model, moved, std::span(inputs).subspan(5 * r, 5), kSamples[r], nearest_kink);
      for (std::size_t c = 0; c < 3; ++c) sum += static_cast<double>(weights[3 * r + c]) * outputs[c];
    }
    return sum;
  }

  Model model;
  AlignedBuffer parameters;
  AlignedBuffer row_order;  // the same
  std::vector<float> inputs = random_values(5 * kBatch, 1);
  std::vector<float> weights = random_values(3 * kBatch, 2);
};

/// The gradient of the problem's loss from forward and backward passes on `slices` slices, all on one rank.
AlignedBuffer gradient_of(const Problem& problem, std::size_t slices) {
  const OwnedSlices owned(kBatch, slices, {0, slices});
  Workspace workspace(problem.model, kBatch, slices);
  const ConstMatrix inputs(problem.inputs, kBatch, 5);
  const TrainingPass pass{.dropout = {kSeed, kStep, kSamples}, .sum_over_slices = {}, .statistics = {}};
  problem.model.forward(problem.parameters.span(), inputs, owned, workspace, &pass);
  std::ranges::copy(problem.weights, workspace.output_delta(kBatch).values().begin());
  AlignedBuffer gradient(problem.model.size());
  const Range root{0, slices};
  const std::span<float> sum = gradient.span();
  std::size_t complete = sum.size();
  std::vector<float> seen;
  const auto on_progress = [&](std::size_t from) {
    EXPECT_LE(from, complete);
    seen.insert(seen.begin(), gradient.span().begin() + static_cast<std::ptrdiff_t>(from),
                gradient.span().begin() + static_cast<std::ptrdiff_t>(complete));
    complete = from;
  };
  EXPECT_TRUE(problem.model.backward(problem.parameters.span(), inputs, owned,
                                     {std::span(&root, 1), std::span(&sum, 1)}, workspace, on_progress));
  EXPECT_THAT(seen, testing::ElementsAreArray(gradient.span())) << "what was said to be complete changed";
  return gradient;
}

std::vector<Kernels> all_kernels() {
  if (resolve(Kernels::automatic) == Kernels::portable) return {Kernels::openblas, Kernels::portable};
  return {Kernels::openblas, Kernels::portable, Kernels::libxsmm};
}

class ModelWithActivation : public testing::TestWithParam<Activation> {};

TEST_P(ModelWithActivation, ForwardFollowsTheFormula) {
  const Problem problem(GetParam(), 0.5);  // which is for training
  const OwnedSlices owned(kBatch, 4, {0, 4});
  Workspace workspace(problem.model, kBatch, 0);
  const ConstMatrix outputs =
      problem.model.forward(problem.parameters.span(), ConstMatrix(problem.inputs, kBatch, 5), owned, workspace);
  const std::vector<double> parameters(problem.row_order.span().begin(), problem.row_order.span().end());
  for (std::size_t r = 0; r < kBatch; ++r) {
    double ignored = 1;
    const auto expected = formula(problem.model, parameters, std::span(problem.inputs).subspan(5 * r, 5), {}, ignored);
    for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(static_cast<double>(outputs.row(r)[c]), expected[c], 1e-5);
  }
}

/// The derivative of the problem's loss by each parameter in row order, from differences.
std::vector<double> finite_differences(const Problem& problem) {
  constexpr double kMove = 1e-6;
  std::vector<double> result(problem.model.size());
  for (const ParameterTensor& tensor : problem.model.tensors())
    for (std::size_t i = tensor.range.begin; i < tensor.range.end; ++i) {
      double nearest_kink = 1;
      const double above = problem.loss(i, kMove, nearest_kink);
      const double below = problem.loss(i, -kMove, nearest_kink);
      EXPECT_GT(nearest_kink, 10 * kMove) << "choose inputs away from the kinks";
      result[i] = (above - below) / (2 * kMove);
    }
  return result;
}

void expect_finite_differences(Activation activation, double dropout) {
  const std::vector<double> expected = finite_differences(Problem(activation, dropout));
  for (const Kernels kernels : all_kernels())
    for (const std::size_t slices : {1U, 3U, 8U}) {
      const Problem problem(activation, dropout, kernels);
      AlignedBuffer gradient(problem.model.size());
      problem.model.unpack(gradient_of(problem, slices).span(), gradient.span());
      for (const ParameterTensor& tensor : problem.model.tensors())
        for (std::size_t i = tensor.range.begin; i < tensor.range.end; ++i)
          EXPECT_NEAR(static_cast<double>(gradient.span()[i]), expected[i], 2e-5) << tensor.name;
    }
}

TEST_P(ModelWithActivation, BackwardAgreesWithFiniteDifferences) {
  expect_finite_differences(GetParam(), 0);
}

TEST_P(ModelWithActivation, BackwardWithDropoutAgreesWithFiniteDifferences) {
  expect_finite_differences(GetParam(), 0.5);
}

INSTANTIATE_TEST_SUITE_P(All, ModelWithActivation, testing::ValuesIn(all_activations()),
                         [](const auto& test) { return std::string(Activations::name_of(test.param)); });

TEST(Workspace, KeepsInputsOfActivationsOnlyWhereABackwardPassNeedsThem) {
  const Model model(3, {{4, kActivation<Tanh>}, {5, kActivation<Gelu>}, {2, kActivation<Identity>}}, Kernels::openblas);
  Workspace training(model, 6, 2);
  Workspace evaluation(model, 6, 0);
  for (const std::size_t layer : {0U, 1U, 2U}) {
    EXPECT_EQ(training.keeps_inputs(layer), layer == 1);
    EXPECT_FALSE(evaluation.keeps_inputs(layer));
  }
}

/// What ranks that own `parts` of the slices compute, each by itself, finished in tree order.
std::vector<float> gradient_of_ranks(const Problem& problem, std::size_t slices, std::size_t ranks) {
  std::vector<Range> all_nodes;
  std::vector<AlignedBuffer> buffers;
  for (std::size_t rank = 0; rank < ranks; ++rank) {
    const OwnedSlices owned(kBatch, slices, part_of(slices, ranks, rank));
    const std::size_t rows = owned.samples.size();
    Workspace workspace(problem.model, rows, slices);
    const ConstMatrix inputs = ConstMatrix(problem.inputs, kBatch, 5).rows(owned.samples);
    const TrainingPass pass{.dropout = {kSeed, kStep, std::span(kSamples).subspan(owned.samples.begin, rows)},
                            .sum_over_slices = {},
                            .statistics = {}};
    problem.model.forward(problem.parameters.span(), inputs, owned, workspace, &pass);
    const std::span<const float> weights = ConstMatrix(problem.weights, kBatch, 3).rows(owned.samples).values();
    std::ranges::copy(weights, workspace.output_delta(rows).values().begin());
    const std::vector<Range> nodes = maximal_nodes({0, slices}, owned.numbers);
    std::vector<std::span<float>> gradients;
    for (const Range& node : nodes) {
      all_nodes.push_back(node);
      gradients.push_back(buffers.emplace_back(problem.model.size()).span());
    }
    EXPECT_TRUE(problem.model.backward(problem.parameters.span(), inputs, owned, {nodes, gradients}, workspace,
                                       [](std::size_t) {}));
  }
  std::vector<AlignedBuffer> scratch;
  for (std::size_t depth = 0; depth <= std::bit_width(slices); ++depth) scratch.emplace_back(problem.model.size());
  const std::span<const float> sum = tree_sum_parts<float>(
      {0, slices}, all_nodes, [&](std::size_t k) -> std::span<const float> { return buffers[k].span(); },
      [&](std::size_t depth) { return scratch[depth].span(); });
  return {sum.begin(), sum.end()};
}

TEST(Model, GradientHasTheSameBitsForAnyNumberOfRanks) {
  for (const Kernels kernels : all_kernels()) {
    const Problem problem(kActivation<Tanh>, 0.4, kernels);
    for (const std::size_t slices : {4U, 5U, 8U}) {
      const AlignedBuffer alone = gradient_of(problem, slices);
      for (std::size_t ranks = 1; ranks <= slices; ++ranks)
        EXPECT_THAT(gradient_of_ranks(problem, slices, ranks), testing::ElementsAreArray(alone.span()))
            << slices << " slices on " << ranks << " ranks";
    }
  }
}

TEST(Model, KernelsAgreeToRounding) {
  for (const Kernels kernels : all_kernels()) {
    const Problem problem(kActivation<Relu>, 0, kernels);
    const Problem reference(kActivation<Relu>, 0, Kernels::openblas);
    AlignedBuffer gradient(problem.model.size());
    problem.model.unpack(gradient_of(problem, 8).span(), gradient.span());
    EXPECT_THAT(gradient.span(), testing::Pointwise(testing::FloatNear(1e-5F), gradient_of(reference, 8).span()));
  }
}

TEST(Model, BackwardTellsOfGradientsThatAreNotFiniteOrFarTooLarge) {
  for (const Kernels kernels : all_kernels()) {
    for (const float wrong : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 1e34F}) {
      const Problem problem(kActivation<Identity>, 0, kernels);
      const OwnedSlices owned(kBatch, 2, {0, 2});
      Workspace workspace(problem.model, kBatch, 2);
      const ConstMatrix inputs(problem.inputs, kBatch, 5);
      problem.model.forward(problem.parameters.span(), inputs, owned, workspace);
      std::ranges::copy(problem.weights, workspace.output_delta(kBatch).values().begin());
      workspace.output_delta(kBatch).row(kBatch - 1)[2] = wrong;
      AlignedBuffer gradient(problem.model.size());
      const Range root{0, 2};
      const std::span<float> sum = gradient.span();
      EXPECT_FALSE(problem.model.backward(problem.parameters.span(), inputs, owned,
                                          {std::span(&root, 1), std::span(&sum, 1)}, workspace, [](std::size_t) {}))
          << wrong;
    }
  }
}

TEST(Model, BackwardAcceptsGradientsWithinBoundsOfFactorsBeyondThem) {
  const Problem problem(kActivation<Identity>);
  const OwnedSlices owned(kBatch, 1, {0, 1});
  Workspace workspace(problem.model, kBatch, 1);
  const ConstMatrix inputs(problem.inputs, kBatch, 5);
  problem.model.forward(problem.parameters.span(), inputs, owned, workspace);
  for (std::size_t r = 0; r < kBatch; ++r) std::ranges::fill(workspace.output_delta(kBatch).row(r), 0.0F);
  workspace.output_delta(kBatch).row(0)[0] = 0.9F * kLargestGradient;
  for (std::size_t layer = 0; layer + 1 < problem.model.layers().size(); ++layer)
    std::ranges::fill(workspace.activations(layer, kBatch).row(0), 1e-3F);
  AlignedBuffer parameters(problem.model.size());  // zeros: layers below have no gradient
  AlignedBuffer gradient(problem.model.size());
  const Range root{0, 1};
  const std::span<float> sum = gradient.span();
  EXPECT_TRUE(problem.model.backward(parameters.span(), inputs, owned, {std::span(&root, 1), std::span(&sum, 1)},
                                     workspace, [](std::size_t) {}));
}

TEST(Model, PackingIsUndoneByUnpacking) {
  for (const Kernels kernels : all_kernels()) {
    const Model model(9, {{130, kActivation<Relu>}, {65, kActivation<Relu>}, {1, kActivation<Identity>}}, kernels);
    const std::vector<float> values = random_values(model.size(), 4);
    std::vector<float> packed(model.size());
    std::vector<float> again(model.size());
    model.pack(values, packed);
    model.unpack(packed, again);
    EXPECT_EQ(again, values);
  }
}

TEST(Model, ArraysStartOnCacheLinesAndPaddingStaysZero) {
  const Problem problem(kActivation<Relu>);
  const AlignedBuffer gradient = gradient_of(problem, 3);
  std::size_t end = 0;
  std::size_t count = 0;
  for (const ParameterTensor& tensor : problem.model.tensors()) {
    EXPECT_EQ(tensor.range.begin * sizeof(float) % kAlignment, 0U) << tensor.name;
    for (std::size_t i = end; i < tensor.range.begin; ++i) {
      EXPECT_EQ(problem.parameters.span()[i], 0.0F);
      EXPECT_EQ(gradient.span()[i], 0.0F);
    }
    end = tensor.range.end;
    count += tensor.range.size();
  }
  EXPECT_EQ(count, problem.model.parameter_count());
  EXPECT_EQ(count, 5U * 70 + 70 + 70 * 4 + 4 + 4 * 3 + 3);
}

TEST(Model, TensorsHaveNamesAndShapes) {
  const Model model(5, {{7, kActivation<Relu>}, {3, kActivation<Identity>}}, Kernels::openblas);
  const auto tensors = model.tensors();
  ASSERT_EQ(tensors.size(), 4U);
  EXPECT_EQ(tensors[0].name, "layers/0/weight");
  EXPECT_EQ(tensors[0].shape, (std::vector<std::size_t>{5, 7}));
  EXPECT_EQ(tensors[3].name, "layers/1/bias");
  EXPECT_EQ(tensors[3].shape, (std::vector<std::size_t>{3}));
}

TEST(Model, OneLayerIsAPerceptron) {
  const Model model(2, {{1, kActivation<Identity>}}, Kernels::openblas);
  std::vector<float> parameters(model.size());
  const Matrix weight = model.layers()[0].weight_in(std::span(parameters)).panel(0);
  weight.row(0)[0] = 2.0F;
  weight.row(1)[0] = -1.0F;
  model.layers()[0].bias_in(std::span(parameters))[0] = 0.5F;
  Workspace workspace(model, 1, 0);
  const std::vector<float> input = {3.0F, 4.0F};
  EXPECT_EQ(model.forward(parameters, ConstMatrix(input, 1, 2), OwnedSlices(1, 1, {0, 1}), workspace).row(0)[0], 2.5F);
}

}  // namespace
}  // namespace lockstep
