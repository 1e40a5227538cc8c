// The header of NumPy's .npy files, versions 1 to 3:
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once

#include <string>
#include <string_view>

#include "data/raw_array.hpp"

namespace lockstep {

/// With which a file begins.
inline constexpr std::string_view kNpyMark = "\x93NUMPY";

/// Reads the header, after which `source` is at the first value. `what` names the array in messages. Bad input where it
/// is none, or the values are of a type without numbers and texts, with the remedy.
RawHeader read_npy_header(const ByteSource& source, const std::string& what);

}  // namespace lockstep
