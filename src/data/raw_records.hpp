// Arrays of records, NumPy's structured arrays: the fields of a record lie side by side.
#pragma once

#include <memory>
#include <string>

#include "data/raw_array.hpp"

namespace lockstep {

/// As make_raw_array() makes it of a header that has fields. Its fields can be read in any order, and more than once.
/// Where they cannot be read from a file one by one, and of some records, their bytes are in memory as long as it is.
std::unique_ptr<Array> make_raw_records(const std::string& path, const std::string& name, RawHeader header,
                                        ByteSource source, OpenBytes open);

}  // namespace lockstep
