// What the schema says of a key beside its place in a Config.
#pragma once

#include "config/effect.hpp"

namespace lockstep {

/// What another value of a key does to the bits of a run that goes on.
enum class Bits {
  by_value,   // it changes them: a resume compares the values
  by_result,  // it changes them by what it comes to, which a resume compares: rates, slices, kernels, samples
  untouched,  // it says how long this start runs, what it writes, and where
};

/// A key with what it means, in words for the reader of a manual, and when it has an effect. A new key changes the bits
/// unless it says not.
struct Key {
  const char* name;
  const char* meaning;
  Effect effect = kAlways;
  const char* fallback = "";        // what holds when the key is not given, where that is no value
  const char* other_defaults = "";  // where the default is another: "adam 0.001"
  Bits bits = Bits::by_value;
};

constexpr Key by_result(Key key) {
  key.bits = Bits::by_result;
  return key;
}

constexpr Key untouched(Key key) {
  key.bits = Bits::untouched;
  return key;
}

/// False for a key that changes nothing in a configuration.
inline bool has_effect(const Key& key, const Config& config) {
  return key.effect.holds == nullptr || key.effect.holds(config);
}

}  // namespace lockstep
