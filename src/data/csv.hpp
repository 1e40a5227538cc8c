// Tables in CSV files (RFC 4180) with a header line.
#pragma once

#include <string>
#include <vector>

#include "data/classes.hpp"
#include "data/dataset.hpp"
#include "data/gaps.hpp"
#include "data/words.hpp"

namespace lockstep {

/// What to take from a CSV file.
struct CsvQuery {
  std::vector<std::string> features;  // names of the feature columns in order; empty: all but the targets
  std::vector<std::string> targets;   // names of the target columns; empty: features only
  KnownClasses classes;               // of a classification
  Task task = Task::classification;
  GapOptions gaps;
  WordOptions words;
  std::vector<std::vector<std::string>> feature_words;  // of each known feature; empty: numbers
};

/// Reads a table of numbers, plain or gzip. The class column of a classification may hold integers or words.
///
/// Bad input, with file, line and column, when the file is missing or has no samples, a named column is not
/// there or twice there, a line has another number of fields than the header, a field is neither a finite number nor a
/// gap, or a class is unknown.
Dataset read_csv(const std::string& path, const CsvQuery& query);

}  // namespace lockstep
