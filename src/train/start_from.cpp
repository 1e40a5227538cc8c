#include "train/start_from.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "checkpoint/folder.hpp"
#include "config/read.hpp"
#include "train/state.hpp"

namespace lockstep {

namespace {

bool same_outputs(const DatasetInfo& a, const DatasetInfo& b) {
  return a.task == b.task && a.output_names == b.output_names;
}

/// "[64, 32 with batch normalization]"
std::string describe_hidden(const std::vector<LayerOptions>& layers) {
  std::vector<std::string> texts;
  for (const LayerOptions& layer : layers)
    texts.push_back(fmt::format("{}{}", layer.units,
                                layer.normalization == Normalization::batch   ? " with batch normalization"
                                : layer.normalization == Normalization::layer ? " with layer normalization"
                                                                              : ""));
  return fmt::format("[{}]", fmt::join(texts, ", "));
}

}  // namespace

std::unique_ptr<CheckpointReader> open_start(const std::filesystem::path& file_or_run_folder,
                                             const std::filesystem::path& run_folder, const ResumePoint& resume) {
  OpenedCheckpoint opened = open_checkpoint(file_or_run_folder, FolderMeans::best);
  const CheckpointInfo& start = opened.reader->info();
  if (resume.checkpoint) {
    const CheckpointInfo& own = resume.checkpoint->info();
    if (own.started_from == start.digest) return nullptr;
    throw bad_input(
        "--start-from {}: its parameters have digest {}, and the run in {} began with {}; leave --start-from out to go "
        "on, choose another run.name, or begin anew with --resume never",
        file_or_run_folder.string(), start.digest, run_folder.string(),
        own.started_from.empty() ? "initial weights" : own.started_from);
  }
  std::error_code ignored;
  const std::filesystem::path folder = std::filesystem::path(start.data.source).parent_path();
  if (std::filesystem::equivalent(folder, run_folder / "checkpoints", ignored))
    throw bad_input(
        "--start-from {}: lies in the folder of this run, which removes the checkpoints of an earlier one; give "
        "another --run-dir",
        file_or_run_folder.string());
  return std::move(opened.reader);
}

DataTransform transform_of_start(const CheckpointInfo& start, const Survey& train, const DataOptions& options) {
  DataTransform transform = start.transform;
  if (!same_outputs(start.data, train.info())) transform.targets = target_scaling(train, options.scale_targets);
  return transform;
}

std::string take_weights(const CheckpointReader& start, const Config& config, const Model& model,
                         const DatasetInfo& data, std::span<float> parameters) {
  const CheckpointInfo& info = start.info();
  const std::vector<LayerOptions> before = read_resolved_config(info.config, info.data.source, {}).model.hidden;
  const auto shape = [](const LayerOptions& layer) { return std::pair(layer.units, layer.normalization); };
  if (!std::ranges::equal(before, config.model.hidden, {}, shape, shape))
    throw bad_input("--start-from {}: its hidden layers are {}, and model.hidden says {}; make them equal",
                    info.data.source, describe_hidden(before), describe_hidden(config.model.hidden));

  const bool keeps_last = same_outputs(info.data, data);
  const std::size_t last = model.layers().size() - 1;
  const std::string last_prefix = fmt::format("{}layers/{}/", schema::kModel, last);
  AlignedBuffer row_order(parameters.size());
  model.unpack(parameters, row_order.span());
  for (const NamedTensor<float>& tensor : named_tensors(model, schema::kModel, row_order.span()))
    if (keeps_last || !tensor.name.starts_with(last_prefix)) start.read(tensor);
  model.pack(row_order.span(), parameters);
  return fmt::format("with the weights of {} (digest {}), by whose samples features are scaled{}", info.data.source,
                     info.digest,
                     keeps_last ? "" : "; the last layer is a new one, as the data has other classes or targets");
}

}  // namespace lockstep
