// From TOML text and --set options to a Config.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/config.hpp"

namespace lockstep {

/// Reads a configuration file. `overrides` are "KEY=VALUE", VALUE being TOML, or what KEY wants without quotes and
/// brackets. Paths in the file are relative to its folder, paths in overrides to the current one; in the result all are
/// absolute, and run.split_seed has its number.
///
/// Bad input, with file, line and key, when the file is missing or no TOML, a key is unknown (the nearest known key is
/// named), a value has the wrong type or is out of range, a needed key is missing, or keys contradict each
/// other, or one that is given has no effect.
Config read_config(const std::filesystem::path& path, const std::vector<std::string>& overrides);

/// The same for text that comes from elsewhere; `source` stands for the file in messages.
Config read_config_text(const std::string& text, const std::string& source, const std::vector<std::string>& overrides);

/// The same for text that write_config() has written, this version's or an earlier one's: only keys in overrides must
/// have an effect.
Config read_resolved_config(const std::string& text, const std::string& source,
                            const std::vector<std::string>& overrides);

}  // namespace lockstep
