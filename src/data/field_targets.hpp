// Records of which some fields are to be learnt, as data.target says.
#pragma once

#include <memory>

#include "data/array_file.hpp"
#include "data/data_query.hpp"

namespace lockstep {

/// `file` with those fields of its `features` as labels or targets. Bad input where the features are no records, or
/// have no such field.
std::unique_ptr<ArrayFile> with_field_targets(std::unique_ptr<ArrayFile> file, std::shared_ptr<const Array> features,
                                              const DataQuery& query);

}  // namespace lockstep
