// A data set in the HDF5 layout, written part by part, from which blocks are read at the speed of the disk.
#pragma once

#include <filesystem>
#include <functional>

#include "data/data_query.hpp"

namespace lockstep {

/// The numbers of a packed file.
enum class PackedReal { float64, float32 };

/// Reads what is packed: calls `use` for each part, of about `rows` samples.
using ReadParts = std::function<PartsRead(std::uint64_t rows, const UsePart& use)>;

/// Packs what `read` gives in one pass; of a classification the labels are put in the order of their classes then. In
/// columns of words there are their numbers in a list. What appears under `path` is whole. `options` name
/// weights and groups.
DatasetInfo write_packed_file(const std::filesystem::path& path, PackedReal real, const DataOptions& options,
                              const ReadParts& read);

/// True for such a file.
bool is_packed_file(const std::filesystem::path& path);

}  // namespace lockstep
