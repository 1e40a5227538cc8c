// A network as nodes of an ONNX graph.
#pragma once

#include "export/exported_model.hpp"
#include "onnx/graph.hpp"

namespace lockstep {

/// The outputs of the last layer, (samples, outputs), of inputs (samples, inputs). Both are float32.
OnnxValue add_network(OnnxGraph& graph, const ExportedModel& exported, const OnnxValue& inputs);

/// What the loss makes of them, as to_predictions().
OnnxValue add_predictions(OnnxGraph& graph, LossName loss, const OnnxValue& outputs);

}  // namespace lockstep
