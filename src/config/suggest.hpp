// What to write in place of a key, or of a value, that there is not: other libraries' names, and slips of the pen.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// What to say of an unknown key, `known` being the keys that there are.
std::string advice_on_key(const std::string& key, const std::vector<std::string>& known);

/// What to say of a value that `key` may not have, beside the list of those that it may; nothing where nothing is near.
std::string advice_on_value(std::string_view key, const std::string& given, const std::vector<std::string>& values);

/// Our key for a word that other libraries have for it, or nothing.
std::string_view our_key_for(std::string_view word);

}  // namespace lockstep
