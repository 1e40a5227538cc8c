// Training data that stay on disk, after the pass that says what they are.
#pragma once

#include "comm/communicator.hpp"
#include "config/config.hpp"
#include "data/block_survey.hpp"

namespace lockstep {

struct SurveyedBlocks {
  BlockSurvey survey;
  HeldBack held;  // what the configuration holds back of them
};

/// Surveys the training data of a configuration, with the features of `known`, if any, or takes the survey from the
/// cache beside them: the ranks of `world` share the work, and rank 0 has the result. Bad input as for data that are
/// read at once, and where their format cannot be read part by part. Collective.
SurveyedBlocks survey_training_data(const Communicator& world, const Config& config, const DatasetInfo* known);

}  // namespace lockstep
