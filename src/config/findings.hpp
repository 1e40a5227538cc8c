// What data are that nobody has described yet.
#pragma once

#include <filesystem>
#include <string>

#include "data/dataset.hpp"
#include "data/options.hpp"

namespace lockstep {

/// What is to be learnt from.
struct ProposalRequest {
  DataFile data;  // IDX, .npy: `labels` are classes or numbers; IDX: empty where their name follows from the images'
  std::string target;            // CSV: the column to learn; empty: one that is called so, or the last
  std::filesystem::path output;  // the configuration's file, whose folder its paths are relative to
};

/// What the data are, and how that was found out.
struct TableFindings {
  DataOptions options;
  DatasetInfo info;
  std::string why_target;
};

/// Reads the data as a training does, whose bad input is its own, and finds out whether they have classes or numbers to
/// learn.
TableFindings find_out(const ProposalRequest& request);

}  // namespace lockstep
