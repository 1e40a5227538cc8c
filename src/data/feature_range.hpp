// The range of each feature in the training samples: a network knows nothing of what lies outside.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/survey.hpp"

namespace lockstep {

/// The least and the largest number of a feature over the training samples.
struct FeatureRange {
  double least = 0;
  double most = 0;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& least& most;
  }
};

/// One a column, of images one for all pixels. Of words, whose numbers have no order, all that training has.
std::vector<FeatureRange> feature_ranges(const Survey& train);

/// Which features of samples lie outside. Gaps lie nowhere.
struct OutsideRange {
  std::uint64_t samples = 0;                   // that have such a feature
  std::vector<std::uint64_t> by_feature;       // samples outside in each; of images in any pixel
  std::vector<std::vector<std::uint32_t>> of;  // each sample's features, or 0 for an image's

  /// Counts those of further samples with these.
  void count(const OutsideRange& others);

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& samples& by_feature& of;
  }
};

/// `ranges` are empty for models of earlier versions: nothing is known of them, and nothing lies outside.
OutsideRange outside_ranges(const Dataset& samples, std::span<const FeatureRange> ranges);

/// What a user should know of it: how many samples, and in which columns. Empty where all lie inside.
std::string note_on(const OutsideRange& outside, const DatasetInfo& info);

/// A column of the names of each sample's features outside, which commas part.
KeptColumn column_of(const OutsideRange& outside, const DatasetInfo& info);
inline constexpr const char* kOutsideColumn = "out_of_range";

}  // namespace lockstep
