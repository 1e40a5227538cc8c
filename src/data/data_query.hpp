// What is asked of a reader, whatever the format.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/in_order.hpp"
#include "data/classes.hpp"
#include "data/dataset.hpp"
#include "data/options.hpp"

namespace lockstep {

/// Each role's name: `own`, else `general`, else that of the role.
ArrayNames array_names(const ArrayNames& own, const ArrayNames& general);

/// A part of a data set: one file, or one a role where a file holds one array.
struct DataPart {
  std::string path;
  std::string labels;   // empty: in the same file, or none
  std::string targets;  // likewise
};

/// Takes a part of a data set, which the reader has no more use for. Its labels and words are numbers in the order in
/// which they were met.
using UsePart = std::function<void(Dataset part)>;

/// What is known when all parts have been read.
struct PartsRead {
  DatasetInfo info;
  std::vector<std::int32_t> classes;            // of the labels in the parts, by their numbers
  std::vector<std::vector<std::string>> words;  // of each feature in the parts, by their numbers; empty: numbers
};

struct DataQuery {
  /// `own` are the names in one file, beside those of the options.
  DataQuery(const DataOptions& data_options, const ArrayNames& own)
      : options(data_options), names(array_names(own, data_options.names)) {}

  const DataOptions& options;
  ArrayNames names;                     // every one
  std::vector<ArrayNames> other_names;  // that a file may have instead, the likeliest first
  KnownClasses classes;                 // of a classification
  const DatasetInfo* known = nullptr;   // the features that a table has to have; nullptr: any
  std::string group;                    // the column, or the array, of groups; empty: none
  std::vector<std::string> keep;        // columns, or arrays, to carry along
  Helpers helpers;                      // threads that help to read where the format allows it
  bool classify = false;                // else what the file says
  bool features_only = false;
  bool outputs_only = false;  // features and targets are read only where it takes them to know words and gaps
};

}  // namespace lockstep
