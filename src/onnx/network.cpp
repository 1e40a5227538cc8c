#include "onnx/network.hpp"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <map>
#include <numbers>
#include <optional>
#include <set>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/readable_file.hpp"
#include "tensor/elementary.hpp"

namespace lockstep {

namespace {

using Points = std::array<float, std::size(kActivationPoints)>;

/// A matrix or less, in row order.
struct OnnxConstant {
  std::vector<std::size_t> shape;
  std::vector<float> values;
};

OnnxConstant transposed(const OnnxConstant& from) {
  const std::size_t rows = from.shape[0];
  const std::size_t cols = from.shape[1];
  OnnxConstant result{{cols, rows}, std::vector<float>(from.values.size())};
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < cols; ++c) result.values[c * rows + r] = from.values[r * cols + c];
  return result;
}

/// A number of a node's attributes.
float attribute(const onnx::NodeProto& node, const char* name, float otherwise) {
  for (const onnx::AttributeProto& attribute : node.attribute())
    if (attribute.name() == name)
      return attribute.type() == onnx::AttributeProto::INT ? static_cast<float>(attribute.i()) : attribute.f();
  return otherwise;
}

/// What an operator of one input makes of x; nothing for one that no activation of ours has.
std::optional<float> unary(const onnx::NodeProto& node, float x) {
  const std::string& op = node.op_type();
  const auto exponential = [&](float alpha) { return x > 0.0F ? x : alpha * elementary::expm1(x); };
  if (op == "Relu") return std::max(x, 0.0F);
  if (op == "LeakyRelu") return x < 0.0F ? attribute(node, "alpha", 0.01F) * x : x;
  if (op == "Elu") return exponential(attribute(node, "alpha", 1.0F));
  if (op == "Selu") return attribute(node, "gamma", 1.05070102F) * exponential(attribute(node, "alpha", 1.67326319F));
  if (op == "Sigmoid") return elementary::sigmoid(x);
  if (op == "Tanh") return elementary::tanh(x);
  if (op == "Softplus") return elementary::softplus(x);
  if (op == "Erf") return elementary::erf(x);
  if (op == "Gelu" && node.attribute_size() == 0)
    return 0.5F * x * (1.0F + elementary::erf(x * 0.5F * std::numbers::sqrt2_v<float>));
  return std::nullopt;
}

std::optional<float> binary(const std::string& op, float a, float b) {
  if (op == "Add") return a + b;
  if (op == "Sub") return a - b;
  if (op == "Mul") return a * b;
  if (op == "Div") return a / b;
  return std::nullopt;
}

/// Reads the nodes of a graph, which are in the order in which they are computed.
class NetworkReader {
 public:
  NetworkReader(std::string source, const onnx::GraphProto& graph) : source_(std::move(source)) {
    for (const onnx::TensorProto& tensor : graph.initializer()) constants_[tensor.name()] = constant(tensor);
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

  [[nodiscard]] OnnxConstant constant(const onnx::TensorProto& tensor) const {
    if (tensor.data_location() == onnx::TensorProto::EXTERNAL)
      throw bad_input("{}: the values of '{}' are in another file; write one file (PyTorch: external_data=False)",
                      source_, tensor.name());
    OnnxConstant result;
    if (tensor.data_type() != onnx::TensorProto::FLOAT) return result;  // a shape, for example
    result.values.assign(tensor.float_data().begin(), tensor.float_data().end());
    if (tensor.has_raw_data()) {
      result.values.resize(tensor.raw_data().size() / sizeof(float));
      std::memcpy(result.values.data(), tensor.raw_data().data(), result.values.size() * sizeof(float));
    }
    std::size_t left = result.values.size();  // values, by each index of the dimensions so far
    for (const std::int64_t dim : tensor.dims()) {
      const auto size = static_cast<std::size_t>(std::max<std::int64_t>(dim, 1));
      if (dim < 1 || left % size != 0) left = 0;
      left /= size;
      result.shape.push_back(size);
    }
    if (left != 1)
      throw bad_input("{}: '{}' has {} values, which its shape does not say", source_, tensor.name(),
                      result.values.size());
    if (!std::ranges::all_of(result.values, [](float value) { return std::isfinite(value); }))
      throw bad_input("{}: '{}' has values that are not finite", source_, tensor.name());
    return result;
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
      for (const onnx::AttributeProto& attribute : node.attribute()) constants_[output] = constant(attribute.t());
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
    if (layers_.empty() || node.input_size() < 1 || node.input_size() > 2) throw misfit(node);
    const Points a = points_of(node, 0);
    Points result{};
    for (std::size_t i = 0; i < a.size(); ++i) {
      const auto value =
          node.input_size() == 1 ? unary(node, a[i]) : binary(node.op_type(), a[i], points_of(node, 1)[i]);
      if (!value) throw misfit(node);
      result[i] = *value;
    }
    points_[node.output(0)] = result;
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
  return {path.string(), digest_of_file(path), NetworkReader(path.string(), model.graph()).layers()};
}

}  // namespace lockstep
