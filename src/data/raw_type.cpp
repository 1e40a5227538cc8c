#include "data/raw_type.hpp"

#include <bit>
#include <chrono>
#include <cmath>
#include <limits>
#include <utility>

#include "data/utf8.hpp"

namespace lockstep {

namespace {

/// The number of IEEE's half precision with these bits.
double half_to_double(std::uint16_t bits) {
  constexpr int kFractionBits = 10;
  const int exponent = bits >> kFractionBits & 0x1F;
  const int fraction = bits & 0x3FF;
  double size = 0;
  if (exponent == 0x1F)
    size = fraction == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  else if (exponent == 0)
    size = std::ldexp(fraction, -24);
  else
    size = std::ldexp(fraction + 0x400, exponent - 25);
  return (bits & 0x8000U) != 0 ? -size : size;
}

/// The days from 1970 to the first of a month, counted from its January on.
std::int64_t days_before(std::int64_t month) {
  constexpr std::int64_t kMonths = 12;
  constexpr int kFirstYear = 1970;
  const std::int64_t of_year = (month % kMonths + kMonths) % kMonths;
  const std::chrono::year year(kFirstYear + static_cast<int>((month - of_year) / kMonths));
  const std::chrono::month in_year(static_cast<unsigned>(of_year) + 1);
  return std::chrono::sys_days(year / in_year / 1).time_since_epoch().count();
}

}  // namespace

ArrayKind kind_of(const RawType& type) {
  switch (type.kind) {
    case RawType::Kind::boolean:
      return ArrayKind::boolean;
    case RawType::Kind::real:
    case RawType::Kind::time:
      return ArrayKind::real;
    case RawType::Kind::bytes:
    case RawType::Kind::utf32:
      return ArrayKind::text;
    case RawType::Kind::other:
      return ArrayKind::other;
    default:
      return ArrayKind::integer;
  }
}

double relative_step_of(const RawType& type) {
  if (type.kind == RawType::Kind::time) return std::numeric_limits<double>::epsilon();
  if (type.kind != RawType::Kind::real) return 0;
  const int fraction_bits = type.size == 2 ? 10 : type.size == 4 ? 23 : 52;
  return std::ldexp(1.0, -fraction_bits);
}

std::uint64_t bits_of(const std::byte* value, const RawType& type) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < type.size; ++i)
    bits = bits << 8U | std::to_integer<std::uint64_t>(value[type.big_endian ? i : type.size - 1 - i]);
  return bits;
}

std::int64_t signed_of(std::uint64_t bits, std::size_t size) {
  const std::size_t unused = 64 - 8 * size;
  return static_cast<std::int64_t>(bits << unused) >> unused;
}

double real_of(std::uint64_t bits, std::size_t size) {
  if (size == 2) return half_to_double(static_cast<std::uint16_t>(bits));
  if (size == 4) return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
  return std::bit_cast<double>(bits);
}

std::optional<double> seconds_of(std::uint64_t bits, const TimeUnit& unit) {
  constexpr std::int64_t kDay = 86400;
  constexpr std::int64_t kMostMonths = 360'000;  // as far as the calendar goes
  const auto number = static_cast<std::int64_t>(bits);
  if (number == std::numeric_limits<std::int64_t>::min()) return std::numeric_limits<double>::quiet_NaN();
  std::int64_t count = 0;
  bool fits = !__builtin_mul_overflow(number, unit.months == 0 ? unit.seconds : unit.months, &count);
  if (unit.months != 0) {
    fits = fits && std::abs(count) <= kMostMonths;
    count = fits ? kDay * days_before(count) : 0;
  }
  if (!fits) return std::nullopt;
  const std::int64_t whole = count / unit.parts;
  return static_cast<double>(whole) + static_cast<double>(count % unit.parts) / static_cast<double>(unit.parts);
}

std::string text_of(const std::byte* value, const RawType& type) {
  if (type.kind == RawType::Kind::bytes) {
    std::string text(reinterpret_cast<const char*>(value), type.size);
    return text.erase(text.find_last_not_of('\0') + 1);
  }
  std::string text;
  std::size_t zeros = 0;
  const RawType character{RawType::Kind::unsigned_integer, 4, type.big_endian};
  for (std::size_t i = 0; i < type.size; i += character.size) {
    const auto point = static_cast<char32_t>(bits_of(value + i, character));
    if (point == 0) {
      ++zeros;
      continue;
    }
    text.append(std::exchange(zeros, 0), '\0');
    append_utf8(text, point);
  }
  return text;
}

}  // namespace lockstep
