// What every reader checks, so that the same mistake gets the same answer in every format.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.hpp"

namespace lockstep {

/// Bad input, with the system's reason, unless `path` is a file that can be read.
void check_data_file(const std::string& path);

/// Bad input unless there are between 1 and 2^32 - 1 samples, since their numbers have 32 bits, each with 1 to 2^31 - 1
/// numbers.
void check_sizes(const DatasetInfo& info);

/// The text, or its beginning of at most `most` bytes and "...". Does not cut UTF-8 within a character.
std::string shortened(std::string_view text, std::size_t most);

/// Names for a message, in quotes, the first ten at most: "'a', 'b', ..." .
std::string list_names(std::span<const std::string> names);

/// The same where `wanted` is none of them, with the name that it may have been meant for: "'a', 'b'; the nearest is
/// 'b'".
std::string list_names(std::span<const std::string> names, std::string_view wanted);

}  // namespace lockstep
