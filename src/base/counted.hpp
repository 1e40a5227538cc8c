// Numbers of things, in words.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace lockstep {

/// "1 step", "2 steps". A noun with another plural than that with an s gives it, too: "1 class", "2 classes".
inline std::string counted(std::size_t number, std::string_view noun, std::string_view plural = {}) {
  if (number == 1) return fmt::format("1 {}", noun);
  return plural.empty() ? fmt::format("{} {}s", number, noun) : fmt::format("{} {}", number, plural);
}

}  // namespace lockstep
