// Weights of samples and of classes. What weighs nothing is left out before anything else looks at it.
#pragma once

#include <vector>

#include "data/dataset.hpp"
#include "data/options.hpp"

namespace lockstep {

/// Leaves samples of weight 0 out of what was read from a file, as if they were not in it. Bad input, naming the
/// sample, where a weight is negative; also where all are 0, or their sum is beyond float64.
void settle_weights(Dataset& data);

/// What training samples weigh: what the file says, times the weights of their classes, times a power of two.
struct TrainingWeights {
  std::vector<double> of_classes;  // empty: all 1
  int exponent = 0;

  /// Of samples whose weights are those of the file, all above 0.
  void apply(Dataset& train) const;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& of_classes& exponent;
  }
};

/// Gives the training samples of a classification the weights of their classes, times their own where they have any,
/// and leaves those out that then have weight 0. "Balanced" weights are those of scikit-learn: the sum of all weights /
/// (classes that occur * the sum of the class's weights). All weights are scaled by the power of two that brings the
/// largest into [1, 2): no mean changes by it, and float32 holds them.
///
/// Bad input where a weight is given to a class that there is not, nothing has a weight above 0, or one is so much
/// smaller than the largest that float32 does not hold both.
TrainingWeights weigh_for_training(Dataset& train, const ClassWeights& classes);

}  // namespace lockstep
