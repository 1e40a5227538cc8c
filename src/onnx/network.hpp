// A multi-layer perceptron out of an ONNX file, as PyTorch and others write it.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

namespace lockstep {

/// Where activations of such files are looked at, to know them by what they do: they come in many spellings.
inline constexpr std::array kActivationPoints = {-9.0F, -4.0F, -2.5F, -1.0F, -0.5F, -0.1F,
                                                 0.1F,  0.5F,  1.0F,  2.5F,  4.0F,  9.0F};

/// outputs = activation(inputs weight + bias), shapes (batch, in) (in, out) (out) -> (batch, out).
struct OnnxLayer {
  std::size_t inputs = 0;
  std::size_t outputs = 0;
  std::vector<float> weight;  // in row order
  std::vector<float> bias;
  std::vector<std::string> operators;  // of the activation, by name; none: there is none
  std::vector<float> activated;        // the activation's value at each of kActivationPoints
};

struct OnnxNetwork {
  std::string source;             // the file, for messages
  std::string digest;             // of all weights and biases, in the order of layers
  std::vector<OnnxLayer> layers;  // at least one
};

/// True for a file that is meant for ONNX, by its name.
bool is_named_onnx(const std::filesystem::path& path);

/// Reads layers of Gemm, or MatMul and Add, with activations between them and perhaps Flatten before. Bad input, naming
/// the first operator that does not fit, where it is a network of another kind, and where it is no ONNX file or its
/// weights are neither in it nor in a file below its folder.
OnnxNetwork read_onnx_network(const std::filesystem::path& path);

}  // namespace lockstep
