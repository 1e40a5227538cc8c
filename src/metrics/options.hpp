// What a configuration says of metrics.
#pragma once

#include <cstdint>

namespace lockstep {

/// The section [metrics].
struct MetricsOptions {
  std::uint64_t every_steps = 10;  // between rows of `steps`; 0: none

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& every_steps;
  }
};

}  // namespace lockstep
