// From a Config back to TOML, every key with its value; without those that have no effect in it and a value all the
// same.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "config/config.hpp"

namespace lockstep {

/// TOML that read_config_text() reads as the same Config.
std::string write_config(const Config& config);

/// The same keys and their values as TOML, in the order of the file.
std::vector<std::pair<std::string, std::string>> config_values(const Config& config);

}  // namespace lockstep
