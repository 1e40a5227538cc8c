// Samples as a network takes them.
#pragma once

#include <memory>
#include <span>

#include "data/dataset.hpp"
#include "data/scaling.hpp"

namespace lockstep {

/// Views of samples, which `storage` keeps alive. Real features are scaled and narrowed to float32, so that a batch
/// copies them; bytes, a quarter as large, are scaled as a batch is gathered. Targets keep the digits of the file.
struct PreparedDataset {
  DatasetInfo info;
  DataTransform transform;
  std::span<const std::uint8_t> bytes;   // (samples, features)
  std::span<const float> values;         // (samples, features), scaled
  std::span<const std::int32_t> labels;  // (samples)
  std::span<const double> targets;       // (samples, outputs)
  std::span<const double> weights;       // (samples), or empty
  std::span<const std::uint32_t> rows;   // (samples), or empty
  std::shared_ptr<const void> storage;

  /// "FILE: sample 7", by the file's own count, from 0.
  [[nodiscard]] std::string name_of(std::size_t sample) const;
};

/// Bad input, with sample and column, where a scaled number is beyond the range of float32.
PreparedDataset prepare(Dataset data, const DataTransform& transform);

}  // namespace lockstep
