#include "export/onnx.hpp"

#include <nlohmann/json.hpp>

#include "export/onnx_inputs.hpp"
#include "export/onnx_network.hpp"
#include "export/onnx_scales.hpp"
#include "onnx/graph.hpp"

namespace lockstep {

namespace {

/// The texts as an array of JSON.
std::string array_of(const std::vector<std::string>& texts) {
  return nlohmann::json(texts).dump();
}

/// The names of features and outputs, as the graph has them.
void describe_columns(OnnxGraph& graph, const DatasetInfo& data) {
  const bool classifies = data.task == Task::classification;
  graph.describe(classifies ? "class_names" : "target_names", array_of(data.output_names));
  if (data.is_image()) return;
  const std::vector<std::string> names = column_names(data);
  std::vector<std::string> numbers;
  std::vector<std::string> words;
  for (std::size_t c = 0; c < names.size(); ++c) (data.is_of_words(c) ? words : numbers).push_back(names[c]);
  graph.describe("feature_names", array_of(numbers));
  if (!words.empty()) graph.describe("word_names", array_of(words));
}

/// The outputs of the graph, of what the loss makes of the network's.
void add_outputs(OnnxGraph& graph, const ExportedModel& exported, const OnnxValue& predictions) {
  const DatasetInfo& data = exported.data;
  const auto outputs = static_cast<std::int64_t>(data.outputs());
  if (data.task == Task::regression) {
    const OnnxValue wide = graph.cast(predictions, OnnxType::float64);
    const Scaling& targets = exported.transform.targets;
    graph.output(targets == Scaling() ? wide : add_raw(graph, wide, targets.columns), "outputs", OnnxType::float64,
                 {outputs});
    return;
  }
  const OnnxValue best = graph.add("ArgMax", {predictions}, {{"axis", std::int64_t{1}}, {"keepdims", std::int64_t{0}}});
  const OnnxValue names = graph.constant(std::span<const std::string>(data.output_names), {outputs});
  graph.output(predictions, "outputs", OnnxType::float32, {outputs});
  graph.output(graph.add("Gather", {names, best}), "labels", OnnxType::text, {});
}

}  // namespace

std::string OnnxExport::text_of(const ExportedModel& exported) {
  OnnxGraph graph(exported.name, exported.origin);
  const OnnxValue inputs = add_inputs(graph, exported);
  add_outputs(graph, exported, add_predictions(graph, exported.loss, add_network(graph, exported, inputs)));
  describe_columns(graph, exported.data);
  return graph.file();
}

}  // namespace lockstep
