// What a configuration says of the loss.
#pragma once

#include <cstdint>
#include <limits>

namespace lockstep {

/// One of the losses of nn/losses/list.hpp, by its place there.
enum class LossName : std::uint8_t {};

/// Which loss it is, and the numbers that some have.
struct LossOptions {
  LossName name{};             // the first of the list: cross-entropy
  double label_smoothing = 0;  // of cross-entropy: the part of a target that is spread over all classes
  double huber_delta = 1;      // above 0; the size of a difference from which on Huber's loss is linear
  double quantile = 0.5;       // above 0 and below 1

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& name& label_smoothing& huber_delta& quantile;
  }
};

/// The numbers that a loss takes for targets.
struct TargetRange {
  double least;
  double most;
};

inline constexpr double kUnbounded = std::numeric_limits<double>::infinity();
inline constexpr TargetRange kAnyTargets{-kUnbounded, kUnbounded};

/// The loss of one output against one target, and its derivative by the output.
struct OutputLoss {
  double loss;
  float derivative;
};

}  // namespace lockstep
