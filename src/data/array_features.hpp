// The features of arrays: numbers, or columns of numbers and words.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/array_columns.hpp"
#include "data/array_file.hpp"
#include "data/data_query.hpp"
#include "data/field_values.hpp"

namespace lockstep {

/// One file of a data set.
struct ArrayPart {
  std::unique_ptr<ArrayFile> file;
  std::unique_ptr<Array> features;
  std::size_t samples = 0;
  ArrayColumns columns;
};

/// Bad input, with the place, where one of the values, `width` a sample, is not finite and no gap. Without a rule, and
/// by the rule `error`, a column has no gaps. `columns` are their names, if they have any.
void check_numbers(const Array& array, std::span<const double> values, std::size_t width,
                   const std::vector<std::string>& columns, const std::vector<Missing>& rules);

/// Of parts that are read one after the other.
class ArrayFeatures {
 public:
  /// `info` describes the data set but for its words. A table has words where it has texts, or records with some, where
  /// `query` says so, and where the known features have them.
  ArrayFeatures(const std::vector<ArrayPart>& parts, const DataQuery& query, const DatasetInfo& info);

  /// Reads all values. Bad input that names all faulty columns.
  void read(const std::vector<Missing>& rules, DatasetInfo& info, Samples& samples);

  /// Puts words into order, once it is clear which samples stay.
  void settle(Dataset& data);

 private:
  [[nodiscard]] std::string where(std::uint64_t sample) const;
  [[nodiscard]] FieldValues field_values(const DataQuery& query, const DatasetInfo& info) const;
  void read_columns(const ArrayPart& part, std::vector<double>& values);
  void read_column(std::size_t column, Array& array, std::vector<double>& values);

  const std::vector<ArrayPart>& parts_;
  std::size_t width_;
  std::vector<std::string> names_;
  std::uint64_t first_ = 0;            // sample of the part that is being read
  std::optional<FieldValues> fields_;  // of a table with words
};

}  // namespace lockstep
