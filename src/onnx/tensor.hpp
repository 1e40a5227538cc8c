// Constants of an ONNX graph.
#pragma once

#include <filesystem>
#include <vector>

namespace onnx {
class TensorProto;
}

namespace lockstep {

/// A matrix or less, in row order.
struct OnnxConstant {
  std::vector<std::size_t> shape;
  std::vector<float> values;
};

OnnxConstant transposed(const OnnxConstant& matrix);

/// The values of a float32 tensor of the model in the file `model`; no values of one of another type, such as a shape.
/// They may stand in a file beside it. Bad input where they are not there, not finite, or not as many as the shape
/// says.
OnnxConstant onnx_constant(const onnx::TensorProto& tensor, const std::filesystem::path& model);

}  // namespace lockstep
