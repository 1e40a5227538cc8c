// IDX, of MNIST and Fashion-MNIST: an array a file.
#pragma once

#include <string_view>

#include "data/formats/array_format.hpp"
#include "data/idx_arrays.hpp"
#include "data/raw_files.hpp"

namespace lockstep {

struct IdxFormat : ArrayFormat<IdxFormat> {
  static constexpr std::string_view kName = "idx";

  static bool recognises(const std::string& path) { return is_idx(path); }
  static std::vector<std::string> arrays(const std::string& /*path*/) { return {}; }
  static std::unique_ptr<ArrayFile> open(const DataPart& part) { return make_array_files(part, open_idx_array); }
};

}  // namespace lockstep
