// Tables in CSV files.
#pragma once

#include <string>
#include <vector>

#include "base/in_order.hpp"
#include "data/classes.hpp"
#include "data/column_choice.hpp"
#include "data/data_query.hpp"
#include "data/dataset.hpp"
#include "data/gaps.hpp"
#include "data/options.hpp"
#include "data/words.hpp"

namespace lockstep {

/// What to take from a CSV file.
struct CsvQuery {
  std::vector<std::string> features;  // names of the feature columns in order; empty: those that are chosen
  ColumnChoice choice;                // where `features` is empty: of what is no other column
  std::vector<std::string> targets;   // names or numbers of the target columns; empty: features only
  KnownClasses classes;               // of a classification
  Task task = Task::classification;
  CsvDialect dialect;                // what is not told by the first lines
  std::vector<std::string> columns;  // names of the columns of a file without a header; empty: column_1, ...
  std::string weights;               // name or number of the column of weights; empty: none
  std::string group;                 // name or number of the column of groups; empty: none
  std::vector<std::string> kept;     // columns to carry along, written as those of `choice` are
  GapOptions gaps;
  WordOptions words;
  std::vector<std::vector<std::string>> feature_words;  // of each known feature; empty: numbers
  Helpers helpers;                                      // threads that help to read
};

/// Reads a table, plain or compressed. The class column of a classification may hold integers or words, and
/// so may the column of groups, which are numbered as they come.
///
/// Known features of a file without a header, or of training data without one, are taken by position where the file has
/// as many columns; it then has no names of features.
///
/// Several files are one table, whose columns are found in each file by the names of the first.
///
/// A column that is carried along holds texts as they stand in the file, whatever else it is.
///
/// Bad input, with file, line and column, when the file is missing or has no samples, a named column is not
/// there or twice there, a line has another number of fields than the first, a field is neither a finite number nor a
/// gap, or a class is unknown.
Dataset read_csv(const std::vector<std::string>& paths, const CsvQuery& query);

/// The same of at most `rows` samples at a time, each of which is given to `use`. The labels in these parts are numbers
/// in the order in which they were met first, of which the result gives the classes. Their description has
/// the words that were met.
PartsRead read_csv_in_parts(const std::vector<std::string>& paths, const CsvQuery& query, std::uint64_t rows,
                            const UsePart& use);

/// What `query` asks of CSV files. Bad input without a target.
CsvQuery csv_query(const DataQuery& query);

}  // namespace lockstep
