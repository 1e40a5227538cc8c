// Which columns of a table are features.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace lockstep {

/// data.features and data.ignore. An entry is a name, a number from 1, or a pattern with *, ? and [...] as in a shell.
struct ColumnChoice {
  std::vector<std::string> features;  // those that these entries fit; empty: all
  std::vector<std::string> ignore;    // and of those none that these fit

  [[nodiscard]] bool empty() const { return features.empty() && ignore.empty(); }
};

/// The places of the columns that are chosen, in their order, but for those in `others`. Bad input where an entry fits
/// no column, and where none is left though there are such.
std::vector<std::size_t> choose_columns(std::span<const std::string> names, const ColumnChoice& choice,
                                        std::span<const std::size_t> others, const std::string& source);

/// The places of the columns that an entry fits. Bad input, with the option that has the entries, where one fits none.
std::vector<std::size_t> fitting_columns(std::span<const std::string> entries, std::span<const std::string> names,
                                         const char* option, const std::string& source);

/// The number of a column that a text is; 0 where it is none.
std::size_t column_number(const std::string& text);

/// Names for columns without: column_1, column_2 and so on.
std::string made_up_name(std::size_t column);
std::vector<std::string> made_up_names(std::size_t count);

/// True when all names are of that kind.
bool are_made_up(std::span<const std::string> names);

}  // namespace lockstep
