// The curves of the kinds of scale, in float64, as nodes of an ONNX graph.
#pragma once

#include <span>

#include "data/scales/list.hpp"
#include "onnx/graph.hpp"

namespace lockstep {

/// Scaling::scaled() of columns, (samples, columns) float64, each with its scale; one stands for all.
OnnxValue add_scaled(OnnxGraph& graph, const OnnxValue& raw, std::span<const ColumnScale> scales);

/// Scaling::raw(), likewise.
OnnxValue add_raw(OnnxGraph& graph, const OnnxValue& scaled, std::span<const ColumnScale> scales);

}  // namespace lockstep
