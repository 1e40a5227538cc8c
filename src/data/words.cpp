#include "data/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "data/checks.hpp"
#include "data/number.hpp"

namespace lockstep {

WordList::WordList(const std::vector<std::string>& words) {
  for (const std::string& word : words) add(word);
}

std::size_t WordList::find(std::string_view word) const {
  const auto found = numbers_.find(word);
  return found == numbers_.end() ? size() : found->second;
}

std::size_t WordList::find_spelling(std::string_view word) const {
  const std::size_t number = find(word);
  return number < size() ? number : find(spelling_of(word));
}

void WordList::add(std::string_view word) {
  numbers_.emplace(word, size());
  words_.emplace_back(word);
}

std::size_t WordList::number_of(std::string_view word) {
  const std::size_t number = find(word);
  if (number == size()) add(word);
  return number;
}

std::vector<std::size_t> WordList::sort(const std::vector<bool>& kept) {
  std::vector<std::size_t> order;
  for (std::size_t number = 0; number < size(); ++number)
    if (kept[number]) order.push_back(number);
  std::ranges::sort(order, {}, [&](std::size_t number) -> const std::string& { return words_[number]; });
  std::vector<std::size_t> places(size());
  WordList sorted;
  for (std::size_t place = 0; place < order.size(); ++place) {
    places[order[place]] = place;
    sorted.add(words_[order[place]]);
  }
  *this = std::move(sorted);
  return places;
}

std::string spelling_of(std::string_view word) {
  const std::optional<double> number = parse_number(word);
  return number ? canonical_number(*number) : std::string(word);
}

std::string why_unseen(const WordList& known) {
  return fmt::format(
      "is no word of the training data, {}; correct it, or train with data.unseen = \"zero\", which takes it as none",
      list_names(known.words()));
}

}  // namespace lockstep
