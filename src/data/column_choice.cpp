#include "data/column_choice.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "data/by_column.hpp"
#include "data/checks.hpp"

namespace lockstep {

namespace {

constexpr std::string_view kMadeUp = "column_";
constexpr std::string_view kDigits = "0123456789";

/// True for each column that an entry fits.
std::vector<bool> fitting(std::span<const std::string> entries, std::span<const std::string> names, const char* key,
                          const std::string& source) {
  std::vector<bool> chosen(names.size());
  for (const std::string& entry : entries) {
    const std::size_t number = std::ranges::find(names, entry) != names.end() ? 0 : column_number(entry);
    bool fits_any = false;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!matches_column(entry, names[i]) && number != i + 1) continue;
      chosen[i] = true;
      fits_any = true;
    }
    if (!fits_any)
      throw bad_input(
          "{}: no column fits '{}' of {}, where an entry is a name, a number from 1 to {} or a pattern such as "
          "'pixel_*'; its columns are {}",
          source, entry, key, names.size(), list_names(names, entry));
  }
  return chosen;
}

}  // namespace

std::vector<std::size_t> choose_columns(std::span<const std::string> names, const ColumnChoice& choice,
                                        std::span<const std::size_t> others, const std::string& source) {
  const std::vector<bool> chosen = fitting(choice.features, names, "data.features", source);
  const std::vector<bool> ignored = fitting(choice.ignore, names, "data.ignore", source);
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < names.size(); ++i)
    if ((choice.features.empty() || chosen[i]) && !ignored[i] && std::ranges::find(others, i) == others.end())
      columns.push_back(i);
  if (columns.empty() && names.size() > others.size())
    throw bad_input("{}: data.features and data.ignore leave no column to learn from; its columns are {}", source,
                    list_names(names));
  return columns;
}

std::vector<std::size_t> fitting_columns(std::span<const std::string> entries, std::span<const std::string> names,
                                         const char* option, const std::string& source) {
  const std::vector<bool> fit = fitting(entries, names, option, source);
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (fit[i]) places.push_back(i);
  return places;
}

std::size_t column_number(const std::string& text) {
  constexpr std::size_t kMostDigits = 9;
  const bool is_number =
      !text.empty() && text.size() <= kMostDigits && text.find_first_not_of(kDigits) == std::string::npos;
  return is_number ? std::stoul(text) : 0;
}

std::string made_up_name(std::size_t column) {
  return fmt::format("{}{}", kMadeUp, column + 1);
}

std::vector<std::string> made_up_names(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back(made_up_name(i));
  return names;
}

bool are_made_up(std::span<const std::string> names) {
  return std::ranges::all_of(names, [](const std::string& name) {
    return name.starts_with(kMadeUp) && name.size() > kMadeUp.size() &&
           name.find_first_not_of(kDigits, kMadeUp.size()) == std::string::npos;
  });
}

}  // namespace lockstep
