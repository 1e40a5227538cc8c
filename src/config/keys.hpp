// What there is to say of each key: for the list of keys, and for values without TOML's quotes.
#pragma once

#include <string>
#include <vector>

namespace lockstep {

/// What a key wants.
enum class Kind { text, texts, file, flag, whole, real, choice, whole_or_word, wholes, weights, layers, by_column };

struct KeyInfo {
  std::string name;
  Kind kind;
  std::string wanted;    // its values in words: "whole number", "true or false", "\"idx\", \"csv\" or \"hdf5\""
  std::string fallback;  // the default as TOML, or in words
  std::string meaning;
};

/// Every key, in the order of the schema.
std::vector<KeyInfo> config_keys();

/// Those keys whose name, values or meaning have `word`, or for which it is another library's name. Bad input when
/// there is none.
std::vector<KeyInfo> keys_with(const std::string& word);

/// A table of keys for terminals. Lines have at most 100 characters.
std::string as_text(const std::vector<KeyInfo>& keys);

/// The same in Markdown, a heading and a table for each table of the configuration.
std::string as_markdown(const std::vector<KeyInfo>& keys);

}  // namespace lockstep
