// An ONNX model as it is built up, node by node. All that knows ONNX's own types is behind this.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace onnx {
class ModelProto;
class NodeProto;
class TensorProto;
}  // namespace onnx

namespace lockstep {

enum class OnnxType { float32, float64, int64, uint8, text };

class OnnxGraph {
 public:
  /// What a node or an input gives, by its name in the graph.
  using Value = std::string;
  using Shape = std::vector<std::int64_t>;
  using Attribute = std::variant<std::int64_t, float, std::vector<std::string>>;
  using Attributes = std::initializer_list<std::pair<const char*, Attribute>>;

  OnnxGraph(const std::string& name, const std::string& description);
  ~OnnxGraph();
  OnnxGraph(const OnnxGraph&) = delete;
  OnnxGraph& operator=(const OnnxGraph&) = delete;

  /// An input of shape (samples, `shape`...).
  Value input(const std::string& name, OnnxType type, const Shape& shape);

  /// Calls a value `name` and makes it an output of shape (samples, `shape`...).
  void output(const Value& value, const std::string& name, OnnxType type, const Shape& shape);

  /// Numbers or texts in row order. Those of shape () are one.
  Value constant(std::span<const float> values, const Shape& shape);
  Value constant(std::span<const double> values, const Shape& shape);
  Value constant(std::span<const std::int64_t> values, const Shape& shape);
  Value constant(std::span<const std::string> values, const Shape& shape);
  Value scalar(double value) { return constant(std::span(&value, 1), {}); }
  Value integer(std::int64_t value) { return constant(std::span(&value, 1), {}); }

  /// A node with one output, by the name of its operator.
  Value add(const char* op, const std::vector<Value>& inputs, Attributes attributes = {});
  /// The same of an operator of ai.onnx.ml.
  Value add_ml(const char* op, const std::vector<Value>& inputs, Attributes attributes = {});
  Value cast(const Value& value, OnnxType type);

  /// These columns of a value of shape (samples, columns).
  Value columns(const Value& value, const Shape& numbers);
  /// Several such values side by side; the one itself where there is one.
  Value beside(const std::vector<Value>& values);

  /// An entry of the metadata.
  void describe(const std::string& key, const std::string& text);

  /// The whole file. Bad input where it is too large.
  [[nodiscard]] std::string file() const;

 private:
  onnx::NodeProto& add_node(const char* op, const std::vector<Value>& inputs, Attributes attributes);
  onnx::TensorProto& add_constant(OnnxType type, const Shape& shape);

  std::unique_ptr<onnx::ModelProto> model_;
};

}  // namespace lockstep
