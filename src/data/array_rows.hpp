// Samples in arrays, read part by part.
#pragma once

#include <memory>
#include <vector>

#include "data/array_table.hpp"
#include "data/row_reader.hpp"

namespace lockstep {

/// Of the training data in these parts, one after the other. `query` is as for read_array_table(), but that classes
/// come later; what it refers to outlives the reader. Bad input where the arrays cannot be read row by row.
std::unique_ptr<RowReader> open_array_rows(const std::vector<DataPart>& parts, const OpenArrays& open,
                                           const DataQuery& query);

/// Reads a data set part by part, of at most `rows` samples, from the first to the last, or a file at a time where its
/// storage does not allow that. From the first fault on no part is given to `use`; an error in the end names all.
PartsRead read_array_parts(const std::vector<DataPart>& parts, const OpenArrays& open, const DataQuery& query,
                           std::uint64_t rows, const UsePart& use);

}  // namespace lockstep
