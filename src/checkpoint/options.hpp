// What a configuration says of checkpoints.
#pragma once

#include <cstdint>

namespace lockstep {

/// The section [checkpoint]. The end of a run is always written.
struct CheckpointOptions {
  std::uint64_t every_epochs = 1;  // 0: not at the ends of epochs
  std::uint64_t every_steps = 0;   // 0: not within epochs
  std::uint64_t keep = 2;          // the newest ones, beside best.h5; 0: all

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& every_epochs& every_steps& keep;
  }
};

}  // namespace lockstep
