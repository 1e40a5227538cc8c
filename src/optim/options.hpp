// What a configuration says of the optimizer and of the learning rate.
#pragma once

#include <cstdint>
#include <initializer_list>

namespace lockstep {

/// Of the options that there are, those that one entry of a list uses. Option is an enum that counts from 0.
template <class Option>
class OptionSet {
 public:
  constexpr OptionSet(std::initializer_list<Option> options = {}) {
    for (const Option option : options) bits_ |= bit(option);
  }
  [[nodiscard]] constexpr bool has(Option option) const { return (bits_ & bit(option)) != 0; }

 private:
  static constexpr std::uint32_t bit(Option option) { return std::uint32_t{1} << static_cast<std::uint32_t>(option); }

  std::uint32_t bits_ = 0;
};

/// An optimizer by its place in the list of optim/list.hpp.
enum class OptimizerName : std::uint8_t {};

/// The section [optimizer]. An optimizer's own defaults stand beside it; those here are SGD's.
struct OptimizerOptions {
  OptimizerName name = {};
  double learning_rate = 0.1;
  double momentum = 0;
  bool nesterov = false;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double rho = 0.99;
  double epsilon = 1e-8;
  double trust_coefficient = 0.001;
  double weight_decay = 0;
  double l1_penalty = 0;
  bool decay_biases = true;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& name& learning_rate& momentum& nesterov& beta1& beta2& rho& epsilon& trust_coefficient& weight_decay;
    archive& l1_penalty& decay_biases;
  }
};

/// A schedule by its place in the list of optim/schedules.hpp.
enum class ScheduleName : std::uint8_t {};

/// The section [schedule]: how the learning rate changes over the steps.
struct ScheduleOptions {
  ScheduleName name = {};
  std::uint64_t warmup_steps = 0;   // in which the rate rises from 0
  std::uint64_t every_epochs = 10;  // after so many epochs the rate falls or begins anew
  double gamma = 0.1;               // the factor by which it falls
  double final_fraction = 0;        // the part of the rate that is left at the end
  std::uint64_t power = 2;          // of the polynomial
  std::uint64_t period_factor = 1;  // by which every period is longer than the one before
  double start_fraction = 0.04;     // the part of the rate at the begin of a cycle ...
  double peak = 0.3;                // ... and the part of the steps after which it has all of it

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& name& warmup_steps& every_epochs& gamma& final_fraction& power& period_factor& start_fraction& peak;
  }
};

}  // namespace lockstep
