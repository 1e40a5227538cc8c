#include "onnx/graph.hpp"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <limits>

#include "base/error.hpp"

namespace lockstep {

namespace {

constexpr std::int64_t kFormatVersion = 8;  // of ONNX 1.12
constexpr std::int64_t kOperators = 17;
constexpr std::int64_t kMlOperators = 3;
constexpr const char* kMlDomain = "ai.onnx.ml";

std::int32_t onnx_number_of(OnnxType type) {
  switch (type) {
    case OnnxType::float32:
      return onnx::TensorProto::FLOAT;
    case OnnxType::float64:
      return onnx::TensorProto::DOUBLE;
    case OnnxType::int64:
      return onnx::TensorProto::INT64;
    case OnnxType::uint8:
      return onnx::TensorProto::UINT8;
    case OnnxType::text:
      return onnx::TensorProto::STRING;
  }
  return onnx::TensorProto::UNDEFINED;
}

void set(onnx::AttributeProto& attribute, std::int64_t value) {
  attribute.set_type(onnx::AttributeProto::INT);
  attribute.set_i(value);
}

void set(onnx::AttributeProto& attribute, float value) {
  attribute.set_type(onnx::AttributeProto::FLOAT);
  attribute.set_f(value);
}

void set(onnx::AttributeProto& attribute, const std::vector<std::string>& values) {
  attribute.set_type(onnx::AttributeProto::STRINGS);
  for (const std::string& value : values) attribute.add_strings(value);
}

void set_type(onnx::ValueInfoProto& value, const std::string& name, OnnxType type, const OnnxShape& shape) {
  value.set_name(name);
  onnx::TypeProto::Tensor& tensor = *value.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(onnx_number_of(type));
  tensor.mutable_shape()->add_dim()->set_dim_param("samples");
  for (const std::int64_t size : shape) tensor.mutable_shape()->add_dim()->set_dim_value(size);
}

template <class T>
void set_bytes(onnx::TensorProto& tensor, std::span<const T> values) {
  tensor.set_raw_data(values.data(), values.size_bytes());
}

}  // namespace

OnnxGraph::OnnxGraph(const std::string& name, const std::string& description)
    : model_(std::make_unique<onnx::ModelProto>()) {
  model_->set_ir_version(kFormatVersion);
  model_->set_producer_name("lockstep");
  model_->set_doc_string(description);
  model_->add_opset_import()->set_version(kOperators);
  onnx::OperatorSetIdProto& ml = *model_->add_opset_import();
  ml.set_domain(kMlDomain);
  ml.set_version(kMlOperators);
  model_->mutable_graph()->set_name(name);
}

OnnxGraph::~OnnxGraph() = default;

OnnxValue OnnxGraph::input(const std::string& name, OnnxType type, const OnnxShape& shape) {
  set_type(*model_->mutable_graph()->add_input(), name, type, shape);
  return name;
}

void OnnxGraph::output(const OnnxValue& value, const std::string& name, OnnxType type, const OnnxShape& shape) {
  onnx::GraphProto& graph = *model_->mutable_graph();
  onnx::NodeProto& node = *graph.add_node();
  node.set_op_type("Identity");
  node.add_input(value);
  node.add_output(name);
  set_type(*graph.add_output(), name, type, shape);
}

onnx::TensorProto& OnnxGraph::add_constant(OnnxType type, const OnnxShape& shape) {
  onnx::GraphProto& graph = *model_->mutable_graph();
  onnx::TensorProto& tensor = *graph.add_initializer();
  tensor.set_name(fmt::format("constant_{}", graph.initializer_size()));
  tensor.set_data_type(onnx_number_of(type));
  for (const std::int64_t size : shape) tensor.add_dims(size);
  return tensor;
}

OnnxValue OnnxGraph::constant(std::span<const float> values, const OnnxShape& shape) {
  onnx::TensorProto& tensor = add_constant(OnnxType::float32, shape);
  set_bytes(tensor, values);
  return tensor.name();
}

OnnxValue OnnxGraph::constant(std::span<const double> values, const OnnxShape& shape) {
  onnx::TensorProto& tensor = add_constant(OnnxType::float64, shape);
  set_bytes(tensor, values);
  return tensor.name();
}

OnnxValue OnnxGraph::constant(std::span<const std::int64_t> values, const OnnxShape& shape) {
  onnx::TensorProto& tensor = add_constant(OnnxType::int64, shape);
  set_bytes(tensor, values);
  return tensor.name();
}

OnnxValue OnnxGraph::constant(std::span<const std::string> values, const OnnxShape& shape) {
  onnx::TensorProto& tensor = add_constant(OnnxType::text, shape);
  for (const std::string& value : values) tensor.add_string_data(value);
  return tensor.name();
}

onnx::NodeProto& OnnxGraph::add_node(const char* op, const std::vector<OnnxValue>& inputs, Attributes attributes) {
  onnx::GraphProto& graph = *model_->mutable_graph();
  onnx::NodeProto& node = *graph.add_node();
  node.set_op_type(op);
  node.set_name(fmt::format("{}_{}", op, graph.node_size()));
  for (const OnnxValue& value : inputs) node.add_input(value);
  node.add_output(node.name());
  for (const auto& [name, value] : attributes) {
    onnx::AttributeProto& attribute = *node.add_attribute();
    attribute.set_name(name);
    std::visit([&](const auto& given) { set(attribute, given); }, value);
  }
  return node;
}

OnnxValue OnnxGraph::add(const char* op, const std::vector<OnnxValue>& inputs, Attributes attributes) {
  return add_node(op, inputs, attributes).name();
}

OnnxValue OnnxGraph::add_ml(const char* op, const std::vector<OnnxValue>& inputs, Attributes attributes) {
  onnx::NodeProto& node = add_node(op, inputs, attributes);
  node.set_domain(kMlDomain);
  return node.name();
}

OnnxValue OnnxGraph::cast(const OnnxValue& value, OnnxType type) {
  return add("Cast", {value}, {{"to", std::int64_t{onnx_number_of(type)}}});
}

OnnxValue OnnxGraph::columns(const OnnxValue& value, const OnnxShape& numbers) {
  return add("Gather", {value, constant(numbers, {std::ssize(numbers)})}, {{"axis", std::int64_t{1}}});
}

OnnxValue OnnxGraph::beside(const std::vector<OnnxValue>& values) {
  return values.size() == 1 ? values.front() : add("Concat", values, {{"axis", std::int64_t{1}}});
}

void OnnxGraph::describe(const std::string& key, const std::string& text) {
  onnx::StringStringEntryProto& entry = *model_->add_metadata_props();
  entry.set_key(key);
  entry.set_value(text);
}

std::string OnnxGraph::file() const {
  if (model_->ByteSizeLong() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
    throw bad_input("the model has {} bytes as ONNX, and such files have 2 GiB at most; make a smaller one",
                    model_->ByteSizeLong());
  return model_->SerializeAsString();
}

}  // namespace lockstep
