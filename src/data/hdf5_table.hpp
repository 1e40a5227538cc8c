// Data sets in HDF5 files: `features` (samples, ...) with `labels` (samples) or `targets` (samples[,
// targets]).
#pragma once

#include <string>

#include "data/classes.hpp"
#include "data/dataset.hpp"

namespace lockstep {

/// Reads `features`, bytes where the file has unsigned bytes and real numbers otherwise, and unless `features_only`
/// the classes `labels` or else the numbers `targets`. An optional list of strings `class_names` names the
/// classes.
///
/// Bad input, with file and dataset, when one is missing, sizes disagree, a label is out of range or a number
/// is not finite.
Dataset read_hdf5_table(const std::string& path, const KnownClasses& classes, bool features_only);

}  // namespace lockstep
