// What has to be known of samples that stay on disk before they are trained with: one pass over the file, in parts that
// are joined in their order, so that it does not matter who takes which.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "data/blocks.hpp"
#include "data/median_search.hpp"
#include "data/row_reader.hpp"
#include "data/sample_parts.hpp"
#include "data/survey.hpp"

namespace lockstep {

/// What is held back, in memory.
struct HeldBack {
  Dataset test;
  Dataset validation;
};

/// Of the samples to train with.
struct BlockSurvey {
  DatasetInfo info;  // with classes, words and a digest of all samples, and of what they are for
  std::uint64_t block_size = 0;
  SampleParts parts;
  std::vector<std::uint64_t> digests;          // of each block, as the file has it
  std::vector<ColumnStatistics> features;      // one per column; of images one for all pixels
  std::vector<ColumnStatistics> targets;       // of a regression
  std::vector<std::uint64_t> class_counts;     // of a classification
  std::vector<ColumnStatistics> feature_logs;  // likewise, of logarithms, where they are asked for
  std::vector<ColumnStatistics> target_logs;
  std::vector<double> medians;        // of features, where they are asked for
  std::vector<double> some_features;  // of some samples, (samples, features), where values are asked for
  std::vector<double> some_targets;   // of the same

  /// Values, for quantiles, are those of some samples. Refers to this.
  [[nodiscard]] Survey survey() const;

  /// Whether samples have weights.
  [[nodiscard]] bool is_weighted() const { return !info.weights.empty() || !parts.weights.of_classes.empty(); }

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& info& block_size& parts& digests& features& targets& class_counts;
    archive& feature_logs& target_logs& medians& some_features& some_targets;
  }
};

/// The blocks of a survey, which they keep alive.
Blocks blocks_of(const std::shared_ptr<const BlockSurvey>& survey, std::uint64_t samples);

/// The samples of a block: a quarter of a MiB of float32 numbers, or bytes; of a file, whole parts of what it stores as
/// one.
std::uint64_t block_size_of(const DatasetInfo& info);
std::uint64_t block_size_of(const RowReader& reader);

/// A part of a survey: that of some blocks which lie beside each other.
struct SurveyPart {
  std::vector<std::uint64_t> digests;
  std::vector<ColumnStatistics> features;
  std::vector<ColumnStatistics> targets;
  std::vector<std::uint64_t> class_counts;
  std::vector<ColumnStatistics> feature_logs;
  std::vector<ColumnStatistics> target_logs;
  std::vector<double> some_features;
  std::vector<double> some_targets;
  Samples test;
  Samples validation;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& digests& features& targets& class_counts& feature_logs& target_logs& some_features& some_targets;
    archive& test& validation;
  }
};

/// The parts of any survey of these blocks.
std::size_t survey_parts(const Blocks& blocks);

/// What a survey looks for beside statistics.
struct SurveyNeeds {
  bool logs = false;
  std::optional<std::uint64_t> values;  // the seed by which samples are drawn whose values are kept
};

/// Takes a part. `begun` has the description, and what samples are for. Bad input where samples do not fit, or where
/// `check` throws that for the samples of a block to train with.
SurveyPart take_part_of_survey(RowReader& reader, const Blocks& blocks, const BlockSurvey& begun,
                               const SurveyNeeds& needs, std::size_t part,
                               const std::function<void(const Dataset&)>& check);

/// Counts the features of a block to train with, once more. Bad input where it is not as it was surveyed.
void count_block(RowReader& reader, const Blocks& blocks, const BlockSurvey& survey, std::size_t block,
                 MedianSearch& search);

/// Of a part, what is held back alone. Bad input where a block is not as it was surveyed.
SurveyPart read_held_back(RowReader& reader, const Blocks& blocks, const BlockSurvey& survey, std::size_t part);

/// Joins all parts, in their order.
void join_survey(const std::vector<SurveyPart>& parts, const Blocks& blocks, BlockSurvey& survey);
HeldBack join_held_back(const std::vector<SurveyPart>& parts, const BlockSurvey& survey);

/// Reads a block, each sample with its number in the file. Bad input where it is not as it was surveyed.
Samples read_block(RowReader& reader, const Blocks& blocks, const BlockSurvey& survey, std::size_t block);

/// Leaves all samples out but those with these numbers in the file, which ascend.
void keep_numbers(Dataset& samples, std::span<const std::uint32_t> numbers);

}  // namespace lockstep
