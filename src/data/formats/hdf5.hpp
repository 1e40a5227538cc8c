// HDF5: arrays by name.
#pragma once

#include <string_view>

#include "data/formats/array_format.hpp"
#include "data/hdf5_arrays.hpp"

namespace lockstep {

struct Hdf5Format : ArrayFormat<Hdf5Format> {
  static constexpr std::string_view kName = "hdf5";

  static bool recognises(const std::string& path) { return is_hdf5(path); }
  static std::vector<std::string> arrays(const std::string& path) { return open_hdf5_arrays(path)->names(); }
  static std::unique_ptr<ArrayFile> open(const DataPart& part) { return open_hdf5_arrays(part.path); }
};

}  // namespace lockstep
