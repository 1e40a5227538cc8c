#include "onnx/network.hpp"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <set>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/readable_file.hpp"
#include "onnx/pointwise.hpp"
#include "onnx/tensor.hpp"

namespace lockstep {

namespace {

using Points = std::array<float, std::size(kActivationPoints)>;

/// Reads the nodes of a graph, which are in the order in which they are computed.
class NetworkReader {
 public:
  /// The graph of the model in the file `source`.
  NetworkReader(std::string source, const onnx::GraphProto& graph) : source_(std::move(source)) {
    for (const onnx::TensorProto& tensor : graph.initializer())
      constants_[tensor.name()] = onnx_constant(tensor, source_);
    std::vector<std::string> inputs;
    for (const onnx::ValueInfoProto& input : graph.input())
      if (!constants_.contains(input.name())) inputs.push_back(input.name());
    if (inputs.size() != 1 || graph.output_size() != 1)
      throw bad_input("{}: has {} inputs and {} outputs, where a multi-layer perceptron has one of each", source_,
                      inputs.size(), graph.output_size());
    inputs_.insert(inputs.front());
    for (const onnx::NodeProto& node : graph.node()) read(node);
    if (layers_.empty() || !points_.contains(graph.output(0).name()))
      throw bad_input("{}: its output '{}' is not that of its last layer", source_, graph.output(0).name());
    layers_.back().activated = activated(graph.output(0).name());
  }

  std::vector<OnnxLayer> layers() { return std::move(layers_); }

 private:
  [[nodiscard]] Error misfit(const onnx::NodeProto& node) const {
    return bad_input(
        "{}: operator {} ('{}') does not fit a multi-layer perceptron, which has Gemm, or MatMul and Add, and between "
        "them the activations that model.activation lists",
        source_, node.op_type(), node.name());
  }

  /// A constant input of a node.
  [[nodiscard]] const OnnxConstant& constant_of(const onnx::NodeProto& node, int input) const {
    const auto found = node.input_size() > input ? constants_.find(node.input(input)) : constants_.end();
    if (found == constants_.end()) throw misfit(node);
    return found->second;
  }

  void read(const onnx::NodeProto& node) {
    const std::string& op = node.op_type();
    const bool known = node.domain().empty() || node.domain() == "ai.onnx";
    if (!known || node.output_size() == 0 || (node.input_size() == 0 && op != "Constant")) throw misfit(node);
    const std::string& output = node.output(0);
    if (op == "Constant") {
      for (const onnx::AttributeProto& attribute : node.attribute())
        constants_[output] = onnx_constant(attribute.t(), source_);
    } else if (op == "Identity" || op == "Dropout") {
      copy(node);
    } else if (op == "Transpose" && constants_.contains(node.input(0))) {
      const bool exchanges =
          node.attribute_size() == 0 || node.attribute(0).ints_size() == 0 || node.attribute(0).ints(0) == 1;
      if (constant_of(node, 0).shape.size() != 2 || !exchanges) throw misfit(node);
      constants_[output] = transposed(constant_of(node, 0));
    } else if ((op == "Flatten" || op == "Reshape") && inputs_.contains(node.input(0)) && layers_.empty()) {
      inputs_.insert(output);
    } else if (op == "Gemm" || op == "MatMul") {
      begin_layer(node);
    } else if (!add_bias(node)) {
      activate(node);
    }
  }

  void copy(const onnx::NodeProto& node) {
    const std::string& input = node.input(0);
    if (constants_.contains(input))
      constants_[node.output(0)] = constants_[input];
    else if (points_.contains(input))
      points_[node.output(0)] = points_[input];
    else if (inputs_.contains(input))
      inputs_.insert(node.output(0));
    else
      throw misfit(node);
  }

  void begin_layer(const onnx::NodeProto& node) {
    const std::string& x = node.input(0);
    if (!(layers_.empty() ? inputs_.contains(x) : points_.contains(x))) throw misfit(node);
    if (attribute(node, "transA", 0) != 0 || attribute(node, "alpha", 1) != 1 || attribute(node, "beta", 1) != 1)
      throw misfit(node);
    if (constant_of(node, 1).shape.size() != 2) throw misfit(node);
    const OnnxConstant weight =
        attribute(node, "transB", 0) != 0 ? transposed(constant_of(node, 1)) : constant_of(node, 1);
    OnnxLayer layer;
    layer.inputs = weight.shape[0];
    layer.outputs = weight.shape[1];
    layer.weight = weight.values;
    if (!layers_.empty()) {
      layers_.back().activated = activated(x);
      if (layers_.back().outputs != layer.inputs) throw misfit(node);
    }
    const bool biased = node.input_size() > 2;
    layer.bias = biased ? constant_of(node, 2).values : std::vector<float>(layer.outputs);
    if (layer.bias.size() != layer.outputs) throw misfit(node);
    layers_.push_back(std::move(layer));
    points_ = {{node.output(0), kActivationPoints}};
    sum_ = biased ? "" : node.output(0);
  }

  /// True for an Add that gives the last layer its bias.
  bool add_bias(const onnx::NodeProto& node) {
    if (node.op_type() != "Add" || node.input_size() != 2 || layers_.empty() || sum_.empty()) return false;
    const int bias = node.input(0) == sum_ ? 1 : 0;
    if (node.input(1 - bias) != sum_ || !constants_.contains(node.input(bias))) return false;
    const std::vector<float>& values = constant_of(node, bias).values;
    if (values.size() != layers_.back().outputs) return false;
    layers_.back().bias = values;
    points_ = {{node.output(0), kActivationPoints}};
    sum_.clear();
    return true;
  }

  /// The values of a node's input at all points, where it is the activation's, or one number.
  [[nodiscard]] Points points_of(const onnx::NodeProto& node, int input) const {
    if (const auto found = points_.find(node.input(input)); found != points_.end()) return found->second;
    const OnnxConstant& number = constant_of(node, input);
    if (number.values.size() != 1) throw misfit(node);
    Points all{};
    all.fill(number.values.front());
    return all;
  }

  /// An operator that is a part of the last layer's activation.
  void activate(const onnx::NodeProto& node) {
    if (layers_.empty()) throw misfit(node);
    std::vector<Points> inputs;
    for (int i = 0; i < node.input_size(); ++i) inputs.push_back(points_of(node, i));
    Points& result = points_[node.output(0)];
    std::vector<float> numbers(inputs.size());
    for (std::size_t point = 0; point < result.size(); ++point) {
      std::ranges::transform(inputs, numbers.begin(), [&](const Points& points) { return points[point]; });
      const std::optional<float> value = pointwise(node, numbers);
      if (!value) throw misfit(node);
      result[point] = *value;
    }
    layers_.back().operators.push_back(node.op_type());
  }

  [[nodiscard]] std::vector<float> activated(const std::string& value) const {
    const Points& points = points_.at(value);
    return {points.begin(), points.end()};
  }

  std::string source_;
  std::map<std::string, OnnxConstant> constants_;
  std::set<std::string> inputs_;          // the names of the graph's input
  std::map<std::string, Points> points_;  // what becomes of kActivationPoints, as sums of the last layer
  std::string sum_;                       // of the last layer, while it may be given a bias
  std::vector<OnnxLayer> layers_;
};

}  // namespace

bool is_named_onnx(const std::filesystem::path& path) {
  return path.extension() == ".onnx" && !std::filesystem::is_directory(path);
}

OnnxNetwork read_onnx_network(const std::filesystem::path& path) {
  check_readable_file(path);
  std::ifstream file(path, std::ios::binary);
  onnx::ModelProto model;
  if (!model.ParseFromIstream(&file) || !model.has_graph()) throw bad_input("{}: is no ONNX model", path.string());
  std::vector<OnnxLayer> layers = NetworkReader(path.string(), model.graph()).layers();
  Digest digest;
  for (const OnnxLayer& layer : layers) {
    digest.add(layer.weight);
    digest.add(layer.bias);
  }
  return {path.string(), digest.text(), std::move(layers)};
}

}  // namespace lockstep
