#include "config/given_value.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "config/text.hpp"

namespace lockstep {

namespace {

bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

bool in_quotes(std::string_view value) {
  return value.starts_with('"') || value.starts_with('\'');
}

std::string toml_text(std::string_view value) {
  return in_quotes(value) ? std::string(value) : quoted_toml(value);
}

/// A number, also one that TOML would not take as it stands: ".5", "5.", "-.5e3", "007".
std::string number_of(std::string_view value) {
  const bool has_digits = std::ranges::any_of(value, is_digit);
  const bool is_line = value.find('\n') == std::string_view::npos;
  std::string number(value);
  const std::size_t begin = number.find_first_not_of("+-") == 1 ? 1 : 0;
  const std::string sign = number.substr(0, begin) == "-" ? "-" : "";
  number.erase(0, begin);
  const std::size_t point = number.find('.');
  if (point != std::string::npos && !is_digit(number[point + 1])) number.insert(point + 1, 1, '0');
  if (point == 0) number.insert(0, 1, '0');
  while (number.size() > 1 && number[0] == '0' && is_digit(number[1])) number.erase(0, 1);
  const bool is_number = number == "nan" || number == "inf" || (has_digits && is_line && is_digit(number[0]));
  return is_number ? sign + number : toml_text(value);
}

/// The items of a list: parts between commas that are not in quotes.
std::vector<std::string_view> items_of(std::string_view value) {
  std::vector<std::string_view> items;
  while (!value.empty()) {
    const std::size_t closing = in_quotes(value) ? value.find(value.front(), 1) : 0;
    const std::size_t end = std::min(value.find(',', closing == std::string_view::npos ? 0 : closing), value.size());
    items.push_back(trim(value.substr(0, end)));
    value = trim(value.substr(std::min(end + 1, value.size())));
  }
  return items;
}

/// A list, with or without brackets.
template <class ToToml>
std::string list_of(std::string_view value, ToToml&& to_toml) {
  if (value.starts_with('[')) {
    if (!value.ends_with(']')) return std::string(value);  // no TOML, which is then said
    value = trim(value.substr(1, value.size() - 2));
  }
  std::vector<std::string> items;
  for (const std::string_view item : items_of(value)) items.push_back(to_toml(item));
  return fmt::format("[{}]", fmt::join(items, ", "));
}

}  // namespace

std::string quoted_toml(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      result += {'\\', c};
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      result += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      result += c;
  }
  return result + '"';
}

std::string toml_of_names(const ArrayNames& names) {
  std::vector<std::string> items;
  for (const auto& [role, name] : kArrayRoles)
    if (!(names.*name).empty()) items.push_back(fmt::format("{} = {}", role, quoted_toml(names.*name)));
  return fmt::format("{{ {} }}", fmt::join(items, ", "));
}

std::optional<Kind> kind_of(std::string_view key) {
  for (const KeyInfo& info : config_keys()) {
    if (info.name == key) return info.kind;
    if (info.kind == Kind::weights && key.starts_with(info.name + '.')) return Kind::real;
    if (info.kind == Kind::file && key.starts_with(info.name + '.')) return Kind::text;
  }
  return std::nullopt;
}

std::string toml_of_given(std::string_view value, std::optional<Kind> kind) {
  value = trim(value);
  if (value.starts_with('{')) return std::string(value);
  switch (kind.value_or(Kind::text)) {
    case Kind::texts:
      return list_of(value, toml_text);
    case Kind::wholes:  // one number is none, here as in a file
      return value.find_first_of("[,") == std::string_view::npos ? number_of(value) : list_of(value, number_of);
    case Kind::whole:
    case Kind::real:
    case Kind::whole_or_word:
      return number_of(value);
    case Kind::file:
      return value.starts_with('[') && value.ends_with(']') ? list_of(value, toml_text) : toml_text(value);
    case Kind::flag: {
      const std::string word = lower(value);
      return word == "true" || word == "false" ? word : toml_text(value);
    }
    case Kind::layers:
      return value.starts_with('[') ? std::string(value) : toml_text(value);
    default:
      return toml_text(value);
  }
}

}  // namespace lockstep
