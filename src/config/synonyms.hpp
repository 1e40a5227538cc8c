// Names that PyTorch, Keras, scikit-learn and their like have for our keys and values, and for what is not there.
#pragma once

#include <span>
#include <string_view>

namespace lockstep {

/// Words, with spaces between, that elsewhere name what `key` names here. Where `key` is empty, there is no such thing,
/// and the remark says what there is.
struct KeySynonyms {
  std::string_view words;
  std::string_view key;
  std::string_view remark;
};

/// Words that elsewhere are values of such a key, and what to do here.
struct ValueSynonyms {
  std::string_view key;
  std::string_view words;
  std::string_view remark;
};

std::span<const KeySynonyms> key_synonyms();
std::span<const ValueSynonyms> value_synonyms();

}  // namespace lockstep
