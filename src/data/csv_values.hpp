// From the fields of a CSV file to the values of its columns: numbers, gaps, and the numbers of words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/csv.hpp"
#include "data/csv_faults.hpp"
#include "data/gaps.hpp"
#include "data/words.hpp"

namespace lockstep {

/// Of one file. A feature whose first field is a word is a column of words. Fields that are neither are collected as
/// faults.
class CsvValues {
 public:
  /// The features have these names and stand in these columns of the file.
  CsvValues(const std::string& path, const CsvQuery& query, Decimal decimal, std::vector<std::string> feature_names,
            std::vector<std::size_t> feature_columns, std::vector<std::size_t> target_columns);

  /// True for what means a missing value.
  [[nodiscard]] bool is_gap(std::string_view field) const;
  /// The same of the words that the configuration names.
  [[nodiscard]] bool is_own_gap(std::string_view field) const;

  /// Columns without whose value a sample is left out.
  [[nodiscard]] const std::vector<std::size_t>& complete() const { return complete_; }

  /// The value of feature, or target, number i: NaN for a gap. Bad input for a word too many, or one that is not known.
  double feature(std::size_t i, std::string_view field, std::uint64_t line);
  double target(std::size_t i, std::string_view field, std::uint64_t line);
  /// The same of a column of weights, in which there are no gaps.
  double weight(std::size_t column, std::string_view field, std::uint64_t line);
  /// The number of a group, by its text. Bad input where it is missing.
  std::uint32_t group(std::string_view field, std::uint64_t line);

  [[nodiscard]] CsvFaults& faults() { return faults_; }

  /// Puts words into order, in `values` (samples, features) too, and into the description.
  void settle(DatasetInfo& info, std::vector<double>& values);

 private:
  struct Feature {
    std::string name;
    std::size_t column = 0;
    Missing rule = Missing::error;
    bool forced = false;   // to be of words
    bool numbers = false;  // its first value was one
    std::optional<WordList> words;
  };

  [[nodiscard]] std::optional<double> number(std::string_view field) const;
  double no_number(std::size_t column, Missing rule, std::string_view field, std::uint64_t line);
  double word(const Feature& feature, WordList& list, std::string_view field, std::uint64_t line) const;

  std::string path_;
  Decimal decimal_;
  GapOptions gaps_;
  WordOptions words_;
  bool known_;  // which features have which words
  std::vector<Feature> features_;
  std::vector<std::size_t> target_columns_;
  std::vector<Missing> target_rules_;
  std::vector<std::size_t> complete_;
  WordList groups_;
  CsvFaults faults_;
};

}  // namespace lockstep
