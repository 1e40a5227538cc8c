// Columns of one table put in the order of another, by their names.
#pragma once

#include "data/dataset.hpp"

namespace lockstep {

/// Where these names of the training data stand in `there`. Bad input, naming both sources, when one does not.
std::vector<std::size_t> places_of(const std::vector<std::string>& names, const std::vector<std::string>& there,
                                   const std::string& source, const std::string& train_source);

/// Gives `data` the features of `train`, in its order, where both sides have names; it may have others too. Where one
/// side has none and the count fits, columns are taken by position, and a note says so. Names and shape become those of
/// `train`. Bad input when a column is missing. What does not fit otherwise is left as it is.
void match_features(Dataset& data, const DatasetInfo& train);

/// The same for the targets of a regression, all of which must be there.
void match_targets(Dataset& data, const DatasetInfo& train);

/// Names for targets without: "target", or "target_0" and so on.
std::vector<std::string> default_target_names(std::size_t count);

}  // namespace lockstep
