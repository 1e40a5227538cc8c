// The curves of the kinds of scale, in float64, as nodes of an ONNX graph.
#pragma once

#include <span>

#include "data/scales/list.hpp"
#include "onnx/graph.hpp"

namespace lockstep {

/// Scaling::scaled() of columns, (samples, columns) float64, each with its scale; one stands for all.
OnnxGraph::Value add_scaled(OnnxGraph& graph, const OnnxGraph::Value& raw, std::span<const ColumnScale> scales);

/// Scaling::raw(), likewise.
OnnxGraph::Value add_raw(OnnxGraph& graph, const OnnxGraph::Value& scaled, std::span<const ColumnScale> scales);

}  // namespace lockstep
