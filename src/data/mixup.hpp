// Mixtures of samples: Zhang, Cisse, Dauphin and Lopez-Paz, "mixup: beyond empirical risk minimization", 2018.
#pragma once

#include <cstdint>

namespace lockstep {

/// The largest alpha, above which float32 has too few digits to draw a share; all shares are near a half there.
inline constexpr double kMostMixup = 100;

/// The part of itself that each sample of a step keeps, in [0, 1]: from the distribution Beta(alpha, alpha), alpha
/// above 0, a pure function of seed and step.
float mixup_share(double alpha, std::uint64_t seed, std::uint64_t step);

}  // namespace lockstep
