// What is wrong with text that is no TOML, in words for people who never heard of TOML.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lockstep {

/// Explains why line `line`, counted from 1, of `text` is no TOML, and shows it. `description` is the parser's own, for
/// what is not among the usual slips.
std::string explain_toml_error(std::string_view text, std::size_t line, std::string_view description);

}  // namespace lockstep
