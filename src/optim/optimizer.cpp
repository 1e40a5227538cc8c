#include "optim/optimizer.hpp"

#include <optional>
#include <utility>

#include "base/error.hpp"

namespace lockstep {

namespace {

template <class Rule>
concept Layerwise = requires(const Rule& rule, const Update& update, std::span<float> directions) {
  rule.measure(update, directions);
};

template <class Rule>
concept Timed = requires(Rule& rule, std::uint64_t step) {
  rule.begin_step(step);
};

template <std::size_t... I>
AnyOptimizer make(const OptimizerOptions& options, std::index_sequence<I...>) {
  std::optional<AnyOptimizer> made;
  ((static_cast<std::size_t>(options.name) == I ? void(made.emplace(std::in_place_index<I>, options)) : void()), ...);
  invariant(made.has_value(), "an optimizer is one of the list");
  return *made;
}

/// The loops of whichever rule it is are compiled into the caller, once for each width of vector registers.
template <std::size_t I = 0>
LOCKSTEP_INLINE void update_by(const AnyOptimizer& any, const Update& update) {
  if (const auto* rule = std::get_if<I>(&any)) return rule->update(update);
  if constexpr (I + 1 < std::variant_size_v<AnyOptimizer>) update_by<I + 1>(any, update);
}

template <std::size_t I = 0>
LOCKSTEP_INLINE void measure_by(const AnyOptimizer& any, const Update& update, std::span<float> directions) {
  if constexpr (Layerwise<std::variant_alternative_t<I, AnyOptimizer>>)
    if (const auto* rule = std::get_if<I>(&any)) return rule->measure(update, directions);
  if constexpr (I + 1 < std::variant_size_v<AnyOptimizer>) measure_by<I + 1>(any, update, directions);
}

LOCKSTEP_VECTORIZED void update_vectorized(const AnyOptimizer& any, const Update& update) {
  update_by(any, update);
}

LOCKSTEP_VECTORIZED void measure_vectorized(const AnyOptimizer& any, const Update& update,
                                            std::span<float> directions) {
  measure_by(any, update, directions);
}

}  // namespace

Optimizer::Optimizer(const OptimizerOptions& options)
    : rule_(make(options, std::make_index_sequence<std::variant_size_v<AnyOptimizer>>())) {}

std::vector<std::string_view> Optimizer::moments() const {
  return std::visit([](const auto& rule) { return rule.moments(); }, rule_);
}

bool Optimizer::is_layerwise() const {
  return std::visit([]<class Rule>(const Rule&) { return Layerwise<Rule>; }, rule_);
}

void Optimizer::begin_step(std::uint64_t step) {
  std::visit(
      [step]<class Rule>(Rule& rule) {
        if constexpr (Timed<Rule>) rule.begin_step(step);
      },
      rule_);
}

void Optimizer::measure(const Update& update, std::span<float> directions) const {
  measure_vectorized(rule_, update, directions);
}

float Optimizer::trust(double parameters, double directions, float decay) const {
  return std::visit(
      [&]<class Rule>(const Rule& rule) {
        if constexpr (Layerwise<Rule>) return static_cast<float>(rule.trust(parameters, directions, decay));
        return 1.0F;
      },
      rule_);
}

void Optimizer::update(const Update& update) const {
  invariant(update.gradient.size() == update.parameters.size(), "an update wants a gradient for each parameter");
  update_vectorized(rule_, update);
}

}  // namespace lockstep
