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

/// What a node or an input gives, by its name in the graph.
using OnnxValue = std::string;
using OnnxShape = std::vector<std::int64_t>;

enum class OnnxType { float32, float64, int64, uint8, text };

class OnnxGraph {
 public:
  using Attribute = std::variant<std::int64_t, float, std::vector<std::string>>;
  using Attributes = std::initializer_list<std::pair<const char*, Attribute>>;

  OnnxGraph(const std::string& name, const std::string& description);
  ~OnnxGraph();
  OnnxGraph(const OnnxGraph&) = delete;
  OnnxGraph& operator=(const OnnxGraph&) = delete;

  /// An input of shape (samples, `shape`...).
  OnnxValue input(const std::string& name, OnnxType type, const OnnxShape& shape);

  /// Calls a value `name` and makes it an output of shape (samples, `shape`...).
  void output(const OnnxValue& value, const std::string& name, OnnxType type, const OnnxShape& shape);

  /// Numbers or texts in row order. Those of shape () are one.
  OnnxValue constant(std::span<const float> values, const OnnxShape& shape);
  OnnxValue constant(std::span<const double> values, const OnnxShape& shape);
  OnnxValue constant(std::span<const std::int64_t> values, const OnnxShape& shape);
  OnnxValue constant(std::span<const std::string> values, const OnnxShape& shape);
  OnnxValue scalar(double value) { return constant(std::span(&value, 1), {}); }
  OnnxValue integer(std::int64_t value) { return constant(std::span(&value, 1), {}); }

  /// A node with one output, by the name of its operator.
  OnnxValue add(const char* op, const std::vector<OnnxValue>& inputs, Attributes attributes = {});
  /// The same of an operator of ai.onnx.ml.
  OnnxValue add_ml(const char* op, const std::vector<OnnxValue>& inputs, Attributes attributes = {});
  OnnxValue cast(const OnnxValue& value, OnnxType type);

  /// These columns of a value of shape (samples, columns).
  OnnxValue columns(const OnnxValue& value, const OnnxShape& numbers);
  /// Several such values side by side; the one itself where there is one.
  OnnxValue beside(const std::vector<OnnxValue>& values);

  /// An entry of the metadata.
  void describe(const std::string& key, const std::string& text);

  /// The whole file. Bad input where it is too large.
  [[nodiscard]] std::string file() const;

 private:
  onnx::NodeProto& add_node(const char* op, const std::vector<OnnxValue>& inputs, Attributes attributes);
  onnx::TensorProto& add_constant(OnnxType type, const OnnxShape& shape);

  std::unique_ptr<onnx::ModelProto> model_;
};

}  // namespace lockstep
