// Data sets in HDF5 files: `features` (samples, ...) with `labels` (samples) or `targets` (samples[,
// targets]).
#pragma once

#include <string>
#include <vector>

#include "data/dataset.hpp"

namespace lockstep {

/// Reads `features`, bytes where the file has unsigned bytes and real numbers otherwise, and unless `features_only`
/// the integers `labels` or else the numbers `targets`. An optional list of strings `class_names` names the
/// classes. `classes` are the classes' names where they are known already.
///
/// Bad input, with file and dataset, when one is missing, sizes disagree, a label is out of range or a number
/// is not finite.
Dataset read_hdf5_table(const std::string& path, const std::vector<std::string>& classes, bool features_only);

}  // namespace lockstep
