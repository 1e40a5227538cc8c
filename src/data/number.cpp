#include "data/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace lockstep {

std::optional<double> parse_number(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double value = 0;
  const auto [stop, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (stop != text.data() + text.size() || status == std::errc::invalid_argument) return std::nullopt;
  // The standard library does not say whether the number is too large or too small.
  if (status == std::errc::result_out_of_range) value = std::strtod(std::string(text).c_str(), nullptr);
  if (!std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<double> parse_field(std::string_view text, Decimal decimal) {
  constexpr std::string_view kBeginnings = "0123456789+-.,tTfF";
  if (text.empty() || kBeginnings.find(text.front()) == std::string_view::npos) return std::nullopt;
  if (decimal == Decimal::comma) {
    if (text.find('.') != std::string_view::npos) return std::nullopt;
    if (const std::size_t comma = text.find(','); comma != std::string_view::npos) {
      std::string with_point(text);
      with_point[comma] = '.';
      return parse_field(with_point);
    }
  }
  if (const std::optional<double> value = parse_number(text)) return value;
  if (text == "True" || text == "true" || text == "TRUE") return 1;
  if (text == "False" || text == "false" || text == "FALSE") return 0;
  const std::size_t exponent = text.find_first_of("dD");
  if (exponent == std::string_view::npos || text.find_first_not_of("0123456789+-.dD") != std::string_view::npos)
    return std::nullopt;
  std::string in_c(text);
  in_c[exponent] = 'e';
  return parse_number(in_c);
}

std::optional<std::string> why_spoiled(std::string_view text) {
  constexpr std::string_view digits = "0123456789";
  const auto only = [text](std::string_view letters) {
    return text.find_first_not_of(letters) == std::string_view::npos;
  };
  const auto has = [text](std::string_view part) { return text.find(part) != std::string_view::npos; };

  if (only("*"))
    return "is what Fortran writes for a number wider than its field; write it "
           "with a wider format";
  if (has("\u2212") || has("\u2013"))
    return "has a minus sign or dash of typography (U+2212, U+2013); write the "
           "hyphen of the keyboard";
  if (has("\u00A0") || has("\u202F") || has("\u2009") || has("\uFEFF"))
    return "has a no-break space or another that cannot be seen (U+00A0, "
           "U+202F, U+2009, U+FEFF); remove it";
  if (only("0123456789+-.,eE") && (has(",") || parse_number(text)) &&
      text.find_first_of(digits) != std::string_view::npos)
    return "has a comma or a point out of place; write numbers without marks between thousands, and with the decimal "
           "mark that data.decimal names";
  const std::size_t sign = text.find_last_of("+-");
  if (only("0123456789+-.") && sign != std::string_view::npos && sign > 0 && sign + 4 == text.size() &&
      parse_number(text.substr(0, sign)))
    return fmt::format(
        "lacks the E before its exponent, as Fortran writes it; "
        "write {}E{} (format ES24.15E3)",
        text.substr(0, sign), text.substr(sign));
  if (only("0123456789+-.eE") && text.find_first_of(digits) != std::string_view::npos && has("e") + has("E") == 1)
    return "is not a finite number: beyond the range of float64, 1.8e308, or "
           "not in order; clean the data first";
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const std::string_view word =
      std::string_view(lower).substr(lower.starts_with('-') || lower.starts_with('+') ? 1 : 0);
  if (word == "inf" || word == "infinity") return "is not a finite number; clean the data first";
  return std::nullopt;
}

std::string why_no_number(std::string_view text) {
  if (is_missing(text))
    return "is a missing value; give data.missing, such as \"median\" or \"drop\", fill it in, or leave these lines or "
           "the "
           "column out";
  return why_spoiled(text).value_or(
      "is not a finite number; correct it, or leave the column out, or, where it holds words, name it in "
      "data.categorical");
}

std::string canonical_number(double value) {
  constexpr double whole = 1e15;  // below, digits are clearer than an exponent
  if (std::abs(value) < whole && std::trunc(value) == value) return fmt::format("{}", static_cast<long long>(value));
  return fmt::format("{}", value);
}

bool is_missing(std::string_view text) {
  // Those of pandas, and the marks of other programs. Not "none", "Na" and "-", which may well be classes.
  static constexpr std::array<std::string_view, 25> kWords = {
      "",         "NA",     "N/A",    "n/a",     "NaN",     "nan",      "NAN", "-nan", "-NaN",
      "null",     "NULL",   "Null",   "None",    "<NA>",    "#N/A",     "#NA", "?",    ".",
      "#N/A N/A", "#NULL!", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN", "NaT"};
  return std::find(kWords.begin(), kWords.end(), text) != kWords.end();
}

}  // namespace lockstep
