// What a run may replace: nothing that Lockstep did not write.
#pragma once

#include <filesystem>

#include "config/config.hpp"
#include "train/resume.hpp"

namespace lockstep {

/// Bad input when the run would replace, or remove, a file in its folder that Lockstep did not write or that was
/// changed since, unless `force` is given; and always when the run reads that file, as its configuration
/// (`config_file`) or its data. To be called by rank 0.
void check_own_files(const std::filesystem::path& run_folder, const std::filesystem::path& config_file,
                     const Config& config, const ResumePoint& resume, bool force);

}  // namespace lockstep
