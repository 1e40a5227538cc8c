// The VALUE of --set KEY=VALUE as TOML. Its key says what it is, so that quotes and brackets may be left away.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/keys.hpp"
#include "data/options.hpp"

namespace lockstep {

/// What a dotted key wants, also the images and labels of a file, and the weight of a class; nothing for a key that
/// there is not.
std::optional<Kind> kind_of(std::string_view key);

/// `value` in TOML's notation. What cannot be what the kind wants becomes a text, or stays as it is where it is in
/// quotes, brackets or braces: whoever reads it says what is wrong.
std::string toml_of_given(std::string_view value, std::optional<Kind> kind);

/// A text in TOML's double quotes.
std::string quoted_toml(std::string_view text);

/// The table of those names that are given: { features = "x_train", labels = "y_train" }.
std::string toml_of_names(const ArrayNames& names);

}  // namespace lockstep
