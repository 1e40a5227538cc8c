// Numbers that are not finite: where training has gone wrong.
#pragma once

#include <bit>
#include <cstdint>
#include <span>

namespace lockstep {

/// True when no value is infinite or not a number. Looks at the exponents alone, which compilers turn into vector code.
inline bool all_finite(std::span<const float> values) {
  constexpr std::uint32_t kExponent = 0x7f800000;
  std::uint32_t found = 0;
  for (const float value : values) found |= (std::bit_cast<std::uint32_t>(value) & kExponent) == kExponent ? 1U : 0U;
  return found == 0;
}

}  // namespace lockstep
