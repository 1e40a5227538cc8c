#include "config/suggest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "base/spelling.hpp"
#include "config/synonyms.hpp"

namespace lockstep {

namespace {

/// True when one of `words`, which have spaces between, is `word`.
bool contains(std::string_view words, const std::string& word) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (plain_word(words.substr(0, end)) == word) return true;
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
      std::ranges::find_if(all, [&](const KeySynonyms& row) { return contains(row.words, plain_word(word)); });
  return found == all.end() ? nullptr : &*found;
}

/// The known key with the nearest last word, and of those with the nearest section; nothing where none is near.
std::string nearest_key(const std::string& key, const std::vector<std::string>& known) {
  const std::string word = plain_word(last_word(key));
  const auto distance = [&](const std::string& candidate) {
    return std::pair(edit_distance(word, plain_word(last_word(candidate))), edit_distance(key, candidate));
  };
  const auto nearest = std::ranges::min_element(known, {}, distance);
  if (nearest == known.end() || !are_near(word, plain_word(last_word(*nearest)))) return {};
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
    if (!is_deeper && plain_word(last_word(candidate)) == plain_word(last_word(key))) same_word.push_back(candidate);
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
  const std::string word = plain_word(given);
  for (const std::string& value : values)
    if (plain_word(value) == word) return fmt::format("write \"{}\"", value);
  if (key == "model.output_activation" || key == "model.layers") key = "model.activation";
  for (const ValueSynonyms& row : value_synonyms())
    if (row.key == key && contains(row.words, word)) return std::string(row.remark);
  if (const std::string nearest = nearest_word(given, values); !nearest.empty())
    return fmt::format("the nearest is \"{}\"", nearest);
  return {};
}

std::string_view our_key_for(std::string_view word) {
  const KeySynonyms* synonym = find_synonym(last_word(word));
  return synonym == nullptr ? std::string_view() : synonym->key;
}

}  // namespace lockstep
