#include "config/choice_texts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>
#include <string>
#include <vector>

namespace lockstep {

namespace {

/// Keeps a text to the end of the program.
const char* kept(std::string text) {
  static std::set<std::string> texts;
  return texts.insert(std::move(text)).first->c_str();
}

template <class List, class AnyOption>
const char* only_with(const char* key, const List& list, AnyOption option) {
  std::vector<std::string> names;
  for (const auto& traits : list)
    if (traits.uses.has(option)) names.push_back(fmt::format("\"{}\"", traits.name));
  return kept(fmt::format("it belongs to {} = {}; give that, or leave the key out", key, fmt::join(names, " or ")));
}

}  // namespace

const char* other_defaults(double OptimizerOptions::*option) {
  std::vector<std::string> texts;
  for (const OptimizerTraits& traits : kOptimizerTraits)
    if (const double value = traits.defaults.*option; value != OptimizerOptions{}.*option)
      texts.push_back(fmt::format("{} {}", traits.name, value));
  return kept(fmt::format("{}", fmt::join(texts, ", ")));
}

const char* only_with(Option option) {
  return only_with("optimizer.name", kOptimizerTraits, option);
}

const char* only_with(ScheduleOption option) {
  return only_with("schedule.name", kScheduleTraits, option);
}

}  // namespace lockstep
