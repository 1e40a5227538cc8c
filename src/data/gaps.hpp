// Numbers that are missing in a table: which may be, and what stands for them.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/by_column.hpp"
#include "data/survey.hpp"

namespace lockstep {

/// What becomes of a gap: bad input, a number learnt from the training samples, 0, or its sample is left out.
enum class Missing : std::uint8_t { error, mean, median, zero, drop };

/// What a configuration says of gaps.
struct GapOptions {
  ByColumn<Missing> missing;       // of features; of targets `drop` alone counts
  std::vector<std::string> words;  // that mean a gap, beside those that is_missing() knows
  bool indicator = false;          // whether a column with gaps in training has an input that tells them

  /// True where gaps of some column are filled.
  [[nodiscard]] bool fill_some() const;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& missing& words& indicator;
  }
};

/// What may be missing: one rule a column. Features are `error`, `drop` or filled, targets `error` or `drop`.
struct GapRules {
  std::vector<Missing> features;
  std::vector<Missing> targets;
};

/// The rules of a table with these columns. Of one that is to be predicted no sample is left out. Bad input where
/// `options` names a column that another table has not.
GapRules gap_rules(const GapOptions& options, std::span<const std::string> features,
                   std::span<const std::string> targets, bool to_predict, const std::string& source);

/// True for a rule by which a number stands for a gap.
constexpr bool is_filled(Missing rule) {
  return rule == Missing::mean || rule == Missing::median || rule == Missing::zero;
}

/// True where one of the rules leaves samples out.
bool drops(const std::vector<Missing>& rules);

/// Leaves the samples out that have a NaN in a column of the rule `drop`. Returns how many there are.
std::uint64_t leave_out_gaps(Dataset& data, const GapRules& rules);

/// The note on samples that were left out.
std::string note_left_out(const std::string& source, std::uint64_t left_out, std::uint64_t all);

/// What stands for a gap in a column.
struct GapFill {
  double value = std::numeric_limits<double>::quiet_NaN();  // NaN: a gap is refused
  bool indicator = false;                                   // whether an input is 1 for a gap and 0 else

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& value& indicator;
  }
};

/// Whether the median of a column stands for its gaps, of each column of a table; empty of images.
std::vector<bool> filled_by_medians(const DatasetInfo& info, const GapOptions& options);

/// Of each column of a table; empty where none is filled. The mean and the median are those of the numbers that there
/// are, and 0 where there are none.
std::vector<GapFill> gap_fills(const Survey& train, const GapOptions& options,
                               std::span<const std::string> feature_names);

}  // namespace lockstep
