#include "nn/build_model.hpp"

#include <fmt/format.h>

#include "nn/activations/list.hpp"

namespace lockstep {

Model build_model(const ModelOptions& options, std::size_t inputs, std::size_t outputs, const Arithmetic& arithmetic) {
  std::vector<LayerOptions> layers = options.hidden;
  layers.push_back({.units = outputs, .activation = options.output_activation});
  return {inputs, layers, arithmetic, options.activations, options.norm, options.residual};
}

std::string describe_model(const Model& model) {
  std::string widths = std::to_string(model.inputs());
  std::string activations;
  for (const Layer& layer : model.layers()) {
    widths += fmt::format("-{}", layer.outputs);
    activations += fmt::format("{}{}", activations.empty() ? "" : ", ", Activations::name_of(layer.activation));
    if (layer.normalization == Normalization::batch) activations += " after batch normalization";
    if (layer.normalization == Normalization::layer) activations += " after layer normalization";
    if (layer.residual) activations += ", residual";
    if (layer.dropout > 0) activations += fmt::format(" with dropout {}", layer.dropout);
  }
  return fmt::format("{} ({})", widths, activations);
}

}  // namespace lockstep
