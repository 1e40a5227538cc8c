// From the raw features of a sample to the inputs of a network.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "data/dataset.hpp"
#include "data/transform.hpp"

namespace lockstep {

/// True where bytes stay as they are until a batch is gathered.
bool keeps_bytes(const DatasetInfo& info, const DataTransform& transform);

/// True where each column of words has a single word, beside numbers without gaps and curves. Like constant numbers
/// such columns are 0 then, whatever word a sample has.
bool words_are_constant(const DatasetInfo& info, const DataTransform& transform);

/// Fills gaps, gives words an input each, scales numbers and narrows them to float32. Many threads may use one at once.
class InputRows {
 public:
  /// Both are looked at as long as this is used. `name_of` names a sample in messages.
  InputRows(const DatasetInfo& data, const DataTransform& transform, Where name_of);

  /// Of the inputs.
  [[nodiscard]] std::size_t width() const { return width_; }

  /// Shapes (features) and (width). Bad input, with the name of `sample` and the column, where a gap has nothing to
  /// stand for it, and where a scaled number is beyond the range of float32.
  void write(std::span<const double> raw, std::uint64_t sample, std::span<float> to) const;
  void write(std::span<const float> raw, std::uint64_t sample, std::span<float> to) const;
  void write(std::span<const std::uint8_t> raw, std::uint64_t sample, std::span<float> to) const;

 private:
  template <class T>
  void write_columns(std::span<const T> raw, std::uint64_t sample, std::span<float> to) const;

  const DatasetInfo* data_;
  const DataTransform* transform_;
  Where name_of_;
  std::size_t width_;
  bool plain_;  // numbers alone, without gaps and curves
  std::vector<double> shift_;
  std::vector<double> scale_;
};

/// Bad input: the number `where` of a sample is beyond the range of float32 on its scale; `key` is the one of the
/// configuration that chooses whether there is one.
Error beyond_range(const std::string& sample, const std::string& where, double raw, const Scaling& scaling,
                   const char* key);

/// Shifts and scales bytes in float32, those of a sample at once.
class ByteScale {
 public:
  explicit ByteScale(const Scaling& scaling);

  void operator()(std::span<const std::uint8_t> from, std::span<float> to) const;

 private:
  std::vector<float> shift_;  // one value, or one for each byte
  std::vector<float> scale_;
};

}  // namespace lockstep
