// The formats that there are: a file each in this folder, a name in DataFormat, and a line here.
//
// An entry has
//   kName                its name in a configuration
//   recognises(path)     whether a file is of the format, by its content
//   arrays(path)         the names of the arrays in a file; none where a file has no names
//   read(parts, query)   the data set in parts, one after the other
//   read_in_parts(parts, query, rows, use)
//                        the same, some rows at a time where the format allows it
//   open_rows(parts, query)
//                        the same, to be read some rows at a time, where the format allows it
//
// Those of arrays say how to open a file's arrays, and take the last three from ArrayFormat.
#pragma once

#include "base/table.hpp"
#include "data/formats/csv.hpp"
#include "data/formats/hdf5.hpp"
#include "data/formats/idx.hpp"
#include "data/formats/npy.hpp"
#include "data/options.hpp"

namespace lockstep {

/// In the order of DataFormat.
using Formats = Table<DataFormat,  //
                      IdxFormat,   //
                      Hdf5Format,  //
                      NpyFormat,   //
                      CsvFormat>;  // last: it recognises what the others do not

static_assert(Formats::kValueOf<IdxFormat> == DataFormat::idx && Formats::kValueOf<Hdf5Format> == DataFormat::hdf5 &&
              Formats::kValueOf<NpyFormat> == DataFormat::npy && Formats::kValueOf<CsvFormat> == DataFormat::csv);

}  // namespace lockstep
