// How a value lies in a file of arrays, as in IDX and NumPy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/array_kind.hpp"

namespace lockstep {

/// What a number of a point in time counts, from 1970 on: so many months, or so many seconds divided by `parts`.
struct TimeUnit {
  std::int64_t months = 0;
  std::int64_t seconds = 1;
  std::int64_t parts = 1;
};

struct RawType {
  enum class Kind { boolean, unsigned_integer, signed_integer, real, time, bytes, utf32, other };

  Kind kind = Kind::unsigned_integer;
  std::size_t size = 1;  // bytes
  bool big_endian = false;
  TimeUnit unit = {};  // of points in time
};

ArrayKind kind_of(const RawType& type);

/// From one number of the type to the next, relative to it, at most; 0 for integers.
double relative_step_of(const RawType& type);

/// The bits of a value, the last of which is the lowest.
std::uint64_t bits_of(const std::byte* value, const RawType& type);

/// The numbers that these bits are.
std::int64_t signed_of(std::uint64_t bits, std::size_t size);
double real_of(std::uint64_t bits, std::size_t size);

/// The seconds since the beginning of 1970, UTC; NaN for no time; nothing where it is too far away.
std::optional<double> seconds_of(std::uint64_t bits, const TimeUnit& unit);

/// The text of NumPy's U, code points in four bytes each, or S, filled up with zeros.
std::string text_of(const std::byte* value, const RawType& type);

}  // namespace lockstep
