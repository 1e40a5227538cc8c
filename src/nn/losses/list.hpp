// The losses that there are: a file each in this folder, and a line here.
//
// An entry has
//   kName                          its name in a configuration
//   Entry(options)                 which takes what it needs of LossOptions
//   operator()(outputs, label, g)  the loss of a row of outputs whose class is `label`, and in g its gradient, or else
//   operator()(output, target)     the loss of one output and its derivative; a row's is the mean over its outputs
//   kTargets                       the range of such targets
//   kIsCostly                      whether it pays only in whole vectors
//   predict(outputs)               which turns a row of outputs into predictions, where these are not the same
#pragma once

#include "base/table.hpp"
#include "nn/losses/binary_cross_entropy.hpp"
#include "nn/losses/cross_entropy.hpp"
#include "nn/losses/huber.hpp"
#include "nn/losses/mae.hpp"
#include "nn/losses/mse.hpp"
#include "nn/losses/poisson.hpp"
#include "nn/losses/quantile.hpp"

namespace lockstep {

using Losses = Table<LossName,            //
                     CrossEntropy,        //
                     BinaryCrossEntropy,  //
                     Mse,                 //
                     Mae,                 //
                     Huber,               //
                     Quantile,            //
                     Poisson>;

/// What stands for an entry: kLoss<Mse>.
template <class Entry>
inline constexpr LossName kLoss = Losses::kValueOf<Entry>;

}  // namespace lockstep
