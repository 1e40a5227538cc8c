// Which of a file's arrays are features and labels, by the names that people give them.
#pragma once

#include <optional>
#include <span>
#include <string>

namespace lockstep {

/// The names of arrays. Those of a test set are empty where there is none.
struct GuessedNames {
  std::string features;
  std::string outputs;  // labels or targets
  std::string test_features;
  std::string test_outputs;
};

/// Nothing where the names do not tell.
std::optional<GuessedNames> guess_names(std::span<const std::string> names);

}  // namespace lockstep
