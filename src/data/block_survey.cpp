#include "data/block_survey.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "data/scales/log.hpp"
#include "data/split.hpp"

namespace lockstep {

namespace {

void add_statistics(const std::vector<ColumnStatistics>& more, std::vector<ColumnStatistics>& all) {
  all.resize(more.size());
  for (std::size_t c = 0; c < more.size(); ++c) all[c] = merged(all[c], more[c]);
}

/// Of these values, if any, added to those of the blocks before.
template <class T>
void add_values(const std::vector<T>& values, std::size_t columns, std::vector<ColumnStatistics>& all) {
  if (!values.empty()) add_statistics(statistics_of(std::span(values), columns), all);
}

/// The same of their logarithms.
template <class T>
void add_logs(const std::vector<T>& values, std::size_t columns, std::vector<ColumnStatistics>& all) {
  if (!values.empty()) add_statistics(LogScale::statistics({values.begin(), values.end()}, columns), all);
}

/// How many samples have their values kept.
std::uint64_t most_values(const Blocks& blocks, std::size_t features) {
  constexpr std::uint64_t kMostNumbers = 1U << 22;  // 32 MiB
  constexpr std::uint64_t kLeast = 1000;
  constexpr std::uint64_t kMost = 100'000;
  return std::min<std::uint64_t>(blocks.train_rows(),
                                 std::clamp<std::uint64_t>(kMostNumbers / features, kLeast, kMost));
}

/// Those of a block, as many as belong to it: ascending, counted from the first of its samples to train with.
std::vector<std::uint32_t> drawn_rows(const Blocks& blocks, std::size_t features, std::uint64_t seed,
                                      std::size_t block) {
  const std::uint64_t most = most_values(blocks, features);
  const std::uint64_t before = blocks.train_rows_before(block);
  const std::uint64_t end = before + blocks.train_rows(block);
  std::vector<std::uint32_t> rows =
      random_permutation(static_cast<std::uint32_t>(end - before), RandomSequence(seed, Purpose::survey, block));
  rows.resize(most * end / blocks.train_rows() - most * before / blocks.train_rows());
  std::ranges::sort(rows);
  return rows;
}

template <class T, class U>
void append(std::vector<T>& all, const std::vector<U>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

Range blocks_of_part(const Blocks& blocks, std::size_t part) {
  return part_of(blocks.count(), survey_parts(blocks), part);
}

/// The places of samples with these numbers. Both ascend.
std::vector<std::uint32_t> places_of(const std::vector<std::uint32_t>& rows, std::span<const std::uint32_t> numbers) {
  std::vector<std::uint32_t> places;
  auto row = rows.begin();
  for (const std::uint32_t number : numbers) {
    row = std::lower_bound(row, rows.end(), number);
    if (row != rows.end() && *row == number) places.push_back(static_cast<std::uint32_t>(row - rows.begin()));
  }
  return places;
}

/// Appends the samples of a block that are held back.
void hold_back(const Dataset& block, const Range& rows, const SampleParts& parts, SurveyPart& to) {
  const auto append_some = [&](const std::vector<std::uint32_t>& numbers, Samples& held) {
    const auto first = std::ranges::lower_bound(numbers, rows.begin);
    const auto end = std::lower_bound(first, numbers.end(), rows.end);
    if (first != end) append_samples(copy_samples(block, places_of(block.rows, std::span(first, end))), held);
  };
  append_some(parts.test, to.test);
  append_some(parts.validation, to.validation);
}

Dataset describe_held_back(Samples samples, const DatasetInfo& info) {
  Dataset held = make_dataset(info, std::move(samples));
  held.info.samples = held.rows.size();
  held.info.digest = digest_samples(held);
  held.info.notes.clear();
  return held;
}

Samples read_numbered(RowReader& reader, const Range& rows, const DatasetInfo& info) {
  Samples samples = reader.read(rows, info);
  for (std::uint32_t& row : samples.rows) row += static_cast<std::uint32_t>(rows.begin);
  number_rows(samples, rows.begin, rows.size());
  return samples;
}

Dataset as_dataset(Samples samples, const DatasetInfo& info) {
  Dataset block = make_dataset(info, std::move(samples));
  block.info.samples = block.rows.size();
  return block;
}

Error changed(const BlockSurvey& survey, const Range& rows) {
  return failure(
      "{}: samples {} to {} are not what they were when the file was first looked at; give the file as it was, or "
      "remove what is known of it, {}.*.survey, and begin anew",
      survey.info.source, rows.begin, rows.end - 1, survey.info.source);
}

}  // namespace

Survey BlockSurvey::survey() const {
  const auto columns = [this](const std::vector<ColumnStatistics>& statistics,
                              const std::vector<ColumnStatistics>& logs, const std::vector<double>& some) {
    std::vector<TrainColumn> result;
    for (std::size_t c = 0; c < statistics.size(); ++c)
      result.push_back({statistics[c], info.samples, [&logs, c] { return logs.at(c); },
                        [this, c] { return medians.at(c); },
                        [&some, width = statistics.size(), c] { return numbers_in(some, width, c); }});
    return result;
  };
  return {info, columns(features, feature_logs, some_features), columns(targets, target_logs, some_targets),
          class_counts};
}

Blocks blocks_of(const std::shared_ptr<const BlockSurvey>& survey, std::uint64_t samples) {
  return {samples, survey->block_size, std::shared_ptr<const RowSet>(survey, &survey->parts.train)};
}

std::uint64_t block_size_of(const DatasetInfo& info) {
  constexpr std::uint64_t kBytes = 1U << 18;
  return std::max<std::uint64_t>(1, kBytes / (info.features() * (info.bytes ? 1 : sizeof(float))));
}

std::uint64_t block_size_of(const RowReader& reader) {
  const std::uint64_t together = std::max<std::uint64_t>(1, reader.rows_stored_together());
  return std::max<std::uint64_t>(1, block_size_of(reader.info()) / together) * together;
}

std::size_t survey_parts(const Blocks& blocks) {
  constexpr std::size_t kLeastBlocks = 8;
  constexpr std::size_t kMost = 64;  // so that their statistics are small beside the file
  return std::clamp<std::size_t>(blocks.count() / kLeastBlocks, 1, kMost);
}

SurveyPart take_part_of_survey(RowReader& reader, const Blocks& blocks, const BlockSurvey& begun,
                               const SurveyNeeds& needs, std::size_t part,
                               const std::function<void(const Dataset&)>& check) {
  SurveyPart result;
  const DatasetInfo& info = begun.info;
  if (info.task == Task::classification) result.class_counts.resize(info.outputs());
  const std::size_t columns = info.is_image() ? 1 : info.features();
  const Range own = blocks_of_part(blocks, part);
  for (std::size_t b = own.begin; b < own.end; ++b) {
    const Range rows = blocks.rows_of(b);
    Samples samples = read_numbered(reader, rows, info);
    result.digests.push_back(digest_value(samples));
    Dataset block = as_dataset(std::move(samples), info);
    hold_back(block, rows, begun.parts, result);
    keep_numbers(block, blocks.train_rows_of(b));
    check(block);
    add_values(block.bytes, columns, result.features);
    add_values(block.values, columns, result.features);
    add_values(block.targets, info.outputs(), result.targets);
    for (const std::int32_t label : block.labels) ++result.class_counts[static_cast<std::size_t>(label)];
    if (needs.logs) {
      add_logs(block.bytes, columns, result.feature_logs);
      add_logs(block.values, columns, result.feature_logs);
      add_logs(block.targets, info.outputs(), result.target_logs);
    }
    if (!needs.values) continue;
    keep_samples(block, drawn_rows(blocks, info.features(), *needs.values, b));
    append(result.some_features, block.bytes);
    append(result.some_features, block.values);
    append(result.some_targets, block.targets);
  }
  return result;
}

void count_block(RowReader& reader, const Blocks& blocks, const BlockSurvey& survey, std::size_t block,
                 MedianSearch& search) {
  Dataset samples = as_dataset(read_block(reader, blocks, survey, block), survey.info);
  keep_numbers(samples, blocks.train_rows_of(block));
  search.count(samples.bytes);
  search.count(samples.values);
}

SurveyPart read_held_back(RowReader& reader, const Blocks& blocks, const BlockSurvey& survey, std::size_t part) {
  SurveyPart result;
  const Range own = blocks_of_part(blocks, part);
  for (std::size_t b = own.begin; b < own.end; ++b)
    hold_back(as_dataset(read_block(reader, blocks, survey, b), survey.info), blocks.rows_of(b), survey.parts, result);
  return result;
}

void join_survey(const std::vector<SurveyPart>& parts, const Blocks& blocks, BlockSurvey& survey) {
  survey.class_counts.resize(parts.front().class_counts.size());
  for (const SurveyPart& part : parts) {
    append(survey.digests, part.digests);
    if (!part.features.empty()) add_statistics(part.features, survey.features);
    if (!part.targets.empty()) add_statistics(part.targets, survey.targets);
    if (!part.feature_logs.empty()) add_statistics(part.feature_logs, survey.feature_logs);
    if (!part.target_logs.empty()) add_statistics(part.target_logs, survey.target_logs);
    for (std::size_t c = 0; c < part.class_counts.size(); ++c) survey.class_counts[c] += part.class_counts[c];
    append(survey.some_features, part.some_features);
    append(survey.some_targets, part.some_targets);
  }
  Digest digest;
  digest.add_bytes(std::as_bytes(std::span(survey.digests)));
  digest.add_bytes(std::as_bytes(survey.parts.train.bits()));
  survey.info.digest = digest.text();
  survey.info.samples = blocks.train_rows();
}

HeldBack join_held_back(const std::vector<SurveyPart>& parts, const BlockSurvey& survey) {
  Samples test;
  Samples validation;
  for (const SurveyPart& part : parts) {
    append_samples(part.test, test);
    append_samples(part.validation, validation);
  }
  return {describe_held_back(std::move(test), survey.info), describe_held_back(std::move(validation), survey.info)};
}

Samples read_block(RowReader& reader, const Blocks& blocks, const BlockSurvey& survey, std::size_t block) {
  const Range rows = blocks.rows_of(block);
  Samples samples = read_numbered(reader, rows, survey.info);
  if (digest_value(samples) != survey.digests[block]) throw changed(survey, rows);
  return samples;
}

void keep_numbers(Dataset& samples, std::span<const std::uint32_t> numbers) {
  if (numbers.size() < samples.rows.size()) keep_samples(samples, places_of(samples.rows, numbers));
}

}  // namespace lockstep
