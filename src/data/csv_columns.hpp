// The columns of a CSV file, by name and number.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.hpp"
#include "data/csv_dialect.hpp"
#include "data/csv_piece.hpp"

namespace lockstep {

class CsvColumns {
 public:
  /// The `first` record is the header, or the first sample of a file without one, whose columns get the
  /// `given` names, or those in a comment above, or else column_1, column_2 and so on. A column of row names is called
  /// "row.names", as R calls it. Bad input where the given names do not fit.
  CsvColumns(const std::string& path, const ToldDialect& dialect, const CsvRow& first, const CsvDialect& given_dialect,
             const std::vector<std::string>& given);

  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] std::size_t size() const { return names_.size(); }
  /// The name of a column, or "column_" with its number where that is empty.
  [[nodiscard]] std::string called(std::size_t column) const;
  /// True where the first column holds the names of the rows.
  [[nodiscard]] bool has_row_names() const { return dialect_.row_names; }
  /// False where the names are made up: column_1, column_2 and so on.
  [[nodiscard]] bool named() const { return named_; }

  /// The columns with these names, or, where no column is called so, with these numbers, which begin with 1. Bad input
  /// where one is not there or several are called so.
  [[nodiscard]] std::vector<std::size_t> find(const std::vector<std::string>& names) const;

  /// True when each of these names is that of a column.
  [[nodiscard]] bool have(const std::vector<std::string>& names) const;

  /// Bad input unless `record` has a field for each column.
  void check_width(const CsvRow& record) const {
    if (record.size() != size()) throw other_width(record);
  }

 private:
  [[nodiscard]] std::size_t find(const std::string& name) const;
  [[nodiscard]] Error other_width(const CsvRow& record) const;

  std::string path_;
  ToldDialect dialect_;
  std::vector<std::string> names_;
  bool named_ = true;
  std::unordered_map<std::string, std::size_t> columns_;
};

}  // namespace lockstep
