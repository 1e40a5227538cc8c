// The update rules: each of the list against its formula in double precision, and what they have in common.
#include "optim/optimizer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tensor/elementwise.hpp"

namespace lockstep {
namespace {

OptimizerOptions options_of(std::string_view name) {
  return default_options(optimizer_named(name));
}

/// An optimizer with what it keeps of its parameters, which are one layer.
struct Descent {
  Descent(const OptimizerOptions& options, std::size_t size)
      : optimizer(options),
        decay(static_cast<float>(options.weight_decay)),
        moments(optimizer.moments().size() * size) {}

  void update(std::span<float> parameters, std::span<const float> gradient, float rate) {
    optimizer.begin_step(++step);
    Update update{parameters, Moments(moments, parameters.size(), 0), gradient, rate, decay};
    if (optimizer.is_layerwise()) {
      std::vector<float> directions(parameters.size());
      optimizer.measure(update, directions);
      update.trust =
          optimizer.trust(std::sqrt(sum_of_squares(parameters)), std::sqrt(sum_of_squares(directions)), decay);
    }
    optimizer.update(update);
  }

  Optimizer optimizer;
  float decay;
  std::vector<float> moments;
  std::uint64_t step = 0;
};

using Vector = std::vector<double>;

double norm(const Vector& values) {
  double squares = 0;
  for (const double value : values) squares += value * value;
  return std::sqrt(squares);
}

/// The papers' and PyTorch's formulas, in double precision, with powers by the C library.
struct Reference {
  OptimizerOptions o;
  Vector w;
  double rate = 0;
  int t = 0;
  Vector first = Vector(w.size());
  Vector second = Vector(w.size());
  double product = 1;

  void step(const Vector& gradient) {
    ++t;
    static const std::map<std::string_view, std::function<void(Reference&, const Vector&)>> rules = {
        {"sgd", &Reference::sgd},     {"adam", &Reference::adam},       {"adamw", &Reference::adamw},
        {"nadam", &Reference::nadam}, {"rmsprop", &Reference::rmsprop}, {"adagrad", &Reference::adagrad},
        {"lamb", &Reference::lamb},   {"lars", &Reference::lars},
    };
    rules.at(traits_of(o.name).name)(*this, gradient);
  }

  void sgd(const Vector& gradient) {
    for (std::size_t i = 0; i < w.size(); ++i) {
      const double g = gradient[i] + o.weight_decay * w[i];
      first[i] = o.momentum * first[i] + g;
      w[i] -= rate * (o.nesterov ? g + o.momentum * first[i] : first[i]);
    }
  }
  void add(std::size_t i, double g) {
    first[i] = o.beta1 * first[i] + (1 - o.beta1) * g;
    second[i] = o.beta2 * second[i] + (1 - o.beta2) * g * g;
  }
  [[nodiscard]] double corrected_mean(std::size_t i) const { return first[i] / (1 - std::pow(o.beta1, t)); }
  [[nodiscard]] double root(std::size_t i) const {
    return std::sqrt(second[i] / (1 - std::pow(o.beta2, t))) + o.epsilon;
  }
  void adam(const Vector& gradient) {
    for (std::size_t i = 0; i < w.size(); ++i) {
      add(i, gradient[i] + o.weight_decay * w[i]);
      w[i] -= rate * corrected_mean(i) / root(i);
    }
  }
  void adamw(const Vector& gradient) {
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] -= rate * o.weight_decay * w[i];
      add(i, gradient[i]);
      w[i] -= rate * corrected_mean(i) / root(i);
    }
  }
  void nadam(const Vector& gradient) {
    const double mu = o.beta1 * (1 - 0.5 * std::pow(0.96, 0.004 * t));
    const double next = o.beta1 * (1 - 0.5 * std::pow(0.96, 0.004 * (t + 1)));
    product *= mu;
    for (std::size_t i = 0; i < w.size(); ++i) {
      const double g = gradient[i] + o.weight_decay * w[i];
      add(i, g);
      w[i] -= rate * ((1 - mu) / (1 - product) * g + next / (1 - product * next) * first[i]) / root(i);
    }
  }
  void rmsprop(const Vector& gradient) {
    for (std::size_t i = 0; i < w.size(); ++i) {
      const double g = gradient[i] + o.weight_decay * w[i];
      first[i] = o.rho * first[i] + (1 - o.rho) * g * g;
      second[i] = o.momentum * second[i] + g / (std::sqrt(first[i]) + o.epsilon);
      w[i] -= rate * second[i];
    }
  }
  void adagrad(const Vector& gradient) {
    for (std::size_t i = 0; i < w.size(); ++i) {
      const double g = gradient[i] + o.weight_decay * w[i];
      first[i] += g * g;
      w[i] -= rate * g / (std::sqrt(first[i]) + o.epsilon);
    }
  }
  void lamb(const Vector& gradient) {
    Vector direction(w.size());
    for (std::size_t i = 0; i < w.size(); ++i) {
      add(i, gradient[i]);
      direction[i] = corrected_mean(i) / root(i) + o.weight_decay * w[i];
    }
    const double trust = norm(w) > 0 && norm(direction) > 0 ? norm(w) / norm(direction) : 1;
    for (std::size_t i = 0; i < w.size(); ++i) w[i] -= rate * trust * direction[i];
  }
  void lars(const Vector& gradient) {
    const double size = norm(gradient) + o.weight_decay * norm(w);
    const double trust = norm(w) > 0 && size > 0 ? o.trust_coefficient * norm(w) / size : 1;
    for (std::size_t i = 0; i < w.size(); ++i) {
      first[i] = o.momentum * first[i] + rate * trust * (gradient[i] + o.weight_decay * w[i]);
      w[i] -= first[i];
    }
  }
};

/// The options under which each optimizer is tried: its defaults, with decay, and with what it can do besides.
std::vector<OptimizerOptions> variants_of(const OptimizerTraits& traits) {
  std::vector<OptimizerOptions> variants = {options_of(traits.name)};
  const auto add = [&](auto&& change) {
    OptimizerOptions options = variants.back();
    change(options);
    variants.push_back(options);
  };
  add([](OptimizerOptions& o) { o.weight_decay = 0.1; });
  if (traits.uses.has(Option::momentum)) add([](OptimizerOptions& o) { o.momentum = 0.8; });
  if (traits.uses.has(Option::nesterov)) add([](OptimizerOptions& o) { o.nesterov = true; });
  if (traits.uses.has(Option::betas)) add([](OptimizerOptions& o) { o.beta1 = 0.7, o.beta2 = 0.95; });
  if (traits.uses.has(Option::rho)) add([](OptimizerOptions& o) { o.rho = 0.9; });
  if (traits.uses.has(Option::epsilon)) add([](OptimizerOptions& o) { o.epsilon = 0.01; });
  if (traits.uses.has(Option::trust_coefficient)) add([](OptimizerOptions& o) { o.trust_coefficient = 0.02; });
  return variants;
}

TEST(Optimizer, EachOfTheListFollowsItsFormula) {
  constexpr std::size_t kSize = 37;  // no multiple of the width of a vector
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  for (const OptimizerTraits& traits : kOptimizerTraits)
    for (const OptimizerOptions& options : variants_of(traits)) {
      SCOPED_TRACE(traits.name);
      std::vector<float> w(kSize);
      for (float& value : w) value = normal(random);
      Descent descent(options, kSize);
      Reference reference{options, Vector(w.begin(), w.end()), options.learning_rate};
      for (int step = 0; step < 200; ++step) {
        std::vector<float> gradient(kSize);
        for (std::size_t i = 0; i < kSize; ++i) gradient[i] = 0.3F * w[i] + 0.1F * normal(random);
        descent.update(w, gradient, static_cast<float>(options.learning_rate));
        reference.step(Vector(gradient.begin(), gradient.end()));
      }
      for (std::size_t i = 0; i < kSize; ++i)
        ASSERT_NEAR(w[i], reference.w[i], 2e-5 * (1 + std::abs(reference.w[i]))) << i;
    }
}

TEST(Optimizer, NamesAreOnceInTheListAndDefaultsAreTheirOwn) {
  std::set<std::string_view> names;
  for (const OptimizerTraits& traits : kOptimizerTraits) {
    EXPECT_TRUE(names.insert(traits.name).second) << traits.name;
    const OptimizerOptions options = options_of(traits.name);
    EXPECT_EQ(traits_of(options.name).name, traits.name);
    EXPECT_GT(options.learning_rate, 0);
    EXPECT_GT(options.epsilon, 0);
  }
  EXPECT_EQ(traits_of(OptimizerOptions().name).name, "sgd");
}

TEST(Optimizer, KeepsWhatItsOptionsAskFor) {
  OptimizerOptions sgd = options_of("sgd");
  EXPECT_THAT(Optimizer(sgd).moments(), testing::IsEmpty());
  sgd.momentum = 0.9;
  EXPECT_THAT(Optimizer(sgd).moments(), testing::ElementsAre("velocity"));
  EXPECT_THAT(Optimizer(options_of("adamw")).moments(), testing::ElementsAre("mean", "square"));
  EXPECT_THAT(Optimizer(options_of("rmsprop")).moments(), testing::ElementsAre("square"));
}

TEST(Optimizer, MomentsEndAtZeroBeforeTheyAreSubnormal) {
  for (const OptimizerTraits& traits : kOptimizerTraits)
    for (OptimizerOptions options : variants_of(traits)) {
      SCOPED_TRACE(traits.name);
      options.weight_decay = 0;
      options.beta2 = std::min(options.beta2, 0.9);
      options.rho = 0.9;
      std::vector<float> w = {1.0F, 1.0F};
      Descent descent(options, 2);
      descent.update(w, std::array{1.0F, -1.0F}, 0.1F);
      for (int step = 0; step < 1500; ++step) {
        descent.update(w, std::array{0.0F, 0.0F}, 0.1F);
        for (const float moment : descent.moments)
          ASSERT_TRUE(moment == 0 || std::abs(moment) >= kLeastMoment) << moment;
      }
      if (traits.name != "adagrad") {  // whose sum only grows
        EXPECT_THAT(descent.moments, testing::Each(0.0F));
      }
    }
}

TEST(Optimizer, AStepDependsOnItsNumberAlone) {
  for (const OptimizerTraits& traits : kOptimizerTraits) {
    SCOPED_TRACE(traits.name);
    OptimizerOptions options = options_of(traits.name);
    options.weight_decay = 0.01;
    std::vector<float> whole = {1.0F, 2.0F};
    Descent undisturbed(options, 2);
    std::vector<float> resumed;
    Descent restored(options, 2);
    for (int step = 0; step < 20; ++step) {
      if (step == 7) {
        resumed = whole;
        restored.moments = undisturbed.moments;
        restored.step = undisturbed.step;
      }
      const std::array gradient = {std::sin(static_cast<float>(step)), 0.5F};
      undisturbed.update(whole, gradient, 0.1F);
      if (step >= 7) restored.update(resumed, gradient, 0.1F);
    }
    EXPECT_EQ(whole, resumed);
  }
}

TEST(Sgd, PlainDescent) {
  std::vector<float> w = {1.0F, -2.0F};
  Descent sgd(options_of("sgd"), 2);
  sgd.update(w, std::array{0.5F, -1.0F}, 0.1F);
  EXPECT_FLOAT_EQ(w[0], 0.95F);
  EXPECT_FLOAT_EQ(w[1], -1.9F);
}

TEST(Sgd, MomentumAddsUp) {
  std::vector<float> w = {1.0F};
  OptimizerOptions options = options_of("sgd");
  options.momentum = 0.9;
  Descent sgd(options, 1);
  sgd.update(w, std::array{1.0F}, 0.1F);  // velocity 1
  EXPECT_FLOAT_EQ(w[0], 0.9F);
  sgd.update(w, std::array{1.0F}, 0.1F);  // velocity 1.9
  EXPECT_FLOAT_EQ(sgd.moments[0], 1.9F);
  EXPECT_FLOAT_EQ(w[0], 0.71F);
  sgd.update(w, std::array{0.0F}, 0.2F);  // velocity 1.71
  EXPECT_FLOAT_EQ(w[0], 0.71F - 0.2F * 1.71F);
}

}  // namespace
}  // namespace lockstep
