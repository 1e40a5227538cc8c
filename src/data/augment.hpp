// Augmentation: a training step sees each image changed at random, as another photograph of the same thing would be.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.hpp"
#include "data/dataset.hpp"
#include "data/options.hpp"

namespace lockstep {

/// Bad input where samples are no images as an Augmenter takes them.
void check_images(const DatasetInfo& info);

/// Changes images in place. What happens to one is a pure function of seed, epoch and sample.
///
/// An image of shape (height, width), or with channels, of which there are up to 4, as a first or a last dimension.
class Augmenter {
 public:
  /// Of images that `info` describes. `background` is what stands beside an image, on the scale of its pixels. Bad
  /// input where they are none.
  Augmenter(const AugmentOptions& options, const DatasetInfo& info, float background, std::uint64_t seed);

  /// Changes the pixels of one image, shape (features).
  void apply(std::uint64_t epoch, std::uint32_t sample, std::span<float> pixels);

 private:
  /// Where output pixels lie in the image, in pixels from its centre: source = matrix * (row, column) + shift.
  struct Affine {
    float matrix[2][2];
    float shift[2];
  };

  [[nodiscard]] Affine draw_affine(RandomSequence& random) const;
  /// Fills the two fields of displacements, in pixels.
  void draw_displacements(RandomSequence& random);
  /// Of fields of displacements: the zeros around them, and the floats of a row with these.
  [[nodiscard]] std::size_t margin() const { return kernel_.empty() ? 0 : kernel_.size() - 1; }
  [[nodiscard]] std::size_t field_stride() const { return width_ + 2 * margin(); }
  /// Takes the pixels of a channel from where they lie.
  void resample(const Affine& affine, std::span<float> pixels, std::size_t first);
  void erase(RandomSequence& random, std::span<float> pixels) const;

  AugmentOptions options_;
  float background_;
  std::uint64_t seed_;
  std::size_t height_ = 0;
  std::size_t width_ = 0;
  std::size_t channels_ = 1;
  bool channels_last_ = true;
  std::vector<float> padded_;    // a channel with background around it
  std::vector<float> kernel_;    // of the blur, its middle first
  std::vector<float> rows_;      // displacements, where there are any
  std::vector<float> columns_;   // likewise
  std::vector<float> moves_;     // before they are smoothed
  std::vector<float> blurring_;  // on their way
};

}  // namespace lockstep
