#include "export/onnx_network.hpp"

#include <numbers>

#include "nn/losses/list.hpp"

namespace lockstep {

namespace {

using Value = OnnxGraph::Value;

Value number(OnnxGraph& graph, float value) {
  return graph.constant(std::span<const float>(&value, 1), {});
}

// Of each activation its nodes.

Value activated(OnnxGraph&, const Value& x, const Identity&) {
  return x;
}

Value activated(OnnxGraph& graph, const Value& x, const Sigmoid&) {
  return graph.add("Sigmoid", {x});
}

Value activated(OnnxGraph& graph, const Value& x, const Tanh&) {
  return graph.add("Tanh", {x});
}

Value activated(OnnxGraph& graph, const Value& x, const Relu&) {
  return graph.add("Relu", {x});
}

Value activated(OnnxGraph& graph, const Value& x, const LeakyRelu& function) {
  return graph.add("LeakyRelu", {x}, {{"alpha", function.slope}});
}

Value activated(OnnxGraph& graph, const Value& x, const Elu& function) {
  return graph.add("Elu", {x}, {{"alpha", function.alpha}});
}

Value activated(OnnxGraph& graph, const Value& x, const Selu&) {
  return graph.add("Selu", {x}, {{"alpha", Selu::kScaledAlpha / Selu::kScale}, {"gamma", Selu::kScale}});
}

Value activated(OnnxGraph& graph, const Value& x, const Gelu&) {
  const Value scaled = graph.add("Mul", {x, number(graph, 0.5F * std::numbers::sqrt2_v<float>)});
  const Value twice = graph.add("Add", {graph.add("Erf", {scaled}), number(graph, 1)});
  return graph.add("Mul", {x, graph.add("Mul", {twice, number(graph, 0.5F)})});
}

Value activated(OnnxGraph& graph, const Value& x, const Silu&) {
  return graph.add("Mul", {x, graph.add("Sigmoid", {x})});
}

Value activated(OnnxGraph& graph, const Value& x, const Softplus&) {
  return graph.add("Softplus", {x});
}

// Of each loss that changes outputs its nodes.

Value predicted(OnnxGraph& graph, const Value& outputs, const CrossEntropy&) {
  return graph.add("Softmax", {outputs}, {{"axis", std::int64_t{1}}});
}

Value predicted(OnnxGraph& graph, const Value& outputs, const BinaryCrossEntropy&) {
  return graph.add("Sigmoid", {outputs});
}

Value predicted(OnnxGraph& graph, const Value& outputs, const Poisson&) {
  return graph.add("Exp", {outputs});
}

/// A layer's sums with their bias, normalized where it says so.
Value sums_of(OnnxGraph& graph, const ExportedModel& exported, const Layer& layer, const Value& x) {
  const auto outputs = static_cast<std::int64_t>(layer.outputs);
  const auto of_units = [&](const Range& range) { return graph.constant(exported.values(range), {outputs}); };
  const Value weight =
      graph.constant(exported.values(layer.weight), {static_cast<std::int64_t>(layer.inputs), outputs});
  const Value bias = of_units(layer.bias);
  const auto epsilon = static_cast<float>(exported.options.norm.epsilon);
  switch (layer.normalization) {
    case Normalization::none:
      break;
    case Normalization::batch:
      return graph.add("BatchNormalization",
                       {graph.add("MatMul", {x, weight}), of_units(layer.scale), bias, of_units(layer.mean),
                        of_units(layer.variance)},
                       {{"epsilon", epsilon}});
    case Normalization::layer:
      return graph.add("LayerNormalization", {graph.add("MatMul", {x, weight}), of_units(layer.scale), bias},
                       {{"epsilon", epsilon}});
  }
  return graph.add("Gemm", {x, weight, bias});
}

}  // namespace

Value add_network(OnnxGraph& graph, const ExportedModel& exported, const Value& inputs) {
  Value x = inputs;
  for (const Layer& layer : exported.model.layers()) {
    const Value sums = sums_of(graph, exported, layer, x);
    const Value y = Activations::visit(layer.activation, [&](auto entry) {
      return activated(graph, sums, typename decltype(entry)::type(exported.options.activations));
    });
    x = layer.residual ? graph.add("Add", {y, x}) : y;
  }
  return x;
}

Value add_predictions(OnnxGraph& graph, LossName loss, const Value& outputs) {
  return Losses::visit(loss, [&](auto entry) {
    using Loss = typename decltype(entry)::type;
    if constexpr (requires { &Loss::predict; })
      return predicted(graph, outputs, Loss(LossOptions()));
    else
      return outputs;
  });
}

}  // namespace lockstep
