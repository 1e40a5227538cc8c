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

/// The initial weights of one layer of 200 units with 400 inputs: the largest of them in size.
double largest_initial_weight(std::string_view name, Activation activation) {
  const auto* init = std::ranges::find(kInitialWeights, name, &std::pair<std::string_view, InitialWeights>::first);
  const Model model(400, {{200, activation}}, Kernels::openblas);
  AlignedBuffer parameters(model.size());
  model.initialize(init->second, 5, parameters.span());
  EXPECT_THAT(model.layers()[0].bias_in(std::span<const float>(parameters.span())), testing::Each(0.0F));
  double squares = 0;
  float most = 0;
  for (const float w : model.layers()[0].weight_in(parameters.span()).panel(0).values()) {
    squares += static_cast<double>(w) * static_cast<double>(w) / 80000;
    most = std::max(most, std::abs(w));
  }
  const double bound = static_cast<double>(most);
  EXPECT_NEAR(squares, bound * bound / 3, 0.01 * squares) << "uniform";
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
