// Normalization: the functions against their formulas in double precision, and networks by finite differences.
#include "nn/normalization.hpp"

#include <cmath>
#include <functional>

#include "base/random.hpp"
#include "data_files.hpp"
#include "nn/activations/list.hpp"
#include "nn/model.hpp"

namespace lockstep {
namespace {

constexpr double kEpsilon = 1e-5;

std::vector<float> random_floats(std::size_t count, std::uint64_t number, float least = -1, float most = 1) {
  RandomSequence random(3, Purpose::dropout, number);
  std::vector<float> values(count);
  for (float& value : values) value = least + (most - least) * random.next_uniform();
  return values;
}

/// (value - mean) / sqrt(variance + epsilon) of each of `values`.
std::vector<double> normalized_formula(const std::vector<double>& values, double epsilon) {
  double mean = 0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  double variance = 0;
  for (const double value : values) variance += (value - mean) * (value - mean) / static_cast<double>(values.size());
  std::vector<double> result;
  for (const double value : values) result.push_back((value - mean) / std::sqrt(variance + epsilon));
  return result;
}

TEST(Normalization, OfUnitsFollowsItsFormula) {
  constexpr std::size_t kRows = 7;
  constexpr std::size_t kUnits = 21;
  std::vector<float> values = random_floats(kRows * kUnits, 1, 10, 12);  // far from 0
  const std::vector<float> before = values;
  const std::vector<float> scale = random_floats(kUnits, 2);
  std::vector<double> sums(2 * kUnits);
  const Matrix matrix(values, kRows, kUnits);
  add_sums_and_squares(matrix.rows({0, 3}), sums);
  add_sums_and_squares(matrix.rows({3, kRows}), sums);
  const UnitStatistics statistics(sums, kRows);
  const std::vector<float> mean(statistics.mean.begin(), statistics.mean.end());
  std::vector<float> normalized(values.size());
  normalize_units(mean, inverse_deviations(statistics.variance, kEpsilon), scale, matrix, {normalized, kRows, kUnits});
  for (std::size_t c = 0; c < kUnits; ++c) {
    std::vector<double> column;
    for (std::size_t r = 0; r < kRows; ++r) column.push_back(static_cast<double>(before[r * kUnits + c]));
    const std::vector<double> expected = normalized_formula(column, kEpsilon);
    for (std::size_t r = 0; r < kRows; ++r) {
      EXPECT_NEAR(normalized[r * kUnits + c], expected[r], 2e-5);
      EXPECT_EQ(values[r * kUnits + c], scale[c] * normalized[r * kUnits + c]);
    }
  }
}

TEST(Normalization, OfRowsFollowsItsFormula) {
  for (const std::size_t units : {1U, 5U, 16U, 37U}) {
    constexpr std::size_t kRows = 4;
    std::vector<float> values = random_floats(kRows * units, 1, -3, 5);
    const std::vector<float> before = values;
    const std::vector<float> scale = random_floats(units, 2);
    std::vector<float> normalized(values.size());
    std::vector<float> inverse(kRows);
    normalize_rows(kEpsilon, scale, {values, kRows, units}, {normalized, kRows, units}, inverse);
    for (std::size_t r = 0; r < kRows; ++r) {
      const auto row = before.begin() + static_cast<std::ptrdiff_t>(r * units);
      const std::vector<double> expected =
          normalized_formula({row, row + static_cast<std::ptrdiff_t>(units)}, kEpsilon);
      for (std::size_t c = 0; c < units; ++c) {
        EXPECT_NEAR(normalized[r * units + c], expected[c], 1e-5);
        EXPECT_EQ(values[r * units + c], scale[c] * normalized[r * units + c]);
      }
    }
  }
}

TEST(Normalization, WorksInPlaceForPrediction) {
  std::vector<float> values = random_floats(12, 1);
  std::vector<float> same = values;
  std::vector<float> normalized(12);
  const std::vector<float> mean = {0.5F, -0.25F, 0};
  const std::vector<float> inverse = {2, 1, 0.5F};
  const std::vector<float> scale = {1, -1, 3};
  normalize_units(mean, inverse, scale, {values, 4, 3}, {normalized, 4, 3});
  normalize_units(mean, inverse, scale, {same, 4, 3}, {same, 4, 3});
  EXPECT_EQ(values, same);
}

/// A network of a kind of normalization on a batch in two slices, and a loss whose gradient by the outputs is given.
struct Network {
  static constexpr std::size_t kBatch = 9;
  static constexpr std::size_t kInputs = 4;
  static constexpr std::size_t kSlices = 2;

  Network(Normalization normalization, NormOver over, bool residual)
      : over_(over),
        model_(kInputs,
               {{.units = 5, .activation = kActivation<Tanh>, .normalization = normalization},
                {.units = 5, .activation = kActivation<Gelu>, .normalization = normalization},
                {.units = 2, .activation = kActivation<Identity>}},
               Kernels::portable, {}, {.over = over, .epsilon = kEpsilon}, residual),
        parameters_(model_.size()),
        slices_(kBatch, kSlices, {0, kSlices}),
        workspace_(model_, kBatch, kSlices),
        statistics_(kSlices * model_.statistics_size()) {
    model_.initialize({}, 1, parameters_.span());
    for (const Layer& layer : model_.layers())
      for (const Range& range : {layer.bias, layer.scale})
        std::ranges::copy(random_floats(range.size(), range.begin, 0.5F, 1.5F),
                          parameters_.span().begin() + static_cast<std::ptrdiff_t>(range.begin));
    pass_ = {.dropout = {},
             .batch = kBatch,
             .sum_over_slices = [this](std::size_t, std::span<const double> rows) { return sum(rows); },
             .statistics = statistics_};
  }

  /// What a rank that has all slices gets.
  std::span<const double> sum(std::span<const double> rows) {
    const std::size_t width = rows.size() / kSlices;
    sums_.assign(width, 0);
    for (std::size_t i = 0; i < rows.size(); ++i) sums_[i % width] += rows[i];
    return sums_;
  }

  double loss() {
    const ConstMatrix outputs =
        model_.forward(parameters_.span(), ConstMatrix(inputs_, kBatch, kInputs), slices_, workspace_, &pass_);
    double loss = 0;
    for (std::size_t r = 0; r < kBatch; ++r)
      for (std::size_t c = 0; c < 2; ++c)
        loss += static_cast<double>(outputs.row(r)[c]) * static_cast<double>(weights_[2 * r + c]);
    return loss;
  }

  AlignedBuffer gradient() {
    loss();
    std::ranges::copy(weights_, workspace_.output_delta(kBatch).values().begin());
    AlignedBuffer gradient(model_.gradient_size());
    const Range root{0, kSlices};
    const std::span<float> all = gradient.span();
    EXPECT_TRUE(model_.backward(
        parameters_.span(), ConstMatrix(inputs_, kBatch, kInputs), slices_, {std::span(&root, 1), std::span(&all, 1)},
        workspace_, [](std::size_t) {}, &pass_));
    return gradient;
  }

  NormOver over_;
  Model model_;
  AlignedBuffer parameters_;
  OwnedSlices slices_;
  Workspace workspace_;
  std::vector<double> statistics_;
  TrainingPass pass_;
  std::vector<double> sums_;
  std::vector<float> inputs_ = random_floats(kBatch * kInputs, 5);
  std::vector<float> weights_ = random_floats(kBatch * 2, 6);
};

TEST(Normalization, GradientsAreThoseOfFiniteDifferences) {
  for (const auto& [normalization, over] :
       {std::pair(Normalization::batch, NormOver::batch), std::pair(Normalization::batch, NormOver::slice),
        std::pair(Normalization::layer, NormOver::batch), std::pair(Normalization::none, NormOver::batch)})
    for (const bool residual : {false, true}) {
      Network network(normalization, over, residual);
      EXPECT_EQ(network.model_.layers()[1].residual, residual);
      EXPECT_FALSE(network.model_.layers()[0].residual);
      EXPECT_FALSE(network.model_.layers()[2].residual);
      const AlignedBuffer gradient = network.gradient();
      for (std::size_t i = 0; i < gradient.span().size(); ++i) {
        constexpr float kDifference = 0x1p-7F;
        float& parameter = network.parameters_.span()[i];
        const float before = std::exchange(parameter, parameter + kDifference);
        const double above = network.loss();
        parameter = before - kDifference;
        const double below = network.loss();
        parameter = before;
        const double difference = (above - below) / (2 * static_cast<double>(kDifference));
        EXPECT_NEAR(gradient.span()[i], difference, 2e-3 * (1 + std::abs(difference)))
            << i << ' ' << static_cast<int>(normalization) << static_cast<int>(over) << residual;
      }
    }
}

TEST(Normalization, RunningStatisticsMoveTowardsThoseOfTheBatch) {
  for (const NormOver over : {NormOver::batch, NormOver::slice}) {
    Network network(Normalization::batch, over, false);
    const Layer& layer = network.model_.layers()[0];
    network.loss();
    // Of the products of the first layer, by the formula.
    std::vector<float> row_order(network.model_.size());
    network.model_.unpack(network.parameters_.span(), row_order);
    const std::span<const double> sums = network.sum(network.statistics_);
    network.model_.update_statistics(sums, Network::kBatch, network.parameters_.span());
    for (std::size_t unit = 0; unit < layer.outputs; ++unit) {
      std::vector<double> products;
      for (std::size_t r = 0; r < Network::kBatch; ++r) {
        double product = 0;
        for (std::size_t i = 0; i < Network::kInputs; ++i)
          product += static_cast<double>(network.inputs_[r * Network::kInputs + i]) *
                     static_cast<double>(row_order[layer.weight.begin + i * layer.outputs + unit]);
        products.push_back(product);
      }
      double mean = 0;
      for (const double product : products) mean += product / Network::kBatch;
      double variance = 0;
      for (const double product : products) variance += (product - mean) * (product - mean) / (Network::kBatch - 1);
      EXPECT_NEAR(network.parameters_.span()[layer.mean.begin + unit], 0.1 * mean, 1e-6);
      EXPECT_NEAR(network.parameters_.span()[layer.variance.begin + unit], 0.9 + 0.1 * variance, 1e-6);
    }
  }
}

TEST(Normalization, PredictionTakesTheRunningStatistics) {
  Network network(Normalization::batch, NormOver::batch, false);
  Workspace workspace(network.model_, 1, 0);
  const auto predict = [&](std::size_t row) {
    const std::span<const float> sample = std::span(network.inputs_).subspan(row * Network::kInputs, Network::kInputs);
    const ConstMatrix outputs = network.model_.forward(
        network.parameters_.span(), ConstMatrix(sample, 1, Network::kInputs), OwnedSlices(1, 1, {0, 1}), workspace);
    return outputs.row(0)[0];
  };
  const float before = predict(0);
  network.parameters_.span()[network.model_.layers()[0].variance.begin] = 4;
  EXPECT_NE(predict(0), before);
  network.parameters_.span()[network.model_.layers()[0].variance.begin] = 1;
  EXPECT_EQ(predict(0), before);
}

TEST(Normalization, FrozenLayersKeepTheirStatistics) {
  Network network(Normalization::batch, NormOver::batch, false);
  network.pass_.first_layer = 1;
  const AlignedBuffer gradient = network.gradient();
  const Range frozen = network.model_.layers()[0].range();
  EXPECT_THAT(gradient.span().subspan(frozen.begin, frozen.size()), testing::Each(0.0F));
  network.model_.update_statistics(network.sum(network.statistics_), Network::kBatch, network.parameters_.span(), 1);
  const auto values_of = [&](const Range& range) {
    return network.parameters_.span().subspan(range.begin, range.size());
  };
  EXPECT_THAT(values_of(network.model_.layers()[0].mean), testing::Each(0.0F));
  EXPECT_THAT(values_of(network.model_.layers()[0].variance), testing::Each(1.0F));
  EXPECT_THAT(values_of(network.model_.layers()[1].mean), testing::Each(testing::Ne(0.0F)));
}

TEST(Normalization, TensorsHaveScalesAndRunningStatistics) {
  const Network network(Normalization::batch, NormOver::batch, false);
  std::vector<std::string> names;
  for (const ParameterTensor& tensor : network.model_.tensors()) names.push_back(tensor.name);
  EXPECT_THAT(names, testing::ElementsAre("layers/0/weight", "layers/0/bias", "layers/0/scale", "layers/0/running_mean",
                                          "layers/0/running_variance", "layers/1/weight", "layers/1/bias",
                                          "layers/1/scale", "layers/1/running_mean", "layers/1/running_variance",
                                          "layers/2/weight", "layers/2/bias"));
  EXPECT_EQ(network.model_.parameter_count(), 4U * 5 + 5 + 5 + 5 * 5 + 5 + 5 + 5 * 2 + 2);
}

}  // namespace
}  // namespace lockstep
