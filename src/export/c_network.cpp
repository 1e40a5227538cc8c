#include "export/c_network.hpp"

#include <fmt/format.h>

#include "nn/losses/list.hpp"

namespace lockstep {

namespace {

// Of each activation its value in C, of a sum.

std::string c_activated(const std::string& sum, const Identity&) {
  return sum;
}

std::string c_activated(const std::string& sum, const Sigmoid&) {
  return fmt::format("float_sigmoid({})", sum);
}

std::string c_activated(const std::string& sum, const Tanh&) {
  return fmt::format("float_tanh({})", sum);
}

std::string c_activated(const std::string& sum, const Relu&) {
  return fmt::format("relu({})", sum);
}

std::string c_activated(const std::string& sum, const LeakyRelu& function) {
  return fmt::format("leaky_relu({}, {})", sum, c_number(function.slope));
}

std::string c_activated(const std::string& sum, const Elu& function) {
  return fmt::format("elu({}, {})", sum, c_number(function.alpha));
}

std::string c_activated(const std::string& sum, const Selu&) {
  return fmt::format("selu({}, {}, {})", sum, c_number(Selu::kScale), c_number(Selu::kScaledAlpha));
}

std::string c_activated(const std::string& sum, const Gelu&) {
  return fmt::format("gelu({})", sum);
}

std::string c_activated(const std::string& sum, const Silu&) {
  return fmt::format("silu({})", sum);
}

std::string c_activated(const std::string& sum, const Softplus&) {
  return fmt::format("softplus({})", sum);
}

// Of each loss that changes outputs a statement that does it to `x`.

std::string c_predicted(std::size_t outputs, const CrossEntropy&) {
  return fmt::format("  softmax({}, x);", outputs);
}

std::string c_predicted(std::size_t outputs, const BinaryCrossEntropy&) {
  return fmt::format("  for (int i = 0; i < {}; ++i) x[i] = float_sigmoid(x[i]);", outputs);
}

std::string c_predicted(std::size_t outputs, const Poisson&) {
  return fmt::format("  for (int i = 0; i < {}; ++i) x[i] = float_exp(x[i]);", outputs);
}

/// The normalization of layer k's sums `y`, where there is one.
void add_normalization(const ExportedModel& exported, std::size_t k, CCode& code) {
  const Layer& layer = exported.model.layers()[k];
  if (layer.normalization == Normalization::none) return;
  const double epsilon = exported.options.norm.epsilon;
  code.add_array(fmt::format("scale_{}", k), exported.values(layer.scale));
  if (layer.normalization == Normalization::layer)
    return code.add_line(fmt::format("  normalize_layer({}, scale_{}, {}, y);", c_number(epsilon), k, layer.outputs));
  const std::span<const float> variance = exported.values(layer.variance);
  const std::vector<float> inverse = inverse_deviations(std::vector<double>(variance.begin(), variance.end()), epsilon);
  code.add_array(fmt::format("mean_{}", k), exported.values(layer.mean));
  code.add_array<float>(fmt::format("inverse_deviation_{}", k), inverse);
  code.add_line(
      fmt::format("  normalize_units(mean_{}, inverse_deviation_{}, scale_{}, {}, y);", k, k, k, layer.outputs));
}

}  // namespace

void add_c_network(const ExportedModel& exported, CCode& code) {
  for (std::size_t k = 0; k < exported.model.layers().size(); ++k) {
    const Layer& layer = exported.model.layers()[k];
    code.add_array(fmt::format("weight_{}", k), exported.values(layer.weight));
    code.add_array(fmt::format("bias_{}", k), exported.values(layer.bias));
    code.add_line(fmt::format("  multiply(weight_{}, {}, {}, x, y);", k, layer.inputs, layer.outputs));
    add_normalization(exported, k, code);
    const std::string value = Activations::visit(layer.activation, [&](auto entry) {
      using Function = typename decltype(entry)::type;
      return c_activated(fmt::format("y[i] + bias_{}[i]", k), Function(exported.options.activations));
    });
    code.add_line(fmt::format("  for (int i = 0; i < {}; ++i) x[i] = {}{};", layer.outputs, value,
                              layer.residual ? " + x[i]" : ""));
  }
  Losses::visit(exported.loss, [&](auto entry) {
    using Loss = typename decltype(entry)::type;
    if constexpr (requires { &Loss::predict; })
      code.add_line(c_predicted(exported.model.outputs(), Loss(LossOptions())));
  });
}

}  // namespace lockstep
