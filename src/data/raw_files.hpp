// The arrays of formats that keep each in a file of its own: features, labels, targets.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "data/array_file.hpp"
#include "data/data_query.hpp"

namespace lockstep {

/// `open` opens the one array of a file, which is called `name`.
std::unique_ptr<ArrayFile> make_array_files(
    const DataPart& part, std::function<std::unique_ptr<Array>(const std::string& path, const std::string& name)> open);

}  // namespace lockstep
