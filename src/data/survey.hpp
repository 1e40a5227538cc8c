// What the training samples are as a whole: what transforms are fitted to, and advice comes from.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "data/dataset.hpp"
#include "data/scales/column_scale.hpp"

namespace lockstep {

class Survey {
 public:
  /// Of samples in memory, which outlive this. Statistics are taken once, when they are asked for.
  Survey(const Dataset& train);  // NOLINT(google-explicit-constructor): samples in memory have been surveyed

  /// Of samples that have been read part by part.
  Survey(const DatasetInfo& info, std::vector<TrainColumn> features, std::vector<TrainColumn> targets,
         std::vector<std::uint64_t> class_counts)
      : info_(&info), features_(std::move(features)), targets_(std::move(targets)), counts_(std::move(class_counts)) {}

  [[nodiscard]] const DatasetInfo& info() const { return *info_; }

  /// One a column; of images one, all pixels together.
  [[nodiscard]] const std::vector<TrainColumn>& features() const;
  /// Of a regression, one per target.
  [[nodiscard]] const std::vector<TrainColumn>& targets() const;
  /// Of a classification, the samples of each class.
  [[nodiscard]] const std::vector<std::uint64_t>& class_counts() const;

 private:
  const Dataset* data_ = nullptr;  // where they are in memory
  const DatasetInfo* info_;
  mutable std::optional<std::vector<TrainColumn>> features_;
  mutable std::optional<std::vector<TrainColumn>> targets_;
  mutable std::optional<std::vector<std::uint64_t>> counts_;
};

/// How many of `labels` each of `classes` classes has.
std::vector<std::uint64_t> count_classes(const std::vector<std::int32_t>& labels, std::size_t classes);

}  // namespace lockstep
