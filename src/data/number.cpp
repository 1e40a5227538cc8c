#include "data/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace lockstep {

std::optional<double> parse_number(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, status] = std::from_chars(text.data(), end, value);
  if (stop != end || status == std::errc::invalid_argument) return std::nullopt;
  // The standard library does not say whether the number is too large or too small.
  if (status == std::errc::result_out_of_range) value = std::strtod(std::string(text).c_str(), nullptr);
  if (!std::isfinite(value)) return std::nullopt;
  return value;
}

std::string canonical_number(double value) {
  constexpr double whole = 1e15;  // below, digits are clearer than an exponent
  if (std::abs(value) < whole && std::trunc(value) == value) return fmt::format("{}", static_cast<long long>(value));
  return fmt::format("{}", value);
}

bool is_missing(std::string_view text) {
  // Those of pandas, and the marks of other programs. Not "none", "Na" and "-", which may well be classes.
  static constexpr std::array<std::string_view, 25> words = {
      "",         "NA",     "N/A",    "n/a",     "NaN",     "nan",      "NAN", "-nan", "-NaN",
      "null",     "NULL",   "Null",   "None",    "<NA>",    "#N/A",     "#NA", "?",    ".",
      "#N/A N/A", "#NULL!", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN", "NaT"};
  return std::find(words.begin(), words.end(), text) != words.end();
}

}  // namespace lockstep
