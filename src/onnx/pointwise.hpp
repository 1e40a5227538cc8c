// Operators of ONNX that work on each number by itself, of which activations are made.
#pragma once

#include <optional>
#include <span>

namespace onnx {
class NodeProto;
}

namespace lockstep {

/// A number of a node's attributes, or `otherwise` where it has none of that name.
float attribute(const onnx::NodeProto& node, const char* name, float otherwise);

/// What a node makes of one number of each input, true and false being 1 and 0; nothing for an operator that no
/// activation of ours is spelt with.
std::optional<float> pointwise(const onnx::NodeProto& node, std::span<const float> inputs);

}  // namespace lockstep
