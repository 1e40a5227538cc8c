// What a pass over a large data set found, kept beside it for the next run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "config/config.hpp"
#include "data/block_survey.hpp"

namespace lockstep {

/// A survey is good for a file of this size and time of change, under options that make the same of it, by this version
/// of the program.
struct SurveyCache {
  /// Of samples in blocks of this size, with the features of `known`, if any.
  SurveyCache(const Config& config, const DatasetInfo* known, std::uint64_t block_size);

  /// Nothing where there is none, or none that is whole and good for the file.
  [[nodiscard]] std::optional<BlockSurvey> load() const;

  /// Keeps a survey. Returns why that was not possible, "" where it was: a run needs no cache.
  [[nodiscard]] std::string save(const BlockSurvey& survey) const;

  std::filesystem::path path;  // beside the data
  std::string key;             // all that the survey depends on
};

}  // namespace lockstep
