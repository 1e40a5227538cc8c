#include "base/spelling.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

namespace lockstep {

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

bool are_near(std::string_view a, std::string_view b) {
  return edit_distance(a, b) <= std::max(a.size(), b.size()) / 3;
}

std::string plain_word(std::string_view word) {
  std::string letters;
  for (const char c : word)
    if (c != '_' && c != '-') letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return letters;
}

std::string nearest_word(std::string_view word, std::span<const std::string> words) {
  const std::string wanted = plain_word(word);
  const auto nearest = std::ranges::min_element(
      words, {}, [&](const std::string& candidate) { return edit_distance(wanted, plain_word(candidate)); });
  return nearest != words.end() && are_near(wanted, plain_word(*nearest)) ? *nearest : std::string();
}

}  // namespace lockstep
