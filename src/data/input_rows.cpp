#include "data/input_rows.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/vectorized.hpp"

namespace lockstep {

namespace {

/// Shifts, scales and narrows numbers, as Scaling does without a curve. False where one is not finite then.
template <class Real>
LOCKSTEP_INLINE bool scale_reals(std::span<const Real> raw, std::span<const double> shift,
                                 std::span<const double> scale, std::span<float> to) {
  constexpr std::uint32_t kExponent = 0x7f800000;
  bool finite = true;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    to[i] = static_cast<float>((static_cast<double>(raw[i]) - shift[i]) * scale[i]);
    finite &= (std::bit_cast<std::uint32_t>(to[i]) & kExponent) != kExponent;
  }
  return finite;
}

LOCKSTEP_VECTORIZED bool scale_numbers(std::span<const double> raw, std::span<const double> shift,
                                       std::span<const double> scale, std::span<float> to) {
  return scale_reals(raw, shift, scale, to);
}

LOCKSTEP_VECTORIZED bool scale_numbers(std::span<const float> raw, std::span<const double> shift,
                                       std::span<const double> scale, std::span<float> to) {
  return scale_reals(raw, shift, scale, to);
}

/// to = (from - shift) * scale, where shift and scale have one value, or one for each element.
LOCKSTEP_VECTORIZED void scale_bytes(std::span<const std::uint8_t> from, std::span<const float> shift,
                                     std::span<const float> scale, std::span<float> to) {
  if (scale.size() == 1)
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = (static_cast<float>(from[i]) - shift[0]) * scale[0];
  else
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = (static_cast<float>(from[i]) - shift[i]) * scale[i];
}

/// True where an input is a feature, shifted and scaled.
bool is_plain(const DatasetInfo& info, const DataTransform& transform) {
  return transform.features.is_linear() && transform.gaps.empty() && transform.inputs(info) == info.features();
}

}  // namespace

bool keeps_bytes(const DatasetInfo& info, const DataTransform& transform) {
  return info.bytes && transform.features.is_linear() && transform.inputs(info) == info.features();
}

bool words_are_constant(const DatasetInfo& info, const DataTransform& transform) {
  return !info.feature_words.empty() && is_plain(info, transform);
}

Error beyond_range(const std::string& sample, const std::string& where, double raw, const Scaling& scaling,
                   const char* key) {
  const bool as_it_is = scaling == Scaling();
  return bad_input(
      "{}: {} is {}{}, which is beyond the largest float32, 3.4e+38; {}", sample, where, raw,
      as_it_is ? "" : " and far from the training samples, on whose scale it is taken",
      as_it_is ? fmt::format("set {} = true, or give it in another unit", key) : "correct it or leave the sample out");
}

InputRows::InputRows(const DatasetInfo& data, const DataTransform& transform, Where name_of)
    : data_(&data),
      transform_(&transform),
      name_of_(std::move(name_of)),
      width_(transform.inputs(data)),
      plain_(is_plain(data, transform)) {
  for (std::size_t c = 0; plain_ && c < width_; ++c) {
    shift_.push_back(transform.features.of(c).shift);
    scale_.push_back(data.is_of_words(c) ? 0 : transform.features.of(c).scale);
  }
}

void InputRows::write(std::span<const double> raw, std::uint64_t sample, std::span<float> to) const {
  if (!plain_ || !scale_numbers(raw, shift_, scale_, to)) write_columns(raw, sample, to);
}

void InputRows::write(std::span<const float> raw, std::uint64_t sample, std::span<float> to) const {
  if (!plain_ || !scale_numbers(raw, shift_, scale_, to)) write_columns(raw, sample, to);
}

void InputRows::write(std::span<const std::uint8_t> raw, std::uint64_t sample, std::span<float> to) const {
  write_columns(raw, sample, to);
}

template <class T>
void InputRows::write_columns(std::span<const T> raw, std::uint64_t sample, std::span<float> to) const {
  const std::vector<GapFill>& gaps = transform_->gaps;
  auto input = to.begin();
  for (std::size_t c = 0; c < raw.size(); ++c) {
    auto value = static_cast<double>(raw[c]);
    if (std::isnan(value)) value = gaps.empty() ? value : gaps[c].value;
    if (std::isnan(value))
      throw bad_input(
          "{}: {} is missing, and the training data leave nothing to stand for it (data.missing); fill it in, or "
          "leave the sample out",
          name_of_(sample), feature_name(*data_, c));
    if (data_->is_of_words(c)) {
      const std::size_t words = data_->feature_words[c].size();
      std::fill_n(input, words, 0.0F);
      if (!std::isnan(static_cast<double>(raw[c])) && value < static_cast<double>(words))
        input[static_cast<std::ptrdiff_t>(value)] = 1.0F;
      input += static_cast<std::ptrdiff_t>(words);
      continue;
    }
    *input = static_cast<float>(transform_->features.scaled(value, c));
    if (!std::isfinite(*input++))
      throw beyond_range(name_of_(sample), feature_name(*data_, c), value, transform_->features, "data.standardize");
  }
  for (std::size_t c = 0; c < gaps.size(); ++c)
    if (gaps[c].indicator) *input++ = std::isnan(static_cast<double>(raw[c])) ? 1.0F : 0.0F;
}

ByteScale::ByteScale(const Scaling& scaling) {
  for (const ColumnScale& column : scaling.columns) {
    shift_.push_back(static_cast<float>(column.shift));
    scale_.push_back(static_cast<float>(column.scale));
  }
}

void ByteScale::operator()(std::span<const std::uint8_t> from, std::span<float> to) const {
  scale_bytes(from, shift_, scale_, to);
}

}  // namespace lockstep
