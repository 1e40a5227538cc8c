#include "train/surveyed_blocks.hpp"

#include <memory>

#include "base/memory.hpp"
#include "comm/broadcast.hpp"
#include "comm/together.hpp"
#include "data/checks.hpp"
#include "data/load.hpp"
#include "data/transform.hpp"
#include "nn/loss.hpp"
#include "train/objective.hpp"
#include "train/survey_cache.hpp"

namespace lockstep {

namespace {

using SurveyParts = std::vector<SurveyPart>;

/// Bad input where there is no memory for what it takes to divide samples.
void check_room_to_divide(const DatasetInfo& info) {
  constexpr std::uint64_t kOutputs = 24;  // bytes: label, number, weight, group, and a place in a random order
  const std::uint64_t bytes = info.samples * kOutputs;
  if (const std::uint64_t available = available_memory(); bytes > available)
    throw bad_input(
        "{}: data.test_fraction, data.validation_fraction, data.weights, train.class_weights and data.missing = "
        "\"drop\" take {} of memory for the labels and numbers of its {} samples, and {} are available here; give test "
        "and validation files of their own and leave these keys out, or a host with more memory",
        info.source, bytes_text(static_cast<double>(bytes)), info.samples, bytes_text(static_cast<double>(available)));
}

/// Bad input where this rank's file is not that of rank 0. Blocks are compared when they are read. Collective.
void check_same_size(const Communicator& world, const DatasetInfo& mine) {
  std::size_t samples = mine.samples;
  world.broadcast(samples);
  together(world, [&] {
    if (mine.samples != samples)
      throw bad_input("{}: has {} samples on this host, and {} on that of rank 0; give every host the same files",
                      mine.source, mine.samples, samples);
  });
}

/// The description of the samples and what each is for; all of the survey where it was kept.
BlockSurvey begin_survey(const Config& config, RowReader& reader, const SurveyCache& cache, std::uint64_t block_size) {
  if (std::optional<BlockSurvey> kept = cache.load()) return std::move(*kept);
  const ClassWeights& weights = config.train.class_weights;
  const bool keep = needs_all_outputs(config.data, weights);
  if (keep) check_room_to_divide(reader.info());
  Dataset outputs = reader.look_through(block_size, keep);
  outputs.info.weights = config.data.weights;
  BlockSurvey survey;
  survey.block_size = block_size;
  if (keep) survey.parts = divide_samples(reader.info().samples, outputs, config.data, weights, config.run.split_seed);
  survey.info = std::move(outputs.info);
  return survey;
}

/// The parts that all ranks have read, on rank 0, of which each calls `take` for its own. Collective.
template <class Take>
SurveyParts share_parts(const Communicator& world, std::size_t count, const Take& take) {
  SurveyParts own;
  together(world, [&] {
    const Range mine = part_of(count, static_cast<std::size_t>(world.size()), static_cast<std::size_t>(world.rank()));
    for (std::size_t part = mine.begin; part < mine.end; ++part) own.push_back(take(part));
  });
  SurveyParts all;
  for (const std::string& bytes : world.gather(archive_of(std::exchange(own, {})))) {
    read_archive(bytes, own);
    std::ranges::move(own, std::back_inserter(all));
  }
  return all;
}

/// Rank 0's, on every rank, but for the values of samples, which rank 0 alone needs. Collective.
void broadcast_survey(const Communicator& world, BlockSurvey& survey) {
  std::vector<double> some_features = std::exchange(survey.some_features, {});
  std::vector<double> some_targets = std::exchange(survey.some_targets, {});
  broadcast(world, survey);
  survey.some_features = std::move(some_features);
  survey.some_targets = std::move(some_targets);
}

/// The medians that fill gaps, by further passes over the file, in which each rank counts some blocks. Collective.
void find_medians(const Communicator& world, const GapOptions& gaps, RowReader& reader, const Blocks& blocks,
                  BlockSurvey& survey) {
  const std::vector<bool> wanted = filled_by_medians(survey.info, gaps);
  if (std::ranges::count(wanted, true) == 0) return;
  broadcast_survey(world, survey);
  std::vector<ColumnStatistics> columns(wanted.size());
  for (std::size_t c = 0; c < wanted.size(); ++c)
    if (wanted[c]) columns[c] = survey.features[c];
  MedianSearch search(columns);
  const Range own =
      part_of(blocks.count(), static_cast<std::size_t>(world.size()), static_cast<std::size_t>(world.rank()));
  while (!search.is_done()) {
    together(world, [&] {
      for (std::size_t block = own.begin; block < own.end; ++block) count_block(reader, blocks, survey, block, search);
    });
    world.sum(search.counts());
    search.narrow();
  }
  survey.medians = search.medians();
}

void note_survey(const Blocks& blocks, const std::string& why_not_kept, BlockSurvey& survey) {
  DatasetInfo& info = survey.info;
  std::vector<std::string> empty;
  for (std::size_t c = 0; c < survey.class_counts.size(); ++c)
    if (survey.class_counts[c] == 0) empty.push_back(info.output_names[c]);
  if (!empty.empty()) info.notes.push_back(note_on_empty_classes(empty));
  info.notes.push_back(
      fmt::format("{} stays on disk: {} blocks of {} samples", info.source, blocks.count(), blocks.size()));
  if (!why_not_kept.empty())
    info.notes.push_back(fmt::format("what a pass over it found could not be kept for the next run: {}", why_not_kept));
}

}  // namespace

SurveyedBlocks survey_training_data(const Communicator& world, const Config& config, const DatasetInfo* known) {
  const DataOptions& data = config.data;
  std::unique_ptr<RowReader> reader;
  together(world, [&] { reader = open_rows(data, takes_labels(config.train.loss.name), known); });
  check_same_size(world, reader->info());
  const std::uint64_t block_size = block_size_of(*reader);
  const SurveyCache cache(config, known, block_size);
  const auto survey = std::make_shared<BlockSurvey>();
  together(world, [&] {
    if (world.is_root()) *survey = begin_survey(config, *reader, cache, block_size);
  });
  broadcast_survey(world, *survey);
  const Blocks blocks = blocks_of(survey, reader->info().samples);
  const bool whole = !survey->digests.empty();
  SurveyParts parts;
  if (!whole) {
    const auto check = [&](const Dataset& block) { check_targets(config.train.loss, block); };
    const SurveyNeeds needs{
        .logs = fits_to(data, FitsTo::logs),
        .values = fits_to(data, FitsTo::values) ? std::optional(config.run.split_seed) : std::nullopt};
    parts = share_parts(world, survey_parts(blocks), [&](std::size_t part) {
      return take_part_of_survey(*reader, blocks, *survey, needs, part, check);
    });
    if (world.is_root()) join_survey(parts, blocks, *survey);
    find_medians(world, data.gaps, *reader, blocks, *survey);
  } else if (!survey->parts.test.empty() || !survey->parts.validation.empty()) {
    parts = share_parts(world, survey_parts(blocks),
                        [&](std::size_t part) { return read_held_back(*reader, blocks, *survey, part); });
  }
  if (!world.is_root()) return {};
  std::string why_not_kept;
  if (!whole) why_not_kept = cache.save(*survey);
  SurveyedBlocks result{{}, join_held_back(parts, *survey)};
  note_survey(blocks, why_not_kept, *survey);
  result.survey = std::move(*survey);
  return result;
}

}  // namespace lockstep
