// What a configuration says of the optimizer and of the learning rate.
#pragma once

#include <cstdint>

namespace lockstep {

/// The section [optimizer]: stochastic gradient descent.
struct SgdOptions {
  double learning_rate = 0.1;
  double momentum = 0;
  bool nesterov = false;
  double weight_decay = 0;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& learning_rate& momentum& nesterov& weight_decay;
  }
};

enum class ScheduleName { constant, step, cosine };

/// The section [schedule]: how the learning rate changes over the steps.
struct ScheduleOptions {
  ScheduleName name = ScheduleName::constant;
  std::uint64_t warmup_steps = 0;   // in which the rate rises from 0
  std::uint64_t every_epochs = 10;  // step: after so many epochs ...
  double gamma = 0.1;               // ... the rate is multiplied by this
  double final_fraction = 0;        // cosine: the part of the rate that is left at the end

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& name& warmup_steps& every_epochs& gamma& final_fraction;
  }
};

}  // namespace lockstep
