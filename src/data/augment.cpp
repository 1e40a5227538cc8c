#include "data/augment.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/vectorized.hpp"
#include "tensor/elementary.hpp"

namespace lockstep {

namespace {

constexpr std::size_t kMostChannels = 4;

/// Uniform in [-most, most).
float draw_within(RandomSequence& random, double most) {
  return (2.0F * random.next_uniform() - 1.0F) * static_cast<float>(most);
}

double sine_of_degrees(double angle) {
  return elementary::cos_pi(angle / 180 - 0.5);
}

double cosine_of_degrees(double angle) {
  return elementary::cos_pi(angle / 180);
}

/// What the pixels of a row of the output are made of: from `padded`, of rows of `stride` floats with a pixel of
/// background around the image, at places that begin with (row, column) and go on by (row_step, column_step), each
/// moved by the displacements where there are any. Values between pixels are interpolated, bilinearly.
struct RowSource {
  const float* padded;
  std::size_t stride;
  float last_row;     // of the padded image, from which on all is background
  float last_column;  // likewise
  float row, row_step;
  float column, column_step;
  const float* row_displacements;  // or null
  const float* column_displacements;
};

LOCKSTEP_INLINE float at_most(float value, float least, float most) {
  return std::max(least, std::min(most, value));
}

template <bool Displaced>
LOCKSTEP_INLINE void take_row(const RowSource& from, float* to, std::size_t count, std::size_t step) {
  for (std::size_t c = 0; c < count; ++c) {
    const auto number = static_cast<float>(c);
    float row = from.row + number * from.row_step;
    float column = from.column + number * from.column_step;
    if constexpr (Displaced) {
      row += from.row_displacements[c];
      column += from.column_displacements[c];
    }
    row = at_most(row, 0.0F, from.last_row);
    column = at_most(column, 0.0F, from.last_column);
    const auto top = static_cast<std::int32_t>(row);
    const auto left = static_cast<std::int32_t>(column);
    const float down = row - static_cast<float>(top);
    const float right = column - static_cast<float>(left);
    const float* corner = from.padded + static_cast<std::size_t>(top) * from.stride + static_cast<std::size_t>(left);
    const float above = corner[0] + right * (corner[1] - corner[0]);
    const float below = corner[from.stride] + right * (corner[from.stride + 1] - corner[from.stride]);
    to[c * step] = above + down * (below - above);
  }
}

LOCKSTEP_VECTORIZED void take(const RowSource& from, float* to, std::size_t count, std::size_t step) {
  if (from.row_displacements != nullptr)
    take_row<true>(from, to, count, step);
  else
    take_row<false>(from, to, count, step);
}

/// to[i] = kernel[0] * from[i] + kernel[1] * (from[i - stride] + from[i + stride]) + ..., for `count` elements.
LOCKSTEP_VECTORIZED void blur_along(const float* from, std::size_t stride, std::span<const float> kernel, float* to,
                                    std::size_t count) {
  LOCKSTEP_INDEPENDENT
  for (std::size_t i = 0; i < count; ++i) to[i] = kernel[0] * from[i];
  for (std::size_t k = 1; k < kernel.size(); ++k) {
    const float* before = from - k * stride;
    const float* after = from + k * stride;
    const float weight = kernel[k];
    LOCKSTEP_INDEPENDENT
    for (std::size_t i = 0; i < count; ++i) to[i] += weight * (before[i] + after[i]);
  }
}

/// The weights of a Gaussian of deviation `sigma`, from the middle to three deviations away. All, on both sides, sum up
/// to 1.
std::vector<float> gaussian(double sigma) {
  std::vector<float> weights;
  const auto radius = static_cast<std::size_t>(std::ceil(3 * sigma));
  float sum = 0;
  for (std::size_t i = 0; i <= radius; ++i) {
    const double distance = static_cast<double>(i) / sigma;
    weights.push_back(elementary::exp(static_cast<float>(-0.5 * distance * distance)));
    sum += (i == 0 ? 1.0F : 2.0F) * weights.back();
  }
  for (float& weight : weights) weight /= sum;
  return weights;
}

}  // namespace

void check_images(const DatasetInfo& info) {
  const std::vector<std::uint64_t>& shape = info.feature_shape;
  const bool has_channels = shape.size() == 3 && std::min(shape.front(), shape.back()) <= kMostChannels;
  if (shape.size() == 2 || has_channels) return;
  throw bad_input(
      "{}: the keys of [augment] change images of height x width, also with up to {} channels, and a sample of this "
      "data is {}; leave them out",
      info.source, kMostChannels, fmt::join(shape, " x "));
}

Augmenter::Augmenter(const AugmentOptions& options, const DatasetInfo& info, float background, std::uint64_t seed)
    : options_(options), background_(background), seed_(seed) {
  check_images(info);
  std::vector<std::uint64_t> shape = info.feature_shape;
  if (shape.size() == 3) {
    channels_last_ = shape.back() <= kMostChannels;
    const auto channels = channels_last_ ? shape.end() - 1 : shape.begin();
    channels_ = *channels;
    shape.erase(channels);
  }
  height_ = shape[0];
  width_ = shape[1];
  padded_.resize((height_ + 3) * (width_ + 3));
  if (options_.elastic > 0) {
    kernel_ = gaussian(options_.elastic_sigma);
    for (std::vector<float>* field : {&rows_, &columns_, &moves_, &blurring_})
      field->resize((height_ + 2 * margin()) * field_stride());
  }
}

void Augmenter::apply(std::uint64_t epoch, std::uint32_t sample, std::span<float> pixels) {
  RandomSequence random(seed_, Purpose::augmentation, epoch, sample);
  const Affine affine = draw_affine(random);
  if (options_.elastic > 0) draw_displacements(random);
  if (options_.moves())
    for (std::size_t channel = 0; channel < channels_; ++channel)
      resample(affine, pixels, channels_last_ ? channel : channel * height_ * width_);
  if (options_.erase > 0) erase(random, pixels);
}

Augmenter::Affine Augmenter::draw_affine(RandomSequence& random) const {
  const auto angle = static_cast<double>(draw_within(random, options_.rotation));
  const double size = 1 + static_cast<double>(draw_within(random, options_.scale));
  const auto slant_angle = static_cast<double>(draw_within(random, options_.shear));
  const double slant = sine_of_degrees(slant_angle) / cosine_of_degrees(slant_angle);
  const float down = draw_within(random, options_.shift);
  const float right = draw_within(random, options_.shift);
  const bool upside_down = random.next_uniform() < static_cast<float>(options_.flip_vertical);
  const bool mirrored = random.next_uniform() < static_cast<float>(options_.flip);
  const double sine = sine_of_degrees(angle) * size;
  const double cosine = cosine_of_degrees(angle) * size;
  const double by_row = upside_down ? -1 : 1;
  const double by_column = mirrored ? -1 : 1;
  // The rotation and the size times the shear, of rows along columns, times the flips.
  return {
      {{static_cast<float>(cosine * by_row), static_cast<float>(-sine * by_column)},
       {static_cast<float>((sine + cosine * slant) * by_row), static_cast<float>((cosine - sine * slant) * by_column)}},
      {down, right}};
}

void Augmenter::draw_displacements(RandomSequence& random) {
  // Fields have rows of zeros above and below and columns of zeros on both sides, as many as the blur reaches.
  const std::size_t stride = field_stride();
  const std::size_t first = margin() * (stride + 1);
  const float unit = 0x1p-31F * static_cast<float>(options_.elastic);  // numbers of 32 bits become those within it
  for (std::vector<float>* field : {&rows_, &columns_}) {
    std::ranges::fill(moves_, 0.0F);
    std::uint64_t bits = 0;
    for (std::size_t r = 0, count = 0; r < height_; ++r)
      for (std::size_t c = 0; c < width_; ++c, ++count) {
        bits = count % 2 == 0 ? random.next() : bits >> 32U;
        moves_[first + r * stride + c] = unit * static_cast<float>(static_cast<std::int32_t>(bits & 0xFFFFFFFFU));
      }
    const std::size_t count = (height_ - 1) * stride + width_;
    blur_along(&moves_[margin() * stride], stride, kernel_, &blurring_[margin() * stride], height_ * stride);
    blur_along(&blurring_[first], 1, kernel_, &(*field)[first], count);
  }
}

void Augmenter::resample(const Affine& affine, std::span<float> pixels, std::size_t first) {
  const std::size_t step = channels_last_ ? channels_ : 1;
  const std::size_t stride = width_ + 3;
  std::ranges::fill(padded_, background_);
  for (std::size_t r = 0; r < height_; ++r)
    for (std::size_t c = 0; c < width_; ++c)
      padded_[(r + 1) * stride + c + 1] = pixels[first + (r * width_ + c) * step];
  const float middle_row = static_cast<float>(height_ - 1) / 2;
  const float middle_column = static_cast<float>(width_ - 1) / 2;
  const bool displaced = options_.elastic > 0;
  for (std::size_t r = 0; r < height_; ++r) {
    const float y = static_cast<float>(r) - middle_row;
    const float x = -middle_column;
    const std::size_t moved = (margin() + r) * field_stride() + margin();
    // Counted from the first row and column of the padded image.
    take({.padded = padded_.data(),
          .stride = stride,
          .last_row = static_cast<float>(height_ + 1),
          .last_column = static_cast<float>(width_ + 1),
          .row = affine.matrix[0][0] * y + affine.matrix[0][1] * x + affine.shift[0] + middle_row + 1.0F,
          .row_step = affine.matrix[0][1],
          .column = affine.matrix[1][0] * y + affine.matrix[1][1] * x + affine.shift[1] + middle_column + 1.0F,
          .column_step = affine.matrix[1][1],
          .row_displacements = displaced ? &rows_[moved] : nullptr,
          .column_displacements = displaced ? &columns_[moved] : nullptr},
         &pixels[first + r * width_ * step], width_, step);
  }
}

void Augmenter::erase(RandomSequence& random, std::span<float> pixels) const {
  if (random.next_uniform() >= static_cast<float>(options_.erase)) return;
  const auto side_of = [&](std::size_t size) {
    const double most = std::max(1.0, options_.erase_size * static_cast<double>(size));
    const auto side = 1 + static_cast<std::size_t>(random.next_below(static_cast<std::uint64_t>(most)));
    const auto begin = static_cast<std::size_t>(random.next_below(size - side + 1));
    return std::pair(begin, begin + side);
  };
  const auto [top, bottom] = side_of(height_);
  const auto [left, right] = side_of(width_);
  for (std::size_t channel = 0; channel < channels_; ++channel)
    for (std::size_t r = top; r < bottom; ++r)
      for (std::size_t c = left; c < right; ++c)
        pixels[channels_last_ ? (r * width_ + c) * channels_ + channel : (channel * height_ + r) * width_ + c] =
            background_;
}

}  // namespace lockstep
