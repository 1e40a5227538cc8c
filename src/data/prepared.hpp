// Samples as a network takes them.
#pragma once

#include <memory>
#include <span>

#include "data/dataset.hpp"
#include "data/input_rows.hpp"
#include "data/transform.hpp"

namespace lockstep {

/// Views of samples, which `storage` keeps alive. Features are transformed and narrowed to float32, so that a batch
/// copies them, but for bytes that are only shifted and scaled: a quarter as large, they are scaled as a batch is
/// gathered. Targets keep the digits of the file.
struct PreparedDataset {
  DatasetInfo info;
  DataTransform transform;
  std::span<const std::uint8_t> bytes;   // (samples, features), or empty
  std::span<const float> values;         // (samples, inputs), or empty
  std::span<const std::int32_t> labels;  // (samples)
  std::span<const double> targets;       // (samples, outputs)
  std::span<const double> weights;       // (samples), or empty
  std::span<const std::uint32_t> rows;   // (samples), or empty
  std::shared_ptr<const void> storage;

  /// Of a network for these samples.
  [[nodiscard]] std::size_t inputs() const { return transform.inputs(info); }

  [[nodiscard]] std::string name_of(std::size_t sample) const { return sample_name(info, rows, sample); }
};

/// Bytes of memory that a sample takes once it is prepared, its number in the file with it, and its weight if it has
/// one.
std::size_t prepared_row_bytes(const DatasetInfo& info, const DataTransform& transform, bool weighted);

/// Bytes of memory that a data set takes once it is prepared.
std::size_t prepared_bytes(const Dataset& data, const DataTransform& transform);

/// Bad input, with sample and column, where a gap has nothing to stand for it, and where a scaled number is beyond the
/// range of float32.
PreparedDataset prepare(Dataset data, const DataTransform& transform);

}  // namespace lockstep
