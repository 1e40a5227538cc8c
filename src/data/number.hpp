// Numbers as people and programs write them into text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "data/options.hpp"

namespace lockstep {

/// The whole of `text` as a decimal number, with a leading plus or without. Nothing where it is none, or none that a
/// double can hold; what is nearer to 0 than any double is 0.
std::optional<double> parse_number(std::string_view text);

/// The same for a field of a table, where True and False in the usual spellings are 1 and 0, and Fortran's 1.5D+3 is
/// 1500. With decimal commas a point is none.
std::optional<double> parse_field(std::string_view text, Decimal decimal = Decimal::point);

/// What is wrong with a text that was meant to be a number; nothing where it is but a word.
std::optional<std::string> why_spoiled(std::string_view text);

/// What a text is that is no number, and what to do: "is a missing value; ...".
std::string why_no_number(std::string_view text);

/// The one spelling of a number: 1, 1.0, 01, +1 and 1e0 are "1".
std::string canonical_number(double value);

/// True for the words that stand for a missing value: empty, "NA", "NaN", "null", "None", "?" and the like.
bool is_missing(std::string_view text);

}  // namespace lockstep
