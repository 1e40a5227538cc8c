#include "data/block_survey.hpp"

#include <algorithm>
#include <numeric>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "data/split.hpp"

namespace lockstep {

namespace {

/// Of these values, if any, added to those of the blocks before.
template <class T>
void add_statistics(const std::vector<T>& values, std::size_t columns, std::vector<ColumnStatistics>& all) {
  if (values.empty()) return;
  all.resize(columns);
  const std::vector<ColumnStatistics> more = statistics_of(std::span(values), columns);
  for (std::size_t c = 0; c < columns; ++c) all[c] = merged(all[c], more[c]);
}

/// Takes some of all samples to train with, as many of each block as belong to it.
class SomeSamples {
 public:
  SomeSamples(const Blocks& blocks, std::size_t features)
      : blocks_(&blocks),
        all_(blocks.train_rows()),
        most_(std::min<std::uint64_t>(all_, std::clamp<std::uint64_t>(kMostNumbers / features, kLeast, kMost))) {}

  [[nodiscard]] std::uint64_t count() const { return most_; }

  /// Those of the next block, ascending, counted from the first of its samples to train with.
  std::vector<std::uint32_t> next(std::size_t block) {
    const std::uint64_t end = before_ + blocks_->train_rows(block);
    const std::uint64_t count = most_ * end / all_ - most_ * before_ / all_;
    std::vector<std::uint32_t> rows = random_permutation(static_cast<std::uint32_t>(end - before_),
                                                         RandomSequence(blocks_->seed(), Purpose::survey, block));
    rows.resize(count);
    std::ranges::sort(rows);
    before_ = end;
    return rows;
  }

 private:
  static constexpr std::uint64_t kMostNumbers = 1U << 22;  // 32 MiB
  static constexpr std::uint64_t kLeast = 1000;
  static constexpr std::uint64_t kMost = 100'000;

  const Blocks* blocks_;
  std::uint64_t all_;
  std::uint64_t most_;
  std::uint64_t before_ = 0;
};

template <class T>
void append(std::vector<T>& all, const std::vector<T>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

/// Appends samples of a block, whose numbers in the file ascend.
void append_rows(const Dataset& block, const Range& rows, const std::vector<std::uint32_t>& numbers, Dataset& to) {
  if (numbers.empty()) return;
  const Dataset part = copy_samples(block, counted_from(rows.begin, numbers));
  append(to.bytes, part.bytes);
  append(to.values, part.values);
  append(to.labels, part.labels);
  append(to.targets, part.targets);
  append(to.rows, numbers);
}

void hold_back(const Dataset& block, const Range& rows, const BlockParts& parts, HeldBack& held) {
  append_rows(block, rows, parts.test, held.test);
  append_rows(block, rows, parts.validation, held.validation);
}

void describe(HeldBack& held, const DatasetInfo& info) {
  for (Dataset* part : {&held.test, &held.validation}) {
    part->info = info;
    part->info.samples = part->rows.size();
    part->info.digest = digest_samples(*part);
    part->info.notes.clear();
  }
}

Error changed(const BlockSurvey& survey, const Range& rows) {
  return failure(
      "{}: samples {} to {} are not what they were when the file was first looked at; give the file as it was, or "
      "remove what is known of it, {}.*.survey, and begin anew",
      survey.info.source, rows.begin, rows.end - 1, survey.info.source);
}

}  // namespace

Survey BlockSurvey::survey() const {
  const auto columns = [this](const std::vector<ColumnStatistics>& statistics, const std::vector<double>& some) {
    std::vector<TrainColumn> result;
    for (std::size_t c = 0; c < statistics.size(); ++c)
      result.push_back(
          {statistics[c], info.samples, [&some, width = statistics.size(), c] { return numbers_in(some, width, c); }});
    return result;
  };
  return {info, columns(features, some_features), columns(targets, some_targets), class_counts};
}

std::uint64_t block_size_of(const DatasetInfo& info) {
  constexpr std::uint64_t kBytes = 1U << 18;
  return std::max<std::uint64_t>(1, kBytes / (info.features() * (info.bytes ? 1 : sizeof(float))));
}

std::uint64_t block_size_of(const RowReader& reader) {
  const std::uint64_t together = std::max<std::uint64_t>(1, reader.rows_stored_together());
  return std::max<std::uint64_t>(1, block_size_of(reader.info()) / together) * together;
}

BlockSurvey take_survey(RowReader& reader, const Blocks& blocks, const KnownClasses& classes, bool values,
                        HeldBack& held, const std::function<void(const Dataset&)>& check) {
  BlockSurvey survey;
  survey.info = reader.info();
  survey.block_size = blocks.size();
  DatasetInfo& info = survey.info;
  const bool classify = info.task == Task::classification;
  if (classify) reader.find_classes(classes, blocks.size(), info);
  if (classify) survey.class_counts.resize(info.outputs());
  const std::size_t columns = info.is_image() ? 1 : info.features();
  SomeSamples some(blocks, info.features());
  if (values) survey.some_features.reserve(some.count() * info.features());
  Digest digest;
  for (std::size_t b = 0; b < blocks.count(); ++b) {
    const Range rows = blocks.rows_of(b);
    Dataset block = make_dataset(info, reader.read(rows, classes_of(info)));
    block.info.samples = rows.size();
    survey.digests.push_back(digest_value(block));
    block.rows.resize(rows.size());
    std::iota(block.rows.begin(), block.rows.end(), static_cast<std::uint32_t>(rows.begin));
    check(block);
    const BlockParts parts = blocks.parts_of(b);
    hold_back(block, rows, parts, held);
    if (blocks.hold_back()) keep_samples(block, counted_from(rows.begin, parts.train));
    add_statistics(block.bytes, columns, survey.features);
    add_statistics(block.values, columns, survey.features);
    add_statistics(block.targets, info.outputs(), survey.targets);
    for (const std::int32_t label : block.labels) ++survey.class_counts[static_cast<std::size_t>(label)];
    if (!values) continue;
    keep_samples(block, some.next(b));
    survey.some_features.insert(survey.some_features.end(), block.bytes.begin(), block.bytes.end());
    append(survey.some_features, block.values);
    append(survey.some_targets, block.targets);
  }
  digest.add_bytes(std::as_bytes(std::span(survey.digests)));
  info.digest = digest.text();
  describe(held, info);
  info.samples = blocks.train_rows();
  return survey;
}

Samples read_block(RowReader& reader, const Blocks& blocks, const BlockSurvey& survey, std::size_t block) {
  const Range rows = blocks.rows_of(block);
  Samples samples = reader.read(rows, classes_of(survey.info));
  if (digest_value(samples) != survey.digests[block]) throw changed(survey, rows);
  return samples;
}

void read_held_back(RowReader& reader, const Blocks& blocks, const BlockSurvey& survey, HeldBack& held) {
  DatasetInfo info = survey.info;
  for (std::size_t b = 0; b < blocks.count(); ++b) {
    const Range rows = blocks.rows_of(b);
    info.samples = rows.size();
    hold_back(make_dataset(info, read_block(reader, blocks, survey, b)), rows, blocks.parts_of(b), held);
  }
  describe(held, info);
}

}  // namespace lockstep
