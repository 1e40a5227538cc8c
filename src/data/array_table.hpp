// Data sets in arrays: `features` (samples, ...) with `labels` (samples) or `targets` (samples[, targets]).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "data/array_file.hpp"
#include "data/data_query.hpp"

namespace lockstep {

using OpenArrays = std::function<std::unique_ptr<ArrayFile>(const DataPart& part)>;

/// Gives all samples to `use` as one part.
PartsRead read_as_one_part(Dataset data, const UsePart& use);

/// Reads the features, bytes where all files have unsigned bytes and real numbers otherwise, and unless
/// `query.features_only` the classes of the labels or else the numbers of the targets. Labels are integers, booleans,
/// texts, an enumeration (whose names are the classes') or one-hot rows. Optional lists of strings: class names, and
/// names of columns of features and targets; the latter two may be attributes of their arrays as well. The option
/// `weights` names an array of the samples' weights, (samples) or (samples, 1).
///
/// Several parts are one data set, one after the other. In tables NaN is a gap.
///
/// Bad input, with file and array, when one is missing, sizes disagree, a label has no class, a number is not finite
/// and no gap, or memory does not hold it all.
Dataset read_array_table(const std::vector<DataPart>& parts, const OpenArrays& open, const DataQuery& query);

}  // namespace lockstep
