#include "config/toml_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "config/text.hpp"

namespace lockstep {

namespace {

/// The place of the first of `characters` that is not in quotes, or the size.
std::size_t find_outside_quotes(std::string_view text, std::string_view characters) {
  char quote = '\0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == '"' && c == '\\')
      ++i;
    else if (quote != '\0')
      quote = c == quote ? '\0' : quote;
    else if (characters.find(c) != std::string_view::npos)
      return i;
    else if (c == '"' || c == '\'')
      quote = c;
  }
  return text.size();
}

/// True for a quote at the beginning that no other ends.
bool lacks_quote(std::string_view value) {
  if (!value.starts_with('"') && !value.starts_with('\'')) return false;
  std::string end(value);
  end += '\n';
  return find_outside_quotes(end, "\n") == end.size();
}

bool is_word_start(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '/' || c == '~' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// True for what begins like a number and goes on like a word: 3layers, 2024.csv. Not 10%, 1e400 or 1,000.
bool is_word(std::string_view value) {
  if (value.empty()) return false;
  if (is_word_start(value[0]) || value.starts_with("./") || value.starts_with("..")) return true;
  const bool begins_as_number = std::isdigit(static_cast<unsigned char>(value[0])) != 0;
  return begins_as_number && std::ranges::any_of(value, [](char c) {
           return is_word_start(c) && std::string_view("eExXoObB_").find(c) == std::string_view::npos;
         });
}

/// The words of a list in brackets, in quotes where they have none.
std::string quoted_list(std::string_view list) {
  std::string result = "[";
  std::string_view rest = list.substr(1, list.size() - 2);
  while (!trim(rest).empty()) {
    const std::size_t end = find_outside_quotes(rest, ",");
    const std::string_view item = trim(rest.substr(0, end));
    if (result.size() > 1) result += ", ";
    result += is_word(item) ? fmt::format("\"{}\"", item) : std::string(item);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return result + "]";
}

/// What is wrong with a value, or nothing where the parser knows better.
std::string explain_value(std::string_view key, std::string_view value) {
  constexpr std::array<std::string_view, 8> kCurly = {"\u201c", "\u201d", "\u2018", "\u2019",
                                                      "\u00ab", "\u00bb", "`",      "\u201e"};
  if (value.empty() || value.starts_with('#')) return fmt::format("a value is missing after {} =", key);
  for (const std::string_view quote : kCurly)
    if (value.starts_with(quote)) return "write straight quotes, \" or '";
  if (lacks_quote(value)) return "the closing quote is missing";
  const std::string word = lower(value);
  for (const auto& [yes, no] : {std::pair("true", "false"), std::pair("yes", "no"), std::pair("on", "off")}) {
    if (word == yes) return fmt::format("write {} = true", key);
    if (word == no) return fmt::format("write {} = false", key);
  }
  if (word == "none" || word == "null" || word == "nil") return fmt::format("leave {} out where there is none", key);
  if (value.starts_with('{') && find_outside_quotes(value, "}") == value.size())
    return "the closing } is missing: all between { and } stands on one line";
  if (value.starts_with('[') && value.ends_with(']') && quoted_list(value) != value)
    return fmt::format("put words in quotes: {} = {}", key, quoted_list(value));
  if (value.starts_with('{')) return "put words in quotes, as in { images = \"a\", labels = \"b\" }";
  if (value.starts_with('[') && find_outside_quotes(value, "]") == value.size()) return "the closing ] is missing";
  if (is_word(value)) return fmt::format("put words in quotes: {} = \"{}\"", key, value);
  if (value.starts_with('.') || value.starts_with("-.") || value.starts_with("+."))
    return "write a number with a digit before the point, such as 0.1";
  if (value.ends_with('.')) return "write a number with a digit after the point, such as 1.0";
  if (value.starts_with('=') || value.starts_with(':')) return fmt::format("write one = after {}", key);
  if (find_outside_quotes(value, ",") != value.size())
    return "write a list in brackets, such as [512, 256], and a number without commas";
  return {};
}

std::string explain_line(std::string_view line, std::string_view description) {
  const std::string_view all = trim(line);
  const std::string_view code = trim(all.substr(0, find_outside_quotes(all, "#")));
  if (description.find("invalid utf-8") != std::string_view::npos) return "this is no text in UTF-8";
  if (description.find("redefine") != std::string_view::npos)
    return code.starts_with('[') ? "this section is there twice; put its keys together" : "this key is there twice";
  if (code.starts_with('[') && find_outside_quotes(code, "=") == code.size()) {
    if (description.find("array") == std::string_view::npos) return "write a section as [train], alone on its line";
    return "a list above has no closing ]";
  }
  // What a list on the lines before lacks shows at the next one.
  if (description.find("expected comma or closing ']'") != std::string_view::npos &&
      code.find('[') == std::string_view::npos)
    return "a list above has no closing ], or a comma is missing";
  if (code.starts_with("//") || code.starts_with(';') || code.starts_with("--")) return "write a comment as # ...";
  const std::size_t equals = find_outside_quotes(code, "=");
  if (equals == code.size()) {
    const std::size_t colon = find_outside_quotes(code, ":");
    if (colon != code.size()) return fmt::format("write = in place of : , as in {} = ...", trim(code.substr(0, colon)));
    return "write KEY = VALUE, such as epochs = 10, or a section as [train]";
  }
  const std::string_view key = trim(code.substr(0, equals));
  if (key.empty()) return "a key is missing before =";
  if (key.find(' ') != std::string_view::npos && key.find_first_of("\"'") == std::string_view::npos)
    return "a key has no spaces; write KEY = VALUE, such as global_batch = 128";
  return explain_value(key, trim(code.substr(equals + 1)));
}

}  // namespace

std::string explain_toml_error(std::string_view text, std::size_t line, std::string_view description) {
  for (std::size_t number = 1; number < line; ++number) text.remove_prefix(std::min(text.find('\n') + 1, text.size()));
  const std::string_view shown = trim(text.substr(0, text.find('\n')));
  std::string explanation = explain_line(shown, description);
  if (explanation.empty()) explanation = description;
  if (description.find("utf-8") != std::string_view::npos) return explanation;
  constexpr std::size_t kMost = 120;
  return fmt::format("{}: {}{}", explanation, shown.substr(0, kMost), shown.size() > kMost ? "..." : "");
}

}  // namespace lockstep
