// Choices that a configuration makes for all columns of a table, or for each.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

namespace lockstep {

/// The key of all columns of which nothing else is said.
inline constexpr const char* kAllColumns = "*";

/// True for the name of a column, or a pattern that it matches, as a shell matches names of files.
bool matches_column(const std::string& key, const std::string& column);

/// Bad input, naming `option` and `source`, for a key that is of no column.
void check_keys(std::span<const std::string> keys, std::span<const std::string> columns, const std::string& option,
                const std::string& source);

/// Which of these keys is that of each column: its name, else the longest pattern that it matches ("x_*", with * and ?
/// as in file names); nullptr where there is none. Bad input where two patterns of one length match.
std::vector<const std::string*> keys_of_columns(std::span<const std::string> keys, std::span<const std::string> columns,
                                                const std::string& option, const std::string& source);

/// A T by column, given by names and patterns.
template <class T>
struct ByColumn {
  std::map<std::string, T> given;

  ByColumn() = default;
  ByColumn(T of_all) {  // NOLINT(google-explicit-constructor): one value is that of all columns
    if (of_all != T{}) given.emplace(kAllColumns, of_all);
  }

  /// Throws as check_keys() does.
  void check(std::span<const std::string> columns, const std::string& option, const std::string& source) const {
    check_keys(keys(), columns, option, source);
  }

  /// Of each of `columns`; T{} where nothing is said. Throws as keys_of_columns() does.
  [[nodiscard]] std::vector<T> of(std::span<const std::string> columns, const std::string& option,
                                  const std::string& source) const {
    const std::vector<std::string> all = keys();
    std::vector<T> values;
    for (const std::string* key : keys_of_columns(all, columns, option, source))
      values.push_back(key == nullptr ? T{} : given.at(*key));
    return values;
  }

  bool operator==(const ByColumn&) const = default;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& given;
  }

 private:
  [[nodiscard]] std::vector<std::string> keys() const {
    std::vector<std::string> all;
    for (const auto& [key, value] : given) all.push_back(key);
    return all;
  }
};

}  // namespace lockstep
