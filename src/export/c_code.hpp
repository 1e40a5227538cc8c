// Pieces of C text.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// A number with all its bits, in hexadecimal.
std::string c_number(float value);
std::string c_number(double value);

/// The text in quotes, of printable ASCII.
std::string c_string(std::string_view text);

/// "static const float NAME[N] = {...};" and a line end. There is at least one value.
std::string c_array(std::string_view name, std::span<const float> values);
std::string c_array(std::string_view name, std::span<const double> values);
/// "const char *const NAME[N] = {...};", the same of texts.
std::string c_array(std::string_view name, std::span<const std::string> values);

/// What a function has: the constants that it takes, and its statements, a line each.
struct CCode {
  std::string constants;
  std::string statements;

  void add_line(std::string_view line) { (statements += line) += '\n'; }
  template <class T>
  void add_array(std::string_view name, std::span<const T> values) {
    constants += c_array(name, values);
  }
};

/// Those of export/c/parts.c that this text of C uses, and those that they use, in order.
std::string c_parts_for(std::string text);

}  // namespace lockstep
