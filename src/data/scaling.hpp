// The scale on which a network sees its inputs and a regression its targets.
#pragma once

#include <vector>

#include "data/dataset.hpp"

namespace lockstep {

/// scaled = (raw - shift) * scale. Both have one value for all columns, or one a column.
struct Scaling {
  std::vector<float> shift = {0.0F};
  std::vector<float> scale = {1.0F};

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& shift& scale;
  }
};

/// Of features: bytes to [0, 1] and floats as they are or, when `standardize` is set, to mean 0 and deviation 1 over
/// the training samples: a table's columns each by itself, the pixels of images all together. A constant column becomes
/// 0.
Scaling feature_scaling(const Dataset& train, bool standardize);

/// Of targets: as they are, or to mean 0 and deviation 1 over the training samples, each target by itself.
Scaling target_scaling(const Dataset& train, bool standardize);

}  // namespace lockstep
