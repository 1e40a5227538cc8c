// A first configuration for data that nobody has described yet.
#pragma once

#include <filesystem>
#include <string>

#include "data/options.hpp"

namespace lockstep {

/// What is to be learnt from.
struct ProposalRequest {
  DataFile data;       // IDX: images and labels; `labels` may be empty where their name follows from the images'
  std::string target;  // CSV: the column to learn; empty: one that is called so, or the last
  std::filesystem::path output;  // the configuration's file, whose folder its paths are relative to
};

/// The commented text of a configuration that trains as it is. Reads the data as a training does: bad input is the
/// reader's.
std::string propose_config(const ProposalRequest& request);

}  // namespace lockstep
