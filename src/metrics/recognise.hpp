// Whether a file is one that a run has written.
#pragma once

#include <filesystem>

namespace lockstep {

/// metrics.jsonl: its first line is a row, or it is empty.
bool is_metrics_text(const std::filesystem::path& path);

/// metrics.h5: HDF5, with nothing but the groups of metrics.
bool is_metrics_table(const std::filesystem::path& path);

/// environment.json
bool is_environment(const std::filesystem::path& path);

/// profile.json
bool is_trace(const std::filesystem::path& path);

}  // namespace lockstep
