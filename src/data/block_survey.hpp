// What has to be known of samples that stay on disk before they are trained with: one pass over the file.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "data/blocks.hpp"
#include "data/row_reader.hpp"
#include "data/survey.hpp"

namespace lockstep {

/// Of the samples to train with.
struct BlockSurvey {
  DatasetInfo info;  // with classes and a digest of all samples, those that are held back too
  std::uint64_t block_size = 0;
  std::vector<std::uint64_t> digests;       // of each block, as the file has it
  std::vector<ColumnStatistics> features;   // one a column; of images one for all pixels
  std::vector<ColumnStatistics> targets;    // of a regression
  std::vector<std::uint64_t> class_counts;  // of a classification
  std::vector<double> some_features;        // of some samples, (samples, features), where values are asked for
  std::vector<double> some_targets;         // of the same

  /// What takes more than statistics, such as quantiles, is that of some samples. Refers to this.
  [[nodiscard]] Survey survey() const;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& info& block_size& digests& features& targets& class_counts& some_features& some_targets;
  }
};

/// What is held back, in memory.
struct HeldBack {
  Dataset test;
  Dataset validation;
};

/// The samples of a block: a quarter of a MiB of float32 numbers, or bytes; of a file, whole parts of what it stores as
/// one.
std::uint64_t block_size_of(const DatasetInfo& info);
std::uint64_t block_size_of(const RowReader& reader);

/// Takes the survey in the order of the file, with `values` of some samples. What is held back is appended to `held`.
/// Bad input where `classes` or the samples do not fit, or where `check` throws that for the samples of a block.
BlockSurvey take_survey(
    RowReader& reader, const Blocks& blocks, const KnownClasses& classes, bool values, HeldBack& held,
    const std::function<void(const Dataset&)>& check = [](const Dataset&) {});

/// Reads what is held back alone. Bad input where a block is not as it was surveyed.
void read_held_back(RowReader& reader, const Blocks& blocks, const BlockSurvey& survey, HeldBack& held);

/// Reads a block whose classes are known. Bad input where it is not as it was surveyed.
Samples read_block(RowReader& reader, const Blocks& blocks, const BlockSurvey& survey, std::size_t block);

}  // namespace lockstep
