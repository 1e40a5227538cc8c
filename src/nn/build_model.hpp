// From a configuration to the shape of the network.
#pragma once

#include <string>

#include "nn/model.hpp"
#include "nn/options.hpp"

namespace lockstep {

/// The configured hidden layers between the data's features and its classes or targets, for resolved kernels.
Model build_model(const ModelOptions& options, std::size_t inputs, std::size_t outputs, const Arithmetic& arithmetic);

/// The network in words: "784-256-128-10 (relu, relu, identity)".
std::string describe_model(const Model& model);

}  // namespace lockstep
