// Samples that stay on disk: what is known of them after one pass, and the batches that a rank reads.
#include "data/block_sampler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/error.hpp"
#include "data/classes.hpp"
#include "data/scales/list.hpp"
#include "data/split.hpp"
#include "data/transform.hpp"

namespace lockstep {
namespace {

using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint64_t kSeed = 5;
constexpr std::uint64_t kSamples = 503;

/// Sample i has the features i and i * i, and class i % 3.
class Rows : public RowReader {
 public:
  Rows() {
    info_.source = "rows";
    info_.samples = kSamples;
    info_.feature_shape = {2};
  }
  [[nodiscard]] const DatasetInfo& info() const override { return info_; }
  [[nodiscard]] std::uint64_t rows_stored_together() const override { return 1; }
  Dataset look_through(std::uint64_t /*rows_at_once*/, bool keep) override {
    Dataset outputs;
    outputs.info = info_;
    ClassLabels labels(info_.source);
    add_labels({0, kSamples}, labels);
    labels.settle({}, outputs.info, outputs);
    if (keep) number_rows(outputs, 0, kSamples);
    return outputs;
  }
  Samples read(const Range& rows, const DatasetInfo& info) override {
    Samples samples;
    for (std::size_t i = rows.begin; i < rows.end; ++i) {
      const auto value = static_cast<double>(i) + (spoiled_ && i == 77 ? 0.5 : 0.0);
      samples.values.insert(samples.values.end(), {value, value * value});
    }
    ClassLabels labels(info_.source);
    add_labels(rows, labels);
    DatasetInfo ignored = info_;
    labels.settle(classes_of(info), ignored, samples);
    rows_read_ += rows.size();
    return samples;
  }

  static inline std::atomic<bool> spoiled_ = false;
  static inline std::atomic<std::uint64_t> rows_read_ = 0;

 private:
  static void add_labels(const Range& rows, ClassLabels& labels) {
    for (std::size_t i = rows.begin; i < rows.end; ++i) labels.add(static_cast<std::int64_t>(i % 3));
  }

  DatasetInfo info_;
};

Dataset all_rows() {
  Rows rows;
  const DatasetInfo info = rows.look_through(kSamples, false).info;
  return make_dataset(info, rows.read({0, kSamples}, info));
}

struct Surveyed {
  std::shared_ptr<const BlockSurvey> survey;
  HeldBack held;
  Blocks blocks;
};

/// In blocks of `size` samples, divided as `options` and `weights` say.
Surveyed survey_rows(const DataOptions& options = {}, const ClassWeights& weights = {}, std::uint64_t size = 20) {
  Rows rows;
  const auto survey = std::make_shared<BlockSurvey>();
  Dataset outputs = rows.look_through(size, true);
  survey->block_size = size;
  survey->parts = divide_samples(kSamples, outputs, options, weights, kSeed);
  survey->info = outputs.info;
  const Blocks blocks = blocks_of(survey, kSamples);
  std::vector<SurveyPart> parts;
  for (std::size_t part = 0; part < survey_parts(blocks); ++part)
    parts.push_back(
        take_part_of_survey(rows, blocks, *survey, {.logs = true, .values = kSeed}, part, [](const Dataset&) {}));
  join_survey(parts, blocks, *survey);
  return {survey, join_held_back(parts, *survey), blocks};
}

DataOptions held_back(double test, double validation) {
  DataOptions options;
  options.test_fraction = test;
  options.validation_fraction = validation;
  return options;
}

TEST(BlockSurvey, IsThatOfAllSamples) {
  const auto survey = survey_rows().survey;
  const Dataset data = all_rows();
  EXPECT_EQ(survey->info.samples, kSamples);
  EXPECT_EQ(survey->info.output_names, data.info.output_names);
  EXPECT_EQ(survey->class_counts, Survey(data).class_counts());
  const Survey expected = data;
  const Survey found = survey->survey();
  for (std::size_t c = 0; c < 2; ++c) {
    const ColumnStatistics& a = found.features()[c].statistics;
    const ColumnStatistics& b = expected.features()[c].statistics;
    EXPECT_NEAR(a.mean, b.mean, 1e-12 * b.mean);
    EXPECT_NEAR(a.deviation, b.deviation, 1e-12 * b.deviation);
    EXPECT_EQ(a.least, b.least);
    EXPECT_EQ(a.most, b.most);
    EXPECT_EQ(a.numbers, kSamples);
    EXPECT_EQ(found.features()[c].values(), expected.features()[c].values()) << "so few are all kept";
    EXPECT_NEAR(found.features()[c].logs().mean, expected.features()[c].logs().mean, 1e-12);
    EXPECT_NEAR(found.features()[c].logs().deviation, expected.features()[c].logs().deviation, 1e-12);
  }
}

TEST(BlockSurvey, IsOfTheSamplesToTrainWith) {
  const auto [survey, held, blocks] = survey_rows(held_back(0.2, 0.1));
  EXPECT_EQ(survey->info.samples, blocks.train_rows());
  EXPECT_EQ(std::accumulate(survey->class_counts.begin(), survey->class_counts.end(), std::uint64_t{0}),
            survey->info.samples);
  Dataset train = all_rows();
  const Dataset test = take_part(train, Part::test, 0.2, kSeed);
  const Dataset validation = take_part(train, Part::validation, 0.1, kSeed);
  EXPECT_EQ(held.test.rows, test.rows) << "as in memory";
  EXPECT_EQ(held.validation.rows, validation.rows);
  EXPECT_EQ(held.test.info.digest, digest_samples(test));
  EXPECT_EQ(survey->class_counts, Survey(train).class_counts());
  const ColumnStatistics expected = Survey(train).features()[1].statistics;
  EXPECT_NEAR(survey->features[1].deviation, expected.deviation, 1e-12 * expected.deviation);
  EXPECT_EQ(survey->features[1].most, expected.most);

  Rows rows;
  std::vector<SurveyPart> parts;
  for (std::size_t part = 0; part < survey_parts(blocks); ++part)
    parts.push_back(read_held_back(rows, blocks, *survey, part));
  const HeldBack again = join_held_back(parts, *survey);
  EXPECT_EQ(again.test.info.digest, held.test.info.digest);
  EXPECT_EQ(again.validation.info.digest, held.validation.info.digest);
  EXPECT_NE(survey->info.digest, survey_rows(held_back(0.2, 0)).survey->info.digest) << "other samples to train with";
}

TEST(BlockSurvey, IsJoinedFromPartsInTheirOrder) {
  const auto [survey, held, blocks] = survey_rows(held_back(0.2, 0.1), {}, 3);
  EXPECT_EQ(survey_parts(blocks), 21U);
  EXPECT_EQ(survey->digests.size(), blocks.count());
  EXPECT_EQ(survey->some_features.size(), 2 * survey->info.samples);
  EXPECT_TRUE(std::ranges::is_sorted(held.test.rows));
  const ColumnStatistics& one = survey->features[0];
  const ColumnStatistics other = survey_rows(held_back(0.2, 0.1)).survey->features[0];
  EXPECT_NEAR(one.mean, other.mean, 1e-12 * one.mean);
  EXPECT_EQ(one.numbers, other.numbers);
}

TEST(BlockSurvey, LeavesClassesOutThatWeighNothing) {
  const auto [survey, held, blocks] = survey_rows({}, {.balanced = false, .by_class = {{"1", 0}, {"2", 6}}});
  EXPECT_EQ(blocks.train_rows(), kSamples - 168);
  EXPECT_EQ(survey->class_counts[1], 0U);
  EXPECT_TRUE(survey->is_weighted());
  BlockSampler sampler(std::make_unique<Rows>(), survey, BlockOrder(blocks, 8, 32, 2, kSeed), {0, 8}, 1, {});
  for (std::size_t step = 0; step < sampler.steps_per_epoch(); ++step) {
    const Batch batch = sampler.batch(0, step);
    for (std::size_t i = 0; i < batch.places.size(); ++i)
      ASSERT_EQ(sampler.dataset().weights[batch.places[i]], batch.numbers[i] % 3 == 0 ? 0.25 : 1.5);
  }
}

TEST(ColumnStatistics, AreMerged) {
  const std::vector<double> values = {1e8, 1e8 + 1, 1e8 + 5, -3e300, 2e300, 7, NAN, 1e-300};
  for (std::size_t split = 0; split <= values.size(); ++split) {
    const auto of = [&](std::size_t begin, std::size_t count) {
      return statistics_of(std::span(values).subspan(begin, count), 1).front();
    };
    const ColumnStatistics both = merged(of(0, split), of(split, values.size() - split));
    const ColumnStatistics all = of(0, values.size());
    EXPECT_NEAR(both.mean, all.mean, 1e-14 * std::abs(all.mean));
    EXPECT_NEAR(both.deviation, all.deviation, 1e-14 * all.deviation);
    EXPECT_EQ(both.most, all.most);
    EXPECT_EQ(both.numbers, 7U);
  }
}

BlockSampler sampler_of(const std::shared_ptr<const BlockSurvey>& survey, const Blocks& blocks, std::size_t batch,
                        std::size_t window, const Range& owned, std::uint64_t epochs = 3) {
  constexpr std::size_t kSlices = 8;
  return {std::make_unique<Rows>(), survey, BlockOrder(blocks, kSlices, batch, window, kSeed), owned, epochs, {}};
}

/// The samples of a step, as they lie in the sampler's arrays.
std::vector<std::uint32_t> samples_of(BlockSampler& sampler, std::uint64_t epoch, std::size_t step) {
  const Batch batch = sampler.batch(epoch, step);
  EXPECT_THAT(batch.places, SizeIs(batch.rows.size()));
  std::vector<std::uint32_t> samples;
  for (std::size_t i = 0; i < batch.places.size(); ++i) {
    const std::uint32_t place = batch.places[i];
    const auto sample = static_cast<std::uint32_t>(sampler.dataset().values[2 * place]);
    EXPECT_EQ(sampler.dataset().values[(2 * place) + 1], static_cast<float>(sample) * static_cast<float>(sample));
    EXPECT_EQ(sampler.dataset().labels[place], sample % 3);
    EXPECT_EQ(batch.numbers[i], sample);
    EXPECT_EQ(sampler.dataset().name_of(place), "rows: sample " + std::to_string(sample));
    samples.push_back(sample);
  }
  return samples;
}

TEST(BlockSampler, RanksTakeTheirPartsOfTheSameBatches) {
  const auto [survey, held, blocks] = survey_rows(held_back(0.1, 0));
  BlockSampler alone = sampler_of(survey, blocks, 32, 2, {0, 8});
  BlockSampler first = sampler_of(survey, blocks, 32, 2, {0, 3});
  BlockSampler second = sampler_of(survey, blocks, 32, 2, {3, 8});
  for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
    std::vector<std::uint32_t> all;
    for (std::size_t step = 0; step < alone.steps_per_epoch(); ++step) {
      std::vector<std::uint32_t> expected = samples_of(alone, epoch, step);
      std::ranges::copy(expected, std::back_inserter(all));
      std::vector<std::uint32_t> parts = samples_of(first, epoch, step);
      std::ranges::copy(samples_of(second, epoch, step), std::back_inserter(parts));
      EXPECT_EQ(parts, expected);
    }
    EXPECT_THAT(all, SizeIs(survey->info.samples));
    std::ranges::sort(all);
    EXPECT_EQ(std::ranges::adjacent_find(all), all.end());
  }
}

TEST(BlockSampler, BeginsAnywhere) {
  const auto [survey, held, blocks] = survey_rows();
  BlockSampler whole = sampler_of(survey, blocks, 32, 1, {2, 5});
  for (std::uint64_t epoch = 0; epoch < 3; ++epoch)
    for (std::size_t step = 0; step < whole.steps_per_epoch(); ++step) {
      const std::vector<std::uint32_t> expected = samples_of(whole, epoch, step);
      EXPECT_EQ(samples_of(*std::make_unique<BlockSampler>(std::make_unique<Rows>(), survey,
                                                           BlockOrder(blocks, 8, 32, 1, kSeed), Range{2, 5}, 3,
                                                           DataTransform{}),
                           epoch, step),
                expected);
    }
  const std::vector<std::uint32_t> again = samples_of(whole, 1, 4);
  EXPECT_EQ(samples_of(whole, 1, 4), again) << "the same step twice";
}

TEST(BlockSampler, ReadsAnEpochOnce) {
  const auto [survey, held, blocks] = survey_rows();
  Rows::rows_read_ = 0;
  {
    BlockSampler sampler = sampler_of(survey, blocks, 32, 3, {0, 8}, 1);
    for (std::size_t step = 0; step < sampler.steps_per_epoch(); ++step) sampler.batch(0, step);
  }
  EXPECT_LE(Rows::rows_read_, kSamples + 7 * blocks.size()) << "streams meet within a block";
}

TEST(BlockSampler, ScalesAndRefusesAChangedFile) {
  const auto [survey, held, blocks] = survey_rows();
  DataOptions options;
  options.scale = kScale<StandardScale>;
  const DataTransform transform = fit_transform(survey->survey(), options);
  BlockSampler sampler(std::make_unique<Rows>(), survey, BlockOrder(blocks, 8, 32, 2, kSeed), {0, 8}, 1, transform);
  const Batch batch = sampler.batch(0, 0);
  for (std::size_t i = 0; i < batch.places.size(); ++i)
    EXPECT_EQ(sampler.dataset().values[2 * batch.places[i]],
              static_cast<float>(transform.features.scaled(batch.numbers[i], 0)));

  Rows::spoiled_ = true;
  BlockSampler spoiled = sampler_of(survey, blocks, 32, 2, {0, 8}, 1);
  std::string message;
  try {
    for (std::size_t step = 0; step < spoiled.steps_per_epoch(); ++step) spoiled.batch(0, step);
  } catch (const Error& error) {
    message = error.what();
  }
  Rows::spoiled_ = false;
  EXPECT_THAT(message, HasSubstr("rows: samples 60 to 79 are not what they were"));
}

}  // namespace
}  // namespace lockstep
