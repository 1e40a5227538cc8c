// Words that were meant for others: slips of the pen, and other ways to write them.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace lockstep {

/// The number of letters that one must replace, insert, leave out or exchange with their neighbours to turn one word
/// into the other (Damerau 1964).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// True for words that one may have meant for the other: a third of the letters differ at most.
bool are_near(std::string_view a, std::string_view b);

/// Small letters and digits alone: batchSize, batch-size and batch_size are one word.
std::string plain_word(std::string_view word);

/// The word of `words` that may have been meant by `word`, as plain words; empty where none is near.
std::string nearest_word(std::string_view word, std::span<const std::string> words);

}  // namespace lockstep
