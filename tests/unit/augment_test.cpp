// Changed images: against the definition in double precision, and as pure functions of epoch and sample.
#include "data/augment.hpp"

#include <cmath>
#include <numbers>

#include "data_files.hpp"

namespace lockstep {
namespace {

constexpr std::size_t kHeight = 9;
constexpr std::size_t kWidth = 12;
constexpr float kBackground = -0.5F;
constexpr std::uint64_t kSeed = 7;

DatasetInfo images(std::vector<std::uint64_t> shape) {
  DatasetInfo info;
  info.source = "images.h5";
  info.feature_shape = std::move(shape);
  return info;
}

/// A smooth picture, on which interpolation has something to do.
std::vector<float> picture() {
  std::vector<float> pixels;
  for (std::size_t r = 0; r < kHeight; ++r)
    for (std::size_t c = 0; c < kWidth; ++c)
      pixels.push_back(std::sin(0.7F * static_cast<float>(r)) + std::cos(0.4F * static_cast<float>(c * r)));
  return pixels;
}

std::vector<float> augmented(const AugmentOptions& options, std::uint64_t epoch, std::uint32_t sample) {
  Augmenter augmenter(options, images({kHeight, kWidth}), kBackground, kSeed);
  std::vector<float> pixels = picture();
  augmenter.apply(epoch, sample, pixels);
  return pixels;
}

/// The pixel at a place between pixels.
double interpolated(const std::vector<float>& pixels, double row, double column) {
  const auto at = [&](double r, double c) {
    const bool inside = r >= 0 && c >= 0 && r < kHeight && c < kWidth;
    return static_cast<double>(inside ? pixels[static_cast<std::size_t>(r) * kWidth + static_cast<std::size_t>(c)]
                                      : kBackground);
  };
  const double top = std::floor(row);
  const double left = std::floor(column);
  const double above = at(top, left) + (column - left) * (at(top, left + 1) - at(top, left));
  const double below = at(top + 1, left) + (column - left) * (at(top + 1, left + 1) - at(top + 1, left));
  return above + (row - top) * (below - above);
}

double draw(RandomSequence& random, double most) {
  return (2.0 * static_cast<double>(random.next_uniform()) - 1.0) * most;
}

/// Displacements by their definition: uniform ones, smoothed by a Gaussian cut off at three deviations.
std::vector<double> displacements(RandomSequence& random, double most, double sigma) {
  std::vector<double> moves(kHeight * kWidth);
  for (std::size_t i = 0; i < moves.size(); i += 2) {
    const std::uint64_t bits = random.next();
    moves[i] = most * static_cast<double>(static_cast<std::int32_t>(bits & 0xFFFFFFFFU)) * 0x1p-31;
    if (i + 1 < moves.size())
      moves[i + 1] = most * static_cast<double>(static_cast<std::int32_t>(bits >> 32U)) * 0x1p-31;
  }
  const int radius = static_cast<int>(std::ceil(3 * sigma));
  double sum = 0;
  for (int i = -radius; i <= radius; ++i) sum += std::exp(-0.5 * i * i / sigma / sigma);
  std::vector<double> smooth(moves.size());
  for (int r = 0; r < static_cast<int>(kHeight); ++r)
    for (int c = 0; c < static_cast<int>(kWidth); ++c)
      for (int y = 0; y < static_cast<int>(kHeight); ++y)
        for (int x = 0; x < static_cast<int>(kWidth); ++x) {
          const int dy = y - r;
          const int dx = x - c;
          if (std::abs(dy) > radius || std::abs(dx) > radius) continue;
          smooth[static_cast<std::size_t>(r) * kWidth + static_cast<std::size_t>(c)] +=
              moves[static_cast<std::size_t>(y) * kWidth + static_cast<std::size_t>(x)] *
              std::exp(-0.5 * (dy * dy + dx * dx) / sigma / sigma) / sum / sum;
        }
  return smooth;
}

/// The whole in double precision, from the same random numbers.
std::vector<double> reference(const AugmentOptions& o, std::uint64_t epoch, std::uint32_t sample) {
  RandomSequence random(kSeed, Purpose::augmentation, epoch, sample);
  const double degree = std::numbers::pi / 180;
  const double angle = draw(random, o.rotation) * degree;
  const double size = 1 + draw(random, o.scale);
  const double slant = std::tan(draw(random, o.shear) * degree);
  const double down = draw(random, o.shift);
  const double right = draw(random, o.shift);
  const double by_row = static_cast<double>(random.next_uniform()) < o.flip_vertical ? -1 : 1;
  const double by_column = static_cast<double>(random.next_uniform()) < o.flip ? -1 : 1;
  std::vector<double> rows(kHeight * kWidth);
  std::vector<double> columns(kHeight * kWidth);
  if (o.elastic > 0) {
    rows = displacements(random, o.elastic, o.elastic_sigma);
    columns = displacements(random, o.elastic, o.elastic_sigma);
  }
  std::vector<double> result;
  for (std::size_t r = 0; r < kHeight; ++r)
    for (std::size_t c = 0; c < kWidth; ++c) {
      const double y = by_row * (static_cast<double>(r) - (kHeight - 1) / 2.0);
      const double x = by_column * (static_cast<double>(c) - (kWidth - 1) / 2.0);
      // The flips, then the slant of columns, then the turn, then the size.
      const double slanted = x + slant * y;
      const double row = size * (std::cos(angle) * y - std::sin(angle) * x);
      const double column = size * (std::sin(angle) * y + std::cos(angle) * slanted - std::sin(angle) * slant * x);
      result.push_back(interpolated(picture(), row + down + (kHeight - 1) / 2.0 + rows[r * kWidth + c],
                                    column + right + (kWidth - 1) / 2.0 + columns[r * kWidth + c]));
    }
  return result;
}

TEST(Augment, FollowsItsDefinition) {
  const std::vector<AugmentOptions> all = {
      {.shift = 2},
      {.rotation = 30},
      {.scale = 0.3},
      {.shear = 20},
      {.elastic = 8, .elastic_sigma = 1.5},
      {.flip = 0.5, .flip_vertical = 0.5, .shift = 1, .rotation = 15, .scale = 0.2},
      {.shift = 20}};
  for (const AugmentOptions& options : all)
    for (std::uint32_t sample = 0; sample < 5; ++sample) {
      const std::vector<float> found = augmented(options, 3, sample);
      const std::vector<double> expected = reference(options, 3, sample);
      for (std::size_t i = 0; i < found.size(); ++i) ASSERT_NEAR(found[i], expected[i], 2e-5) << i;
    }
}

TEST(Augment, NothingAskedForChangesNothing) {
  EXPECT_FALSE(AugmentOptions().changes_images());
  EXPECT_EQ(augmented({}, 0, 0), picture());
}

TEST(Augment, FlipsAreExact) {
  const std::vector<float> before = picture();
  const std::vector<float> mirrored = augmented({.flip = 1}, 0, 0);
  const std::vector<float> upside_down = augmented({.flip_vertical = 1}, 0, 0);
  for (std::size_t r = 0; r < kHeight; ++r)
    for (std::size_t c = 0; c < kWidth; ++c) {
      EXPECT_EQ(mirrored[r * kWidth + c], before[r * kWidth + kWidth - 1 - c]);
      EXPECT_EQ(upside_down[r * kWidth + c], before[(kHeight - 1 - r) * kWidth + c]);
    }
  int flipped = 0;
  for (std::uint32_t sample = 0; sample < 1000; ++sample)
    flipped += augmented({.flip = 0.3}, 0, sample) == mirrored ? 1 : 0;
  EXPECT_NEAR(flipped, 300, 60);
}

TEST(Augment, IsAFunctionOfEpochAndSampleAlone) {
  const AugmentOptions options{.shift = 2, .rotation = 20, .elastic = 5, .elastic_sigma = 2, .erase = 0.5};
  EXPECT_EQ(augmented(options, 2, 5), augmented(options, 2, 5));
  EXPECT_NE(augmented(options, 2, 5), augmented(options, 3, 5));
  EXPECT_NE(augmented(options, 2, 5), augmented(options, 2, 6));
}

TEST(Augment, ErasesARectangle) {
  const std::vector<float> before = picture();
  for (std::uint32_t sample = 0; sample < 20; ++sample) {
    const std::vector<float> after = augmented({.erase = 1, .erase_size = 0.4}, 1, sample);
    std::size_t top = kHeight;
    std::size_t bottom = 0;
    std::size_t left = kWidth;
    std::size_t right = 0;
    for (std::size_t r = 0; r < kHeight; ++r)
      for (std::size_t c = 0; c < kWidth; ++c) {
        if (after[r * kWidth + c] == before[r * kWidth + c]) continue;
        EXPECT_EQ(after[r * kWidth + c], kBackground);
        top = std::min(top, r);
        bottom = std::max(bottom, r);
        left = std::min(left, c);
        right = std::max(right, c);
      }
    ASSERT_LE(top, bottom);
    EXPECT_LE(bottom - top + 1, 3U);  // 0.4 of 9
    EXPECT_LE(right - left + 1, 4U);  // 0.4 of 12
    for (std::size_t r = top; r <= bottom; ++r)
      for (std::size_t c = left; c <= right; ++c) EXPECT_EQ(after[r * kWidth + c], kBackground);
  }
}

TEST(Augment, ChannelsMoveTogether) {
  const AugmentOptions options{.flip = 0.5, .shift = 2, .rotation = 20, .erase = 1};
  const std::vector<float> one = augmented(options, 0, 9);
  const std::vector<float> before = picture();
  std::vector<float> last;
  std::vector<float> first;
  for (const float pixel : before) last.insert(last.end(), {pixel, pixel, pixel});
  for (int channel = 0; channel < 3; ++channel) first.insert(first.end(), before.begin(), before.end());
  Augmenter(options, images({kHeight, kWidth, 3}), kBackground, kSeed).apply(0, 9, last);
  Augmenter(options, images({3, kHeight, kWidth}), kBackground, kSeed).apply(0, 9, first);
  for (std::size_t i = 0; i < one.size(); ++i)
    for (std::size_t channel = 0; channel < 3; ++channel) {
      EXPECT_EQ(last[3 * i + channel], one[i]);
      EXPECT_EQ(first[channel * one.size() + i], one[i]);
    }
}

TEST(Augment, IsForImages) {
  for (const std::vector<std::uint64_t>& shape : {std::vector<std::uint64_t>{12}, {7, 8, 9}, {2, 3, 4, 5}})
    EXPECT_THAT(bad_input_of([&] { Augmenter({.flip = 1}, images(shape), 0, 1); }),
                testing::AllOf(testing::StartsWith("images.h5: "), testing::HasSubstr("leave them out")));
}

}  // namespace
}  // namespace lockstep
