#include "onnx/pointwise.hpp"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "tensor/elementary.hpp"

namespace lockstep {

namespace {

/// Gelu has a form that approximates the error function by tanh, which is not ours.
bool approximates(const onnx::NodeProto& node) {
  return std::ranges::any_of(node.attribute(), [](const onnx::AttributeProto& attribute) {
    return attribute.name() == "approximate" && attribute.s() != "none";
  });
}

std::optional<float> of_one(const onnx::NodeProto& node, float x) {
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
  if (op == "Neg") return -x;
  if (op == "Abs") return std::abs(x);
  if (op == "Exp") return elementary::exp(x);
  if (op == "Swish") return x * elementary::sigmoid(attribute(node, "alpha", 1.0F) * x);
  if (op == "Gelu" && !approximates(node))
    return 0.5F * x * (1.0F + elementary::erf(x * 0.5F * std::numbers::sqrt2_v<float>));
  return std::nullopt;
}

std::optional<float> of_two(const std::string& op, float a, float b) {
  if (op == "Add") return a + b;
  if (op == "Sub") return a - b;
  if (op == "Mul") return a * b;
  if (op == "Div") return a / b;
  if (op == "Max") return std::max(a, b);
  if (op == "Min") return std::min(a, b);
  if (op == "Greater") return a > b ? 1.0F : 0.0F;
  if (op == "GreaterOrEqual") return a >= b ? 1.0F : 0.0F;
  if (op == "Less") return a < b ? 1.0F : 0.0F;
  if (op == "LessOrEqual") return a <= b ? 1.0F : 0.0F;
  return std::nullopt;
}

}  // namespace

float attribute(const onnx::NodeProto& node, const char* name, float otherwise) {
  for (const onnx::AttributeProto& attribute : node.attribute())
    if (attribute.name() == name)
      return attribute.type() == onnx::AttributeProto::INT ? static_cast<float>(attribute.i()) : attribute.f();
  return otherwise;
}

std::optional<float> pointwise(const onnx::NodeProto& node, std::span<const float> inputs) {
  if (inputs.size() == 1) return of_one(node, inputs[0]);
  if (inputs.size() == 2) return of_two(node.op_type(), inputs[0], inputs[1]);
  if (inputs.size() == 3 && node.op_type() == "Where") return inputs[0] != 0.0F ? inputs[1] : inputs[2];
  return std::nullopt;
}

}  // namespace lockstep
