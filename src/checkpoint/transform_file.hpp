// The transform of columns in a checkpoint file.
#pragma once

#include <string>
#include <vector>

#include "base/hdf5.hpp"
#include "data/feature_range.hpp"
#include "data/gaps.hpp"
#include "data/scaling.hpp"

namespace lockstep {

/// Writes the data sets whose names begin with `prefix`, as schema.hpp has them.
void write_scaling(Hdf5File& file, const std::string& prefix, const Scaling& scaling);

/// Reads them, for `columns` columns. Bad input where they do not fit.
Scaling read_scaling(const Hdf5File& file, const std::string& prefix, std::size_t columns);

/// The same of the words of features; nothing where all are numbers.
void write_words(Hdf5File& file, const std::vector<std::vector<std::string>>& feature_words);
std::vector<std::vector<std::string>> read_words(const Hdf5File& file, std::size_t features);

/// The same of what stands for gaps in `features` features; nothing where no gap is filled.
void write_gaps(Hdf5File& file, const std::vector<GapFill>& gaps);
std::vector<GapFill> read_gaps(const Hdf5File& file, std::size_t features);

/// The same of the ranges of `features` features; nothing where they are not known.
void write_ranges(Hdf5File& file, const std::vector<FeatureRange>& ranges);
std::vector<FeatureRange> read_ranges(const Hdf5File& file, std::size_t features);

}  // namespace lockstep
