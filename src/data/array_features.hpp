// The features of arrays: numbers, or columns of numbers and words.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/array_columns.hpp"
#include "data/array_file.hpp"
#include "data/array_kept.hpp"
#include "data/data_query.hpp"
#include "data/field_values.hpp"

namespace lockstep {

/// One file of a data set, or some rows of it.
struct ArrayPart {
  std::unique_ptr<ArrayFile> file;
  std::shared_ptr<Array> features;
  std::size_t samples = 0;
  ArrayColumns columns;
  std::vector<Array::Strings> words;  // of each feature those that its numbers stand for; empty: it has numbers
  std::vector<KeptPlace> kept;        // what is carried along
};

/// Bad input, with the place, where one of the values, `width` a sample, is not finite and no gap. Without a rule, and
/// by the rule `error`, a column has no gaps. `columns` are their names, if they have any. Real is float or double.
template <class Real>
void check_numbers(const Array& array, std::span<const Real> values, std::size_t width,
                   const std::vector<std::string>& columns, const std::vector<Missing>& rules);

/// Of parts that are read one after the other.
class ArrayFeatures {
 public:
  /// `info` describes the data set but for its words. A table has words where it has texts, or records with some, where
  /// `query` or the file says so, and where the known features have them.
  /// `narrow`: numbers stay float32.
  ArrayFeatures(const std::vector<ArrayPart>& first, const DataQuery& query, const DatasetInfo& info, bool narrow);
  ArrayFeatures(const ArrayFeatures&) = delete;
  ArrayFeatures& operator=(const ArrayFeatures&) = delete;
  ~ArrayFeatures() = default;

  /// True where words are not known before all features have been read.
  [[nodiscard]] bool finds_words() const { return finds_words_; }
  /// True where features are numbers of words, or may be.
  [[nodiscard]] bool has_fields() const { return fields_.has_value(); }

  /// False where there are faulty fields, which settle() refuses.
  [[nodiscard]] bool is_right() const { return !fields_ || fields_->faults().empty(); }

  /// Reads all values of the next parts, some rows at a time where that is possible: what is made of rows takes their
  /// place in memory. Columns of the features that are carried along are appended to those of the piece.
  void read(const std::vector<ArrayPart>& parts, const std::vector<Missing>& rules, Dataset& piece);

  /// Marks the words of samples that stay.
  void keep_words(const Samples& samples);
  /// The words of each feature, by the numbers that they have in values; none: all are numbers.
  [[nodiscard]] std::vector<Array::Strings> words() const;
  /// Puts words into order. Bad input that names all faulty columns.
  void settle(DatasetInfo& info, std::vector<double>& values);

 private:
  [[nodiscard]] FieldValues field_values(const ArrayPart& first, const DataQuery& query, const DatasetInfo& info) const;
  [[nodiscard]] std::string where(std::uint64_t sample) const;
  void read_rows(const ArrayPart& part, Array& rows, const std::vector<Missing>& rules, Dataset& piece);
  void read_fields(const ArrayPart& part, Array& rows, std::span<double> values, std::vector<KeptColumn>& kept);
  void read_column(std::size_t column, Array& array, std::span<double> values);
  /// Which of so many words a number in the file stands for. Bad input where it is none.
  [[nodiscard]] std::size_t index_of_word(double number, std::size_t words, const Array& array, std::size_t column,
                                          std::uint64_t sample) const;

  std::size_t width_;
  std::vector<std::string> names_;
  std::string source_;
  std::vector<SourceFile> files_;      // of the parts so far
  std::uint64_t first_ = 0;            // sample of the part that is being read
  std::optional<FieldValues> fields_;  // of a table with words
  bool finds_words_ = false;
  bool narrow_;
};

}  // namespace lockstep
