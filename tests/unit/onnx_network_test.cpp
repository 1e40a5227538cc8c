// Multi-layer perceptrons out of ONNX files.
#include <onnx/onnx_pb.h>

#include <cstring>
#include <functional>

#include "data_files.hpp"
#include "onnx/network.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class OnnxNetworkTest : public DataFilesTest {
 protected:
  /// x (2) -> Gemm (3) -> activation -> Gemm (1) -> y, in a file; `change` sees the model before it is written.
  [[nodiscard]] std::string model(const std::function<void(onnx::ModelProto&)>& change = {}) const {
    onnx::ModelProto model;
    model.set_ir_version(8);
    model.add_opset_import()->set_version(20);
    onnx::GraphProto& graph = *model.mutable_graph();
    graph.add_input()->set_name("x");
    graph.add_output()->set_name("y");
    tensor(graph, "w0", {3, 2}, {1, 2, 3, 4, 5, 6});
    tensor(graph, "b0", {3}, {7, 8, 9});
    tensor(graph, "w1", {1, 3}, {0.5, 0.25, 0.125});
    gemm(graph, "x", 0, "sum");
    node(graph, "Relu", {"sum"}, "h");
    gemm(graph, "h", 1, "y");
    if (change) change(model);
    return write("net.onnx", model.SerializeAsString());
  }

  /// The weights are in order (out, in), as PyTorch has them. Without a bias where there is none.
  static void gemm(onnx::GraphProto& graph, const std::string& input, int layer, const std::string& output) {
    const std::string number = std::to_string(layer);
    std::vector<std::string> inputs{input, "w" + number};
    if (layer == 0) inputs.push_back("b" + number);
    onnx::AttributeProto& attribute = *node(graph, "Gemm", inputs, output).add_attribute();
    attribute.set_name("transB");
    attribute.set_type(onnx::AttributeProto::INT);
    attribute.set_i(1);
  }

  static onnx::NodeProto& node(onnx::GraphProto& graph, const std::string& op, const std::vector<std::string>& inputs,
                               const std::string& output) {
    onnx::NodeProto& node = *graph.add_node();
    node.set_op_type(op);
    for (const std::string& input : inputs) node.add_input(input);
    node.add_output(output);
    return node;
  }

  static void tensor(onnx::GraphProto& graph, const std::string& name, const std::vector<std::int64_t>& shape,
                     const std::vector<float>& values) {
    onnx::TensorProto& tensor = *graph.add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    for (const std::int64_t dim : shape) tensor.add_dims(dim);
    for (const float value : values) tensor.add_float_data(value);
  }

  /// Takes the first weights out of the model, which then says that they are in `location`.
  static void move_out(onnx::ModelProto& model, const std::string& location, const std::string& offset = "4") {
    onnx::TensorProto& tensor = *model.mutable_graph()->mutable_initializer(0);
    tensor.clear_float_data();
    tensor.set_data_location(onnx::TensorProto::EXTERNAL);
    for (const auto& [key, value] : {std::pair("location", location), std::pair("offset", offset),
                                     std::pair<const char*, std::string>("length", "24")}) {
      onnx::StringStringEntryProto& entry = *tensor.add_external_data();
      entry.set_key(key);
      entry.set_value(value);
    }
  }

  /// The first layer's activation at the points where it is looked at.
  [[nodiscard]] std::vector<float> activated(const std::string& file) const {
    return read_onnx_network(file).layers.at(0).activated;
  }
  [[nodiscard]] static std::string message(const std::string& file) {
    return bad_input_of([&] { return read_onnx_network(file); });
  }
};

TEST_F(OnnxNetworkTest, HasLayersWithWeightsByInputs) {
  const OnnxNetwork network = read_onnx_network(model());
  ASSERT_EQ(network.layers.size(), 2U);
  EXPECT_THAT(network.layers[0].weight, ElementsAre(1, 3, 5, 2, 4, 6));
  EXPECT_THAT(network.layers[0].bias, ElementsAre(7, 8, 9));
  EXPECT_THAT(network.layers[0].operators, ElementsAre("Relu"));
  EXPECT_THAT(network.layers[1].weight, ElementsAre(0.5, 0.25, 0.125));
  EXPECT_THAT(network.layers[1].bias, ElementsAre(0));
  EXPECT_THAT(network.layers[1].operators, ElementsAre());
}

TEST_F(OnnxNetworkTest, ReadsWeightsFromAFileBesideIt) {
  const OnnxNetwork whole = read_onnx_network(model());
  const std::vector<float> values{1, 2, 3, 4, 5, 6};
  std::string bytes(28, '\0');
  std::memcpy(bytes.data() + 4, values.data(), 24);
  static_cast<void>(write("net.data", bytes));
  const OnnxNetwork parted = read_onnx_network(model([](auto& model) { move_out(model, "./net.data"); }));
  EXPECT_EQ(parted.layers[0].weight, whole.layers[0].weight);
  EXPECT_EQ(parted.digest, whole.digest);
  bytes[10] = '\1';
  static_cast<void>(write("net.data", bytes));
  EXPECT_NE(read_onnx_network(path("net.onnx")).digest, whole.digest);
}

TEST_F(OnnxNetworkTest, RefusesAFileOfWeightsThatIsMissingCutShortOrElsewhere) {
  const auto moved = [&](const std::string& location, const std::string& offset) {
    return message(model([&](auto& model) { move_out(model, location, offset); }));
  };
  EXPECT_THAT(moved("net.data", "4"), AllOf(HasSubstr("'w0'"), HasSubstr("net.data, which is missing")));
  static_cast<void>(write("net.data", std::string(27, '\0')));
  EXPECT_THAT(moved("net.data", "4"), HasSubstr("net.data: has 27 bytes, where 'w0' of"));
  EXPECT_THAT(moved("net.data", "18446744073709551600"), HasSubstr("has 27 bytes"));
  EXPECT_THAT(moved("net.data", "-1"), HasSubstr("has no number as its offset: '-1'"));
  for (const char* elsewhere : {"", "../net.data", "a/../../net.data", "/etc/passwd"})
    EXPECT_THAT(moved(elsewhere, "4"), HasSubstr("not below the folder of the model"));
}

TEST_F(OnnxNetworkTest, KnowsAnActivationByItsValuesHoweverItIsSpelt) {
  const std::vector<float> relu = activated(model());
  const auto spelt = [&](const std::function<void(onnx::GraphProto&)>& change) {
    return activated(model([&](onnx::ModelProto& model) {
      onnx::GraphProto& graph = *model.mutable_graph();
      tensor(graph, "zero", {}, {0});
      graph.mutable_node()->DeleteSubrange(1, 2);
      change(graph);
      gemm(graph, "h", 1, "y");
    }));
  };
  EXPECT_EQ(spelt([](auto& graph) { node(graph, "Max", {"sum", "zero"}, "h"); }), relu);
  EXPECT_EQ(spelt([](auto& graph) {
              node(graph, "Greater", {"sum", "zero"}, "positive");
              node(graph, "Where", {"positive", "sum", "zero"}, "h");
            }),
            relu);
  EXPECT_EQ(spelt([](auto& graph) {
              node(graph, "Neg", {"sum"}, "negative");
              node(graph, "Min", {"negative", "zero"}, "least");
              node(graph, "Abs", {"least"}, "h");
            }),
            relu);
}

TEST_F(OnnxNetworkTest, TakesGeluUnlessItIsApproximate) {
  const auto gelu = [&](const std::string& approximate) {
    return model([&](onnx::ModelProto& model) {
      onnx::NodeProto& node = *model.mutable_graph()->mutable_node(1);
      node.set_op_type("Gelu");
      onnx::AttributeProto& attribute = *node.add_attribute();
      attribute.set_name("approximate");
      attribute.set_type(onnx::AttributeProto::STRING);
      attribute.set_s(approximate);
    });
  };
  EXPECT_NEAR(activated(gelu("none")).at(8), 0.8413447F, 1e-6);  // at 1
  EXPECT_THAT(message(gelu("tanh")), HasSubstr("operator Gelu ('') does not fit"));
}

}  // namespace
}  // namespace lockstep
