// From a configuration and a description of the data to the shape of the network.
#pragma once

#include <string>

#include "config/config.hpp"
#include "data/dataset.hpp"
#include "nn/model.hpp"

namespace lockstep {

/// The configured hidden layers between the data's features and its classes or targets, for resolved kernels.
Model build_model(const ModelOptions& options, std::size_t inputs, std::size_t outputs, Kernels kernels);

/// The network in words: "784-256-128-10 (relu, relu, identity)".
std::string describe_model(const Model& model);

}  // namespace lockstep
