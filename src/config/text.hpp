// Small things to do with text.
#pragma once

#include <string>
#include <string_view>

namespace lockstep {

/// The text without blanks and line ends around it.
std::string_view trim(std::string_view text);

/// The text with ASCII's capital letters made small.
std::string lower(std::string_view text);

}  // namespace lockstep
