// What may be read as a file.
#pragma once

#include <filesystem>

namespace lockstep {

/// Bad input, with the system's reason, unless `path` is a regular file that can be read. A pipe or a device would be
/// waited for, perhaps for ever, and can be read only once.
void check_readable_file(const std::filesystem::path& path);

}  // namespace lockstep
