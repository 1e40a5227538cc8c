// What a configuration says of metrics.
#pragma once

#include <cstdint>

namespace lockstep {

/// The section [metrics].
struct MetricsOptions {
  std::uint64_t every_steps = 10;       // between rows of `steps`; 0: none
  std::uint64_t ranks_every_steps = 0;  // between rows of `ranks` for the same rank; 0: an epoch
  bool tensorboard = false;             // whether rows go to files for TensorBoard, too

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& every_steps& ranks_every_steps& tensorboard;
  }
};

}  // namespace lockstep
