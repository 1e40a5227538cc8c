// How a processor without an instruction for pairs of bfloat16 numbers treats subnormal numbers as it does.
#pragma once

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace lockstep {

/// While there is one, operations of this thread take and give 0 in the place of numbers that are smaller than normal
/// ones once they are rounded. Other processors than those of x86-64 look at them before.
class FlushToZero {
 public:
#ifdef __x86_64__
  static constexpr bool kWorks = true;

  FlushToZero() : before_(_mm_getcsr()) {
    _mm_setcsr(before_ | _MM_FLUSH_ZERO_ON | _MM_DENORMALS_ZERO_ON);
  }
  ~FlushToZero() {
    _mm_setcsr(before_);
  }

 private:
  unsigned before_;
#else
  static constexpr bool kWorks = false;

  FlushToZero() = default;
  ~FlushToZero() = default;
#endif

 public:
  FlushToZero(const FlushToZero&) = delete;
  FlushToZero& operator=(const FlushToZero&) = delete;
};

}  // namespace lockstep
