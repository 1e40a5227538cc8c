#include "train/start_from.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "checkpoint/folder.hpp"
#include "config/read.hpp"
#include "nn/activation.hpp"
#include "predict/parameters.hpp"
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

/// "28-64-2"
template <class Layers>
std::string describe_widths(const Layers& layers) {
  std::string text = std::to_string(layers.front().inputs);
  for (const auto& layer : layers) text += fmt::format("-{}", layer.outputs);
  return text;
}

/// True where an activation has the values that a layer of the file has.
bool does_the_same(const OnnxLayer& layer, Activation activation, const ActivationOptions& options) {
  std::vector<float> values(kActivationPoints.begin(), kActivationPoints.end());
  const std::vector<float> no_bias(values.size());
  add_bias_and_activate(activation, options, no_bias, {values, 1, values.size()});
  constexpr float kTolerance = 1e-5F;
  return std::ranges::equal(values, layer.activated, [](float a, float b) {
    return std::abs(a - b) <= kTolerance * std::max(1.0F, std::abs(a));
  });
}

/// "the activation "relu"", or in the file's own words.
std::string describe_activation(const OnnxLayer& layer, const ActivationOptions& options) {
  for (const auto& [name, activation] : Activations::kNames)
    if (does_the_same(layer, activation, options)) return fmt::format("the activation \"{}\"", name);
  return fmt::format("an activation of {}", fmt::join(layer.operators, ", "));
}

/// Bad input where layers are not those of the model.
void check_layers(const OnnxNetwork& start, const Model& model, const ActivationOptions& options) {
  const std::vector<Layer>& layers = model.layers();
  const auto plain = [](const Layer& layer) { return layer.normalization == Normalization::none && !layer.residual; };
  if (!std::ranges::all_of(layers, plain))
    throw bad_input("--start-from {}: has neither normalization nor residual layers; leave those out of [model]",
                    start.source);
  const auto hidden_units = [](const auto& all) {
    std::vector<std::size_t> units = {all.front().inputs};
    for (std::size_t k = 0; k + 1 < all.size(); ++k) units.push_back(all[k].outputs);
    return units;
  };
  if (hidden_units(start.layers) != hidden_units(layers))
    throw bad_input("--start-from {}: its layers are {}, and those of [model] for these data {}; make them equal",
                    start.source, describe_widths(start.layers), describe_widths(layers));
  for (std::size_t k = 0; k < layers.size(); ++k)
    if (!does_the_same(start.layers[k], layers[k].activation, options))
      throw bad_input("--start-from {}: layer {} has {}, and by [model] \"{}\"; make them equal", start.source, k + 1,
                      describe_activation(start.layers[k], options), Activations::name_of(layers[k].activation));
}

}  // namespace

void open_start(const std::filesystem::path& start, const std::filesystem::path& run_folder, ResumePoint& resume) {
  const bool foreign = is_named_onnx(start);
  if (foreign) {
    resume.foreign_start = read_onnx_network(start);
  } else {
    resume.start = open_checkpoint(start, FolderMeans::best).reader;
    const std::filesystem::path folder = std::filesystem::path(resume.start->info().data.source).parent_path();
    std::error_code ignored;
    if (!resume.checkpoint && std::filesystem::equivalent(folder, run_folder / "checkpoints", ignored))
      throw bad_input(
          "--start-from {}: lies in the folder of this run, which removes the checkpoints of an earlier one; give "
          "another --run-dir",
          start.string());
  }
  if (!resume.checkpoint) return;
  const std::string digest = foreign ? resume.foreign_start->digest : resume.start->info().digest;
  const std::string& own = resume.checkpoint->info().started_from;
  if (own != digest)
    throw bad_input(
        "--start-from {}: has digest {}, and the run in {} began with {}; leave --start-from out to go on, choose "
        "another run.name, or begin anew with --resume never",
        start.string(), digest, run_folder.string(), own.empty() ? "initial weights" : own);
  resume.start.reset();
  resume.foreign_start.reset();
}

DataTransform transform_of_start(const CheckpointInfo& start, const Survey& train, const DataOptions& options) {
  DataTransform transform = start.transform;
  transform.ranges = feature_ranges(train);
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

std::string take_weights(const OnnxNetwork& start, const Config& config, const Model& model,
                         std::span<float> parameters) {
  const std::vector<Layer>& layers = model.layers();
  check_layers(start, model, config.model.activations);
  const bool keeps_last = start.layers.back().outputs == model.outputs();
  AlignedBuffer row_order(parameters.size());
  model.unpack(parameters, row_order.span());
  for (std::size_t k = 0; k < layers.size() - (keeps_last ? 0 : 1); ++k) {
    std::ranges::copy(start.layers[k].weight, row_order.span().subspan(layers[k].weight.begin).begin());
    std::ranges::copy(start.layers[k].bias, row_order.span().subspan(layers[k].bias.begin).begin());
  }
  model.pack(row_order.span(), parameters);
  return fmt::format("with the weights of {} (digest {}){}", start.source, start.digest,
                     keeps_last ? "" : "; the last layer is a new one, as that one has another number of outputs");
}

}  // namespace lockstep
