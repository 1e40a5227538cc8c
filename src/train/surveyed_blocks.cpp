#include "train/surveyed_blocks.hpp"

#include "data/checks.hpp"
#include "data/load.hpp"
#include "data/transform.hpp"
#include "nn/loss.hpp"
#include "train/objective.hpp"
#include "train/survey_cache.hpp"

namespace lockstep {

namespace {

void note_survey(const Blocks& blocks, const std::string& why_not_kept, DatasetInfo& info) {
  info.notes.push_back(
      fmt::format("{} stays on disk: {} blocks of {} samples", info.source, blocks.count(), blocks.size()));
  if (!why_not_kept.empty())
    info.notes.push_back(fmt::format("what a pass over it found could not be kept for the next run: {}", why_not_kept));
}

}  // namespace

Blocks cut_in_blocks(const Config& config, std::uint64_t samples, std::uint64_t block_size) {
  return {samples, block_size, config.data.test_fraction, config.data.validation_fraction, config.run.split_seed};
}

SurveyedBlocks survey_training_data(const Config& config, const DatasetInfo* known) {
  const DataOptions& data = config.data;
  const bool labels = takes_labels(config.train.loss.name);
  const std::unique_ptr<RowReader> reader = open_rows(data, labels, known);
  const Blocks blocks = cut_in_blocks(config, reader->info().samples, block_size_of(*reader));
  if (blocks.least_train_rows() == 0 && blocks.hold_back())
    throw bad_input(
        "{}: is read in blocks of {} samples, and data.test_fraction and data.validation_fraction leave too little of "
        "them to train with; make them smaller",
        reader->info().source, blocks.size());
  const SurveyCache cache(config, known, blocks.size());
  SurveyedBlocks result;
  std::string why_not_kept;
  if (std::optional<BlockSurvey> kept = cache.load()) {
    result.survey = std::move(*kept);
    if (blocks.hold_back()) read_held_back(*reader, blocks, result.survey, result.held);
  } else {
    result.survey = take_survey(*reader, blocks, KnownClasses{data.classes, {}, false}, fits_to_values(data),
                                result.held, [&](const Dataset& block) { check_targets(config.train.loss, block); });
    why_not_kept = cache.save(result.survey);
  }
  DatasetInfo& info = result.survey.info;
  std::vector<std::string> empty;
  for (std::size_t c = 0; c < result.survey.class_counts.size(); ++c)
    if (result.survey.class_counts[c] == 0) empty.push_back(info.output_names[c]);
  if (!empty.empty()) info.notes.push_back(note_on_empty_classes(empty));
  note_survey(blocks, why_not_kept, info);
  return result;
}

}  // namespace lockstep
