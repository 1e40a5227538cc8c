// From the columns of a file to a network's inputs, as nodes of an ONNX graph.
#pragma once

#include "export/exported_model.hpp"
#include "onnx/graph.hpp"

namespace lockstep {

/// The graph's inputs `features` and `words`, and what prepare() makes of them: gaps filled, numbers scaled, an input
/// for each word and for each indicator of gaps, in the network's order. OnnxShape (samples, inputs), float32.
OnnxValue add_inputs(OnnxGraph& graph, const ExportedModel& exported);

}  // namespace lockstep
