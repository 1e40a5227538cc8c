// Data sets in HDF5 files: `features` (samples, ...) with `labels` (samples) or `targets` (samples[,
// targets]).
#pragma once

#include <string>

#include "data/classes.hpp"
#include "data/dataset.hpp"
#include "data/gaps.hpp"

namespace lockstep {

/// Reads `features`, bytes where the file has unsigned bytes and real numbers otherwise, and unless `features_only`
/// the classes `labels` or else the numbers `targets`. Labels are integers, booleans, texts, an enumeration (whose
/// names are the classes') or one-hot rows. Optional lists of strings: `class_names` names the classes, `feature_names`
/// and `target_names` the columns; the latter two may be attributes of their arrays as well. `weights` names an array
/// of the samples' weights, (samples) or (samples, 1), and `group` one of their groups, likewise; empty: none.
///
/// In tables NaN is a gap.
///
/// Bad input, with file and dataset, when one is missing, sizes disagree, a label has no class, a number is not finite
/// and no gap, or memory does not hold it all.
Dataset read_hdf5_table(const std::string& path, const KnownClasses& classes, const GapOptions& gaps,
                        bool features_only, const std::string& weights = "", const std::string& group = "");

}  // namespace lockstep
