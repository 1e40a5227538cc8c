#include "data/sample_parts.hpp"

#include <algorithm>

#include "data/split.hpp"

namespace lockstep {

bool needs_all_outputs(const DataOptions& options, const ClassWeights& classes) {
  return options.test_fraction > 0 || options.validation_fraction > 0 || !options.weights.empty() || classes.any() ||
         std::ranges::any_of(options.gaps.missing.given, [](const auto& rule) { return rule.second == Missing::drop; });
}

SampleParts divide_samples(std::uint64_t samples, Dataset& outputs, const DataOptions& options,
                           const ClassWeights& classes, std::uint64_t seed) {
  if (!options.weights.empty()) settle_weights(outputs);
  SampleParts parts;
  const auto hold_back = [&](Part part, double fraction, std::vector<std::uint32_t>& rows) {
    if (fraction == 0) return;
    Dataset held = take_part(outputs, part, fraction, seed);
    rows = std::move(held.rows);
    outputs.info.notes.insert(outputs.info.notes.end(), held.info.notes.begin(), held.info.notes.end());
  };
  hold_back(Part::test, options.test_fraction, parts.test);
  hold_back(Part::validation, options.validation_fraction, parts.validation);
  parts.weights = weigh_for_training(outputs, classes);
  parts.train = RowSet(samples, outputs.rows);
  return parts;
}

}  // namespace lockstep
