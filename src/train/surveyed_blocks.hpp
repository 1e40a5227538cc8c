// Training data that stay on disk, after the pass that says what they are.
#pragma once

#include <memory>

#include "config/config.hpp"
#include "data/block_survey.hpp"

namespace lockstep {

struct SurveyedBlocks {
  BlockSurvey survey;
  HeldBack held;  // what the configuration holds back of them
};

/// How a configuration cuts its training data.
Blocks cut_in_blocks(const Config& config, std::uint64_t samples, std::uint64_t block_size);

/// Surveys the training data of a configuration, with the features of `known`, if any, or takes the survey from the
/// cache beside them. Bad input as for data that are read at once, and where their format cannot be read part by part.
/// To be called by one process.
SurveyedBlocks survey_training_data(const Config& config, const DatasetInfo* known);

}  // namespace lockstep
