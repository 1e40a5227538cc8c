#include "data/by_column.hpp"

#include <fnmatch.h>

#include <algorithm>

#include "base/error.hpp"
#include "data/checks.hpp"

namespace lockstep {

bool matches_column(const std::string& key, const std::string& column) {
  return key == column || ::fnmatch(key.c_str(), column.c_str(), 0) == 0;
}

void check_keys(std::span<const std::string> keys, std::span<const std::string> columns, const std::string& option,
                const std::string& source) {
  for (const std::string& key : keys)
    if (key != kAllColumns &&
        std::ranges::none_of(columns, [&](const std::string& column) { return matches_column(key, column); }))
      throw bad_input("{}: there is no column '{}' in {}; there are {}", option, key, source, list_names(columns, key));
}

std::vector<const std::string*> keys_of_columns(std::span<const std::string> keys, std::span<const std::string> columns,
                                                const std::string& option, const std::string& source) {
  std::vector<const std::string*> found;
  for (const std::string& column : columns) {
    const std::string* best = nullptr;
    const std::string* rival = nullptr;  // as long as the best
    for (const std::string& key : keys) {
      if (!matches_column(key, column)) continue;
      if (best == nullptr || key == column || (*best != column && key.size() > best->size())) {
        best = &key;
        rival = nullptr;
      } else if (*best != column && key.size() == best->size()) {
        rival = &key;
      }
    }
    if (rival != nullptr)
      throw bad_input("{}: '{}' and '{}' both mean column '{}' of {}; give that column by its name", option, *best,
                      *rival, column, source);
    found.push_back(best);
  }
  return found;
}

}  // namespace lockstep
