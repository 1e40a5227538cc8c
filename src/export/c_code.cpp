#include "export/c_code.hpp"

#include <fmt/format.h>

#include <cctype>
#include <cmath>

namespace lockstep {

extern const char* const kCParts;  // the text of export/c/parts.c

namespace {

template <class T>
std::string exact(T value, const char* suffix) {
  if (std::isnan(value)) return "NAN";
  if (std::isinf(value)) return value < 0 ? "-INFINITY" : "INFINITY";
  return fmt::format("{:a}{}", value, suffix);
}

template <class T, class ToText>
std::string array(std::string_view type, std::string_view name, std::span<const T> values, std::size_t columns,
                  const ToText& to_text) {
  std::string text = fmt::format("{} {}[{}] = {{", type, name, values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    text += i % columns == 0 ? "\n    " : " ";
    text += to_text(values[i]) + ",";
  }
  text.back() = '}';
  return text + ";\n";
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// True where the name stands in the text as a word of its own.
bool uses(std::string_view text, std::string_view name) {
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]))) return true;
  }
  return false;
}

/// What a part defines: the word before the first bracket, or =, of its line that begins with "static".
std::string_view defined_by(std::string_view part) {
  const std::string_view line = part.substr(part.find("static "));
  std::size_t end = line.find_first_of("([=");
  while (!is_word(line[end - 1])) --end;
  std::size_t begin = end;
  while (is_word(line[begin - 1])) --begin;
  return line.substr(begin, end - begin);
}

}  // namespace

std::string c_number(float value) {
  return exact(value, "F");
}

std::string c_number(double value) {
  return exact(value, "");
}

std::string c_string(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    const bool printable = c >= ' ' && c <= '~';
    if (!printable)
      result += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
    else if (c == '"' || c == '\\' || c == '?')  // of which two begin a trigraph
      result += {'\\', c};
    else
      result += c;
  }
  return result + '"';
}

std::string c_array(std::string_view name, std::span<const float> values) {
  return array("static const float", name, values, 6, [](float value) { return c_number(value); });
}

std::string c_array(std::string_view name, std::span<const double> values) {
  return array("static const double", name, values, 4, [](double value) { return c_number(value); });
}

std::string c_array(std::string_view name, std::span<const std::string> values) {
  return array("const char *const", name, values, 1, [](const std::string& value) { return c_string(value); });
}

std::string c_parts_for(std::string text) {
  std::string_view rest = kCParts;
  std::string parts;
  for (std::size_t gap = rest.rfind("\n\n"); gap != std::string_view::npos; gap = rest.rfind("\n\n")) {
    const std::string_view part = rest.substr(gap + 1);
    rest = rest.substr(0, gap + 1);
    if (!uses(text, defined_by(part))) continue;
    text += part;
    parts.insert(0, part);
  }
  return parts;
}

}  // namespace lockstep
