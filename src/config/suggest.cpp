#include "config/suggest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "config/synonyms.hpp"

namespace lockstep {

namespace {

/// The number of letters that one must replace, insert, leave out or exchange with their neighbours to turn one word
/// into the other (Damerau 1964).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> rows(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    rows[i][0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      rows[i][j] = std::min({replaced, rows[i - 1][j] + 1, rows[i][j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 1);
    }
  }
  return rows.back().back();
}

/// True for words that one may have meant for the other: a third of the letters differ at most.
bool are_near(std::string_view a, std::string_view b) {
  return edit_distance(a, b) <= std::max(a.size(), b.size()) / 3;
}

/// Small letters and digits alone: batchSize, batch-size and batch_size are one word.
std::string plain(std::string_view word) {
  std::string letters;
  for (const char c : word)
    if (c != '_' && c != '-') letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return letters;
}

/// True when one of `words`, which have spaces between, is `word`.
bool contains(std::string_view words, const std::string& word) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (plain(words.substr(0, end)) == word) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

std::string_view last_word(std::string_view key) {
  return key.substr(key.rfind('.') + 1);
}

const KeySynonyms* find_synonym(std::string_view word) {
  const auto all = key_synonyms();
  const auto found =
      std::ranges::find_if(all, [&](const KeySynonyms& row) { return contains(row.words, plain(word)); });
  return found == all.end() ? nullptr : &*found;
}

/// The known key with the nearest last word, and of those with the nearest section; nothing where none is near.
std::string nearest_key(const std::string& key, const std::vector<std::string>& known) {
  const std::string word = plain(last_word(key));
  const auto distance = [&](const std::string& candidate) {
    return std::pair(edit_distance(word, plain(last_word(candidate))), edit_distance(key, candidate));
  };
  const auto nearest = std::ranges::min_element(known, {}, distance);
  if (nearest == known.end() || !are_near(word, plain(last_word(*nearest)))) return {};
  return *nearest;
}

}  // namespace

std::string advice_on_key(const std::string& key, const std::vector<std::string>& known) {
  std::vector<std::string> same_word;  // in other sections
  bool is_section = false;
  for (const std::string& candidate : known) {
    // The files' images and labels are for keys as deep as they are.
    const bool is_deeper =
        std::ranges::count(candidate, '.') > std::max<std::ptrdiff_t>(std::ranges::count(key, '.'), 1);
    if (!is_deeper && plain(last_word(candidate)) == plain(last_word(key))) same_word.push_back(candidate);
    is_section = is_section || candidate.starts_with(key + '.');
  }
  if (is_section) {
    const bool has_name = std::ranges::find(known, key + ".name") != known.end();
    return fmt::format("is a section: write {}[{}], and its keys below it", has_name ? key + ".name, or " : "", key);
  }
  const std::string none = "there is no such key; ";
  if (!same_word.empty()) {
    // One whose section is near was meant, if there is one.
    const std::string section = key.substr(0, key.find('.'));
    const auto near = std::ranges::find_if(same_word, [&](const std::string& candidate) {
      return are_near(section, candidate.substr(0, candidate.find('.')));
    });
    if (near != same_word.end()) return none + "the nearest is " + *near;
    return none + fmt::format("write {}", fmt::join(same_word, " or "));
  }
  if (const KeySynonyms* synonym = find_synonym(last_word(key))) {
    if (synonym->key.empty()) return none + std::string(synonym->remark);
    return none + fmt::format("write {}{}{}", synonym->key, synonym->remark.empty() ? "" : ", ", synonym->remark);
  }
  if (const std::string nearest = nearest_key(key, known); !nearest.empty()) return none + "the nearest is " + nearest;
  return none + "`lockstep keys` lists those that there are";
}

std::string advice_on_value(std::string_view key, const std::string& given, const std::vector<std::string>& values) {
  const std::string word = plain(given);
  for (const std::string& value : values)
    if (plain(value) == word) return fmt::format("write \"{}\"", value);
  if (key == "model.output_activation" || key == "model.layers") key = "model.activation";
  for (const ValueSynonyms& row : value_synonyms())
    if (row.key == key && contains(row.words, word)) return std::string(row.remark);
  const auto nearest =
      std::ranges::min_element(values, {}, [&](const std::string& value) { return edit_distance(word, plain(value)); });
  if (nearest != values.end() && are_near(word, plain(*nearest))) return fmt::format("the nearest is \"{}\"", *nearest);
  return {};
}

std::string_view our_key_for(std::string_view word) {
  const KeySynonyms* synonym = find_synonym(last_word(word));
  return synonym == nullptr ? std::string_view() : synonym->key;
}

}  // namespace lockstep
