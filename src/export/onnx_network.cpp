#include "export/onnx_network.hpp"

#include <numbers>

#include "nn/losses/list.hpp"

namespace lockstep {

namespace {

OnnxValue float_scalar(OnnxGraph& graph, float value) {
  return graph.constant(std::span<const float>(&value, 1), {});
}

// Of each activation its nodes.

OnnxValue activated(OnnxGraph&, const OnnxValue& x, const Identity&) {
  return x;
}

OnnxValue activated(OnnxGraph& graph, const OnnxValue& x, const Sigmoid&) {
  return graph.add("Sigmoid", {x});
}

OnnxValue activated(OnnxGraph& graph, const OnnxValue& x, const Tanh&) {
  return graph.add("Tanh", {x});
}

OnnxValue activated(OnnxGraph& graph, const OnnxValue& x, const Relu&) {
  return graph.add("Relu", {x});
}

OnnxValue activated(OnnxGraph& graph, const OnnxValue& x, const LeakyRelu& function) {
  return graph.add("LeakyRelu", {x}, {{"alpha", function.slope}});
}

OnnxValue activated(OnnxGraph& graph, const OnnxValue& x, const Elu& function) {
  return graph.add("Elu", {x}, {{"alpha", function.alpha}});
}

OnnxValue activated(OnnxGraph& graph, const OnnxValue& x, const Selu&) {
  return graph.add("Selu", {x}, {{"alpha", Selu::kScaledAlpha / Selu::kScale}, {"gamma", Selu::kScale}});
}

OnnxValue activated(OnnxGraph& graph, const OnnxValue& x, const Gelu&) {
  const OnnxValue scaled = graph.add("Mul", {x, float_scalar(graph, 0.5F * std::numbers::sqrt2_v<float>)});
  const OnnxValue twice = graph.add("Add", {graph.add("Erf", {scaled}), float_scalar(graph, 1)});
  return graph.add("Mul", {x, graph.add("Mul", {twice, float_scalar(graph, 0.5F)})});
}

OnnxValue activated(OnnxGraph& graph, const OnnxValue& x, const Silu&) {
  return graph.add("Mul", {x, graph.add("Sigmoid", {x})});
}

OnnxValue activated(OnnxGraph& graph, const OnnxValue& x, const Softplus&) {
  return graph.add("Softplus", {x});
}

// Of each loss that changes outputs its nodes.

OnnxValue predicted(OnnxGraph& graph, const OnnxValue& outputs, const CrossEntropy&) {
  return graph.add("Softmax", {outputs}, {{"axis", std::int64_t{1}}});
}

OnnxValue predicted(OnnxGraph& graph, const OnnxValue& outputs, const BinaryCrossEntropy&) {
  return graph.add("Sigmoid", {outputs});
}

OnnxValue predicted(OnnxGraph& graph, const OnnxValue& outputs, const Poisson&) {
  return graph.add("Exp", {outputs});
}

/// A layer's sums with their bias, normalized where it says so.
OnnxValue sums_of(OnnxGraph& graph, const ExportedModel& exported, const Layer& layer, const OnnxValue& x) {
  const auto outputs = static_cast<std::int64_t>(layer.outputs);
  const auto of_units = [&](const Range& range) { return graph.constant(exported.values(range), {outputs}); };
  const OnnxValue weight =
      graph.constant(exported.values(layer.weight), {static_cast<std::int64_t>(layer.inputs), outputs});
  const OnnxValue bias = of_units(layer.bias);
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

OnnxValue add_network(OnnxGraph& graph, const ExportedModel& exported, const OnnxValue& inputs) {
  OnnxValue x = inputs;
  for (const Layer& layer : exported.model.layers()) {
    const OnnxValue sums = sums_of(graph, exported, layer, x);
    const OnnxValue y = Activations::visit(layer.activation, [&](auto entry) {
      return activated(graph, sums, typename decltype(entry)::type(exported.options.activations));
    });
    x = layer.residual ? graph.add("Add", {y, x}) : y;
  }
  return x;
}

OnnxValue add_predictions(OnnxGraph& graph, LossName loss, const OnnxValue& outputs) {
  return Losses::visit(loss, [&](auto entry) {
    using Loss = typename decltype(entry)::type;
    if constexpr (requires { &Loss::predict; })
      return predicted(graph, outputs, Loss(LossOptions()));
    else
      return outputs;
  });
}

}  // namespace lockstep
