// A field of a table of texts.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>

#include "data/number.hpp"

namespace lockstep {

/// Its text, without quotes and without blanks around it, and the number that it is, as parse_field() reads it; NaN
/// where it is none.
struct Field {
  std::string_view text;
  double number = std::numeric_limits<double>::quiet_NaN();
};

inline Field field_of(std::string_view text, Decimal decimal = Decimal::point) {
  return {text, parse_field(text, decimal).value_or(std::numeric_limits<double>::quiet_NaN())};
}

/// Reads the number that begins at `at`, of the forms 12, -1.5 and 2.5e-3, into `number`. Returns where it ends; null
/// where it is none, or has more digits than can be had exactly by one rounding, as Clinger's fast path has it ("How to
/// read floating point numbers accurately", 1990): a whole number below 2^53, times or divided by a power of ten that
/// float64 holds. What ends a number must stand in memory.
inline const char* scan_number(const char* at, char point, double& number) {
  static constexpr std::array<double, 23> kPowers = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                     1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                     1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  constexpr std::uint64_t kExact = std::uint64_t{1} << 53U;
  constexpr std::ptrdiff_t kMostDigits = 19;  // that 64 bits hold
  constexpr int kMostPower = 22;
  const auto digit_of = [](char c) { return static_cast<unsigned>(static_cast<unsigned char>(c)) - '0'; };
  const bool negative = *at == '-';
  if (negative) ++at;
  std::uint64_t digits = 0;
  const auto take_digits = [&] {
    const char* const begin = at;
    for (unsigned digit = digit_of(*at); digit < 10; digit = digit_of(*++at)) digits = 10 * digits + digit;
    return at - begin;
  };
  std::ptrdiff_t count = take_digits();
  int power = 0;
  if (*at == point) {
    ++at;
    const std::ptrdiff_t places = take_digits();
    count += places;
    power = -static_cast<int>(places);
  }
  if (count == 0 || count > kMostDigits || digits > kExact) return nullptr;
  if (*at == 'e' || *at == 'E') {
    ++at;
    const bool minus = *at == '-';
    if (minus || *at == '+') ++at;
    const unsigned first = digit_of(*at);
    if (first > 9) return nullptr;
    int exponent = static_cast<int>(first);
    if (const unsigned second = digit_of(*++at); second < 10) {
      exponent = 10 * exponent + static_cast<int>(second);
      ++at;
    }
    power += minus ? -exponent : exponent;
  }
  if (power < -kMostPower || power > kMostPower) return nullptr;
  const auto whole = static_cast<double>(digits);
  const double size =
      power < 0 ? whole / kPowers[static_cast<std::size_t>(-power)] : whole * kPowers[static_cast<std::size_t>(power)];
  number = negative ? -size : size;
  return at;
}

}  // namespace lockstep
