// Columns of words, each of which is an input of its own: 1 where the column has it, else 0.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lockstep {

/// What a word is that the training data have not: bad input, or no input of its column is 1.
enum class Unseen : std::uint8_t { error, zero };

/// What a configuration says of words.
struct WordOptions {
  std::vector<std::string> categorical;  // names and patterns of columns whose numbers are words
  std::uint64_t max_words = 1000;        // that a column may have
  Unseen unseen = Unseen::error;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& categorical& max_words& unseen;
  }
};

/// The different words of a column. Numbers have one spelling.
class WordList {
 public:
  WordList() = default;
  explicit WordList(const std::vector<std::string>& words);

  [[nodiscard]] std::size_t size() const { return words_.size(); }
  [[nodiscard]] const std::vector<std::string>& words() const { return words_; }

  /// The number of a word; size() for one that is not in the list.
  [[nodiscard]] std::size_t find(std::string_view word) const;

  /// The same for a word in any spelling.
  [[nodiscard]] std::size_t find_spelling(std::string_view word) const;

  /// Adds a word that is not in the list.
  void add(std::string_view word);

  /// The number of a word, which is added, as it is spelt, where it is not in the list.
  std::size_t number_of(std::string_view word);

  /// Brings the words that are to be kept into the order of their bytes, and drops the others. Returns the new number
  /// of each.
  std::vector<std::size_t> sort(const std::vector<bool>& kept);

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;  // NOLINT(readability-identifier-naming): what the standard library looks for
  };

  std::vector<std::string> words_;
  std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> numbers_;
};

/// The spelling of a word: that of a number, where it is one.
std::string spelling_of(std::string_view word);

/// What a message says of a word that is none of the training data's.
std::string why_unseen(const WordList& known);

}  // namespace lockstep
