// Where HDF5 looks for the files from which arrays take their values: sources of virtual data sets, external files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace lockstep {

/// The folders of HDF5's variable `name`, in which ${ORIGIN} stands for the folder of the file.
std::vector<std::filesystem::path> hdf5_folders(const char* name, const std::filesystem::path& origin);

/// Where HDF5 looks for a virtual data set's source, in its order.
std::vector<std::filesystem::path> hdf5_source_places(const std::filesystem::path& source,
                                                      const std::filesystem::path& file);

/// The name of a source: %b stands for the number of the block, %% for a percent sign.
std::string hdf5_source_name(const std::string& pattern, std::uint64_t block);

}  // namespace lockstep
