// The activations that there are: a file each in this folder, and a line here.
//
// An entry has
//   kName                    its name in a configuration
//   kIsCostly                whether its loop pays only in whole vectors
//   Entry(options)           which takes what it needs of ActivationOptions
//   operator()(x)            the function, a fixed sequence of IEEE operations (tensor/elementary.hpp)
//   derivative_at_output(y)  its derivative, where y = f(x) alone says it, or else
//   derivative_at_input(x)   for which the layer keeps its sums in training
#pragma once

#include "base/table.hpp"
#include "nn/activations/elu.hpp"
#include "nn/activations/gelu.hpp"
#include "nn/activations/identity.hpp"
#include "nn/activations/leaky_relu.hpp"
#include "nn/activations/relu.hpp"
#include "nn/activations/selu.hpp"
#include "nn/activations/sigmoid.hpp"
#include "nn/activations/silu.hpp"
#include "nn/activations/softplus.hpp"
#include "nn/activations/tanh.hpp"

namespace lockstep {

using Activations = Table<Activation,  //
                          Identity,    //
                          Sigmoid,     //
                          Tanh,        //
                          Relu,        //
                          LeakyRelu,   //
                          Elu,         //
                          Selu,        //
                          Gelu,        //
                          Silu,        //
                          Softplus>;

/// What stands for an entry: kActivation<Relu>.
template <class Entry>
inline constexpr Activation kActivation = Activations::kValueOf<Entry>;

}  // namespace lockstep
