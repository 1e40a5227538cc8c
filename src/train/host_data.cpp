#include "train/host_data.hpp"

#include "base/memory.hpp"
#include "comm/broadcast.hpp"
#include "comm/reducer.hpp"
#include "comm/together.hpp"
#include "data/advice.hpp"
#include "data/block_sampler.hpp"
#include "data/global_sampler.hpp"
#include "data/load.hpp"
#include "data/weights.hpp"
#include "nn/loss.hpp"
#include "train/objective.hpp"
#include "train/shared_samples.hpp"
#include "train/start_from.hpp"
#include "train/surveyed_blocks.hpp"

namespace lockstep {

namespace {

/// What the data must be like, on all ranks; empty: the data say what their features are. Collective.
DatasetInfo agree_on_features(const Communicator& world, const ResumePoint& resume) {
  DatasetInfo known;
  if (const CheckpointInfo* checkpoint = resume.known_data()) known = checkpoint->data;
  broadcast(world, known);
  return known;
}

const DatasetInfo* if_any(const DatasetInfo& known) {
  return known.source.empty() ? nullptr : &known;
}

/// The transform of a run with these training samples, which rank 0 has, with notes on it. Collective.
DataTransform agree_on_transform(const Communicator& world, const Config& config, const ResumePoint& resume,
                                 Dataset& train, const Survey& survey) {
  DataTransform transform;
  together(world, [&] {
    if (!world.is_root()) return;
    if (resume.checkpoint) {
      check_same_data(resume.checkpoint->info(), train);
      transform = resume.checkpoint->info().transform;
    } else if (resume.start) {
      transform = transform_of_start(resume.start->info(), survey, config.data);
    } else {
      transform = fit_transform(survey, config.data);
    }
    std::vector<std::string>& notes = train.info.notes;
    for (std::string& note : notes_on(transform, survey)) notes.push_back(std::move(note));
    for (std::string& note : advice_on(survey, config.data, scales_targets(config.train.loss.name)))
      notes.push_back(std::move(note));
  });
  broadcast(world, transform);
  return transform;
}

RunData load_in_memory(const Communicator& world, const Config& config, const ResumePoint& resume) {
  const Communicator host = world.on_this_host();
  const DatasetInfo known = agree_on_features(world, resume);
  bool test_by_class = resume.test_by_class();
  broadcast(world, test_by_class);
  const Helpers helpers = helpers_on(host);
  DataParts read;
  together(world, [&] {
    if (host.is_root()) {
      read = load_parts(config.data, takes_labels(config.train.loss.name), config.run.split_seed, if_any(known),
                        test_by_class, helpers);
      for (const Dataset* data : {&read.train, &read.test}) check_targets(config.train.loss, *data);
      if (read.validation) check_targets(config.train.loss, *read.validation);
      weigh_for_training(read.train, config.train.class_weights);
    } else if (config.data.has_validation()) {
      read.validation.emplace();
    }
  });
  std::vector<Dataset*> parts = {&read.train, &read.test};
  if (read.validation) parts.push_back(&*read.validation);
  for (const Dataset* part : parts) check_same_everywhere(world, host, part->info);

  const DataTransform transform = agree_on_transform(world, config, resume, read.train, read.train);
  std::size_t bytes = 0;
  for (const Dataset* part : parts) bytes += prepared_bytes(*part, transform);
  check_room_for_data(world, host, bytes);
  RunData data;
  data.train = prepare_on_host(world, host, std::move(read.train), transform);
  data.test = prepare_on_host(world, host, std::move(read.test), transform);
  if (read.validation) data.validation = prepare_on_host(world, host, std::move(*read.validation), transform);
  data.sampler = std::make_unique<GlobalSampler>(static_cast<std::uint32_t>(data.train.info.samples),
                                                 config.train.global_batch, config.run.seed);
  return data;
}

/// A set that is no training set, in memory: `held` back of the training data, which rank 0 has, or a `file` of its
/// own, which each host reads. Collective.
PreparedDataset load_other_set(const Communicator& world, const Config& config, const DatasetInfo& train,
                               const DataTransform& transform, const DataFile& file, Dataset held) {
  const Communicator host = world.on_this_host();
  if (!file.path.empty())
    return load_on_every_host(world, transform, [&](const Helpers& helpers) {
      Dataset data = load_other(config.data, file, train, helpers);
      check_targets(config.train.loss, data);
      return data;
    });
  const Communicator first_ranks = world.split(host.is_root() ? 0 : 1);
  if (host.is_root()) broadcast(first_ranks, held);
  check_room_for_data(world, host, prepared_bytes(held, transform));
  return prepare_on_host(world, host, std::move(held), transform);
}

RunData load_in_blocks(const Communicator& world, const Config& config, const ResumePoint& resume) {
  const Communicator host = world.on_this_host();
  const DatasetInfo known = agree_on_features(world, resume);
  SurveyedBlocks read = survey_training_data(world, config, if_any(known));
  Dataset train;
  train.info = read.survey.info;
  const DataTransform transform = agree_on_transform(world, config, resume, train, read.survey.survey());
  read.survey.info = train.info;
  read.survey.some_features = {};
  read.survey.some_targets = {};
  broadcast(world, read.survey);
  const auto survey = std::make_shared<const BlockSurvey>(std::move(read.survey));
  const DatasetInfo& info = survey->info;

  const std::size_t slices = config.train.slices_on(world.size());
  const Range owned = GradientReducer::slices_of(world, host, slices);
  const std::size_t row_bytes = prepared_row_bytes(info, transform, survey->is_weighted());
  std::unique_ptr<BlockSampler> sampler;
  together(world, [&] {
    std::unique_ptr<RowReader> reader = open_rows(config.data, takes_labels(config.train.loss.name), if_any(known));
    const Blocks blocks = blocks_of(survey, reader->info().samples);
    const BlockOrder order(
        blocks, slices, config.train.global_batch,
        blocks_in_window(blocks, slices, config.train.global_batch, config.data.window << 20, row_bytes, info.source),
        config.run.seed);
    require_memory(info.source, 2 * owned.size() * order.most_in_window() * row_bytes);
    sampler = std::make_unique<BlockSampler>(std::move(reader), survey, order, owned, config.train.epochs, transform);
  });
  RunData data;
  data.train = sampler->dataset();
  data.sampler = std::move(sampler);
  data.test = load_other_set(world, config, info, transform, config.data.test, std::move(read.held.test));
  if (config.data.has_validation())
    data.validation =
        load_other_set(world, config, info, transform, config.data.validation, std::move(read.held.validation));
  return data;
}

}  // namespace

RunData load_on_every_host(const Communicator& world, const Config& config, const ResumePoint& resume) {
  return config.data.order == DataOrder::blocks ? load_in_blocks(world, config, resume)
                                                : load_in_memory(world, config, resume);
}

}  // namespace lockstep
