// Initial weights: how far they reach, how they are distributed, and what they depend on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "nn/model.hpp"

namespace lockstep {
namespace {

const InitialWeights& initial_weights_named(std::string_view name) {
  return std::ranges::find(kInitialWeights, name, &std::pair<std::string_view, InitialWeights>::first)->second;
}

/// The initial weights of one layer of 200 units with 400 inputs.
std::vector<double> initial_weights(std::string_view name, InitDistribution distribution,
                                    Activation activation = kActivation<Relu>) {
  const Model model(400, {{200, activation}}, Kernels::openblas);
  AlignedBuffer parameters(model.size());
  model.initialize(initial_weights_named(name), 5, parameters.span(), distribution);
  EXPECT_THAT(model.layers()[0].bias_in(std::span<const float>(parameters.span())), testing::Each(0.0F));
  const std::span<const float> weights = model.layers()[0].weight_in(parameters.span()).panel(0).values();
  return {weights.begin(), weights.end()};
}

/// The mean of a power of them.
double moment(std::span<const double> values, int power) {
  double sum = 0;
  for (const double value : values) sum += std::pow(value, power);
  return sum / static_cast<double>(values.size());
}

/// The largest initial weight in size.
double largest_initial_weight(std::string_view name, Activation activation) {
  const std::vector<double> weights = initial_weights(name, InitDistribution::uniform, activation);
  double bound = 0;
  for (const double weight : weights) bound = std::max(bound, std::abs(weight));
  EXPECT_NEAR(moment(weights, 2), bound * bound / 3, 0.01 * moment(weights, 2)) << "uniform";
  return bound;
}

TEST(InitialWeights, ReachTheirBoundWhateverTheActivation) {
  for (const Activation activation : {kActivation<Relu>, kActivation<Tanh>, kActivation<Identity>}) {
    EXPECT_NEAR(largest_initial_weight("glorot", activation), std::sqrt(6.0 / 600), 1e-4);
    EXPECT_NEAR(largest_initial_weight("he", activation), std::sqrt(6.0 / 400), 1e-4);
    EXPECT_NEAR(largest_initial_weight("lecun", activation), std::sqrt(3.0 / 400), 1e-4);
    EXPECT_NEAR(largest_initial_weight("pytorch", activation), std::sqrt(1.0 / 400), 1e-4);
  }
  EXPECT_EQ(InitialWeights(), kInitialWeights[0].second) << "Glorot's are the default";
}

TEST(InitialWeights, NormalOnesHaveTheVarianceOfUniformOnes) {
  for (const auto& [name, variance] :
       {std::pair("glorot", 2.0 / 600), std::pair("he", 2.0 / 400), std::pair("lecun", 1.0 / 400)}) {
    const std::vector<double> weights = initial_weights(name, InitDistribution::normal);
    const double deviation = std::sqrt(variance);
    EXPECT_NEAR(moment(weights, 1), 0, 0.015 * deviation);
    EXPECT_NEAR(moment(weights, 2), variance, 0.02 * variance);
    EXPECT_NEAR(moment(weights, 3), 0, 0.06 * variance * deviation);
    EXPECT_NEAR(moment(weights, 4), 3 * variance * variance, 0.12 * variance * variance);
    std::size_t beyond = 0;
    for (const double weight : weights) beyond += weight > 1.5 * deviation ? 1U : 0U;
    EXPECT_NEAR(static_cast<double>(beyond), 0.0668072 * 80000, 300);
  }
}

TEST(InitialWeights, MayBeZero) {
  for (const InitDistribution distribution : {InitDistribution::uniform, InitDistribution::normal})
    for (const double weight : initial_weights("zeros", distribution))
      ASSERT_FALSE(weight != 0 || std::signbit(weight));
}

TEST(InitialWeights, AreAFunctionOfTheSeed) {
  const Model model(10, {{6, kActivation<Relu>}, {3, kActivation<Identity>}}, Kernels::openblas);
  const auto initial = [&](std::uint64_t seed) {
    AlignedBuffer parameters(model.size());
    model.initialize({}, seed, parameters.span());
    return std::vector<float>(parameters.span().begin(), parameters.span().end());
  };
  EXPECT_EQ(initial(1), initial(1));
  EXPECT_NE(initial(1), initial(2));
}

}  // namespace
}  // namespace lockstep
