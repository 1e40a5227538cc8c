// From the fields of a table, texts or numbers, to the values of its columns: numbers, gaps, and the numbers of words.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.hpp"
#include "data/field.hpp"
#include "data/field_faults.hpp"
#include "data/gaps.hpp"
#include "data/words.hpp"

namespace lockstep {

/// What is said of the fields of a table.
struct FieldRules {
  GapOptions gaps;
  WordOptions words;
  const std::vector<std::vector<std::string>>* known_words = nullptr;  // of each feature, as DatasetInfo has them
  bool to_predict = false;                                             // no sample is left out
  std::vector<bool> of_words;  // features that the file says to be of words; empty: it says nothing
};

/// A column of a table by its name and its number in messages.
struct TableColumn {
  std::string name;
  std::size_t number = 0;
};

/// Of one data set. A feature whose first field is a word is a column of words. Fields that are neither are collected
/// as faults.
class FieldValues {
 public:
  /// `source` and `where`, of a place, are for messages.
  FieldValues(const std::string& source, Where where, FieldRules rules, const std::vector<TableColumn>& features,
              const std::vector<TableColumn>& targets);

  /// True for what means a missing value.
  [[nodiscard]] bool is_gap(std::string_view field) const;
  /// The same of the words that the configuration names.
  [[nodiscard]] bool is_own_gap(std::string_view field) const;

  /// Features and targets, by their places among those, without whose value a sample is left out.
  [[nodiscard]] const std::vector<std::size_t>& needed_features() const { return needed_features_; }
  [[nodiscard]] const std::vector<std::size_t>& needed_targets() const { return needed_targets_; }

  /// The value of feature, or target, number i: NaN for a gap. Bad input for a word too many, or one that is not known.
  double feature(std::size_t i, const Field& field, std::uint64_t place) {
    Feature& feature = features_[i];
    if (feature.words || !is_number(field)) return other_feature(feature, field, place);
    feature.numbers = true;
    return field.number;
  }
  double feature(std::size_t i, std::string_view field, std::uint64_t place) {
    return feature(i, field_of(field), place);
  }
  double feature(std::size_t i, double number, std::uint64_t place);
  double target(std::size_t i, const Field& field, std::uint64_t place);
  /// The same of a column of weights, in which there are no gaps.
  double weight(std::size_t column, const Field& field, std::uint64_t place);

  /// The number of a group, by its text. Bad input where it is missing.
  std::uint32_t group(std::string_view field, std::uint64_t place);

  [[nodiscard]] FieldFaults& faults() { return faults_; }
  [[nodiscard]] const FieldFaults& faults() const { return faults_; }

  /// Marks the words of samples that stay, by their `values` (samples, features).
  void keep_words(const std::vector<double>& values);

  /// The words of each feature, by the numbers that they have in values; none: all are numbers.
  [[nodiscard]] std::vector<std::vector<std::string>> words() const;

  /// Puts the words that stay into order, in `values` (samples, features) too, and into the description.
  void settle(DatasetInfo& info, std::vector<double>& values);

 private:
  struct Feature {
    TableColumn column;
    Missing rule = Missing::error;
    bool forced = false;   // to be of words
    bool numbers = false;  // its first value was one
    std::optional<WordList> words;
    std::vector<bool> kept;  // of the words
  };
  struct Target {
    std::size_t column = 0;
    Missing rule = Missing::error;
  };

  [[nodiscard]] bool has_words() const {
    return std::ranges::any_of(features_, [](const Feature& feature) { return feature.words.has_value(); });
  }
  [[nodiscard]] bool is_number(const Field& field) const {
    return !std::isnan(field.number) && (rules_.gaps.words.empty() || !is_own_gap(field.text));
  }
  /// Of a field that is no number, or in a column of words.
  double other_feature(Feature& feature, const Field& field, std::uint64_t place);
  double no_number(std::size_t column, Missing rule, std::string_view field, std::uint64_t place);
  double word(const Feature& feature, WordList& list, const Field& field, std::uint64_t place) const;

  Where where_;
  FieldRules rules_;
  std::vector<Feature> features_;
  std::vector<Target> targets_;
  std::vector<std::size_t> needed_features_;
  std::vector<std::size_t> needed_targets_;
  WordList groups_;
  FieldFaults faults_;
};

}  // namespace lockstep
