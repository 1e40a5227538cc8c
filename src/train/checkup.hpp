// What `lockstep doctor` looks at: whether and how well training would run on this job's ranks.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "comm/communicator.hpp"
#include "train/platform.hpp"

namespace lockstep {

enum class Verdict {
  ok,
  slow,    // training would run, but not as fast as it could
  broken,  // training would fail
};

/// What a look at one thing has found. Complete on rank 0.
struct Finding {
  Verdict verdict = Verdict::ok;
  std::string facts;
  std::string problem;  // what is wrong, where, and what to do
};

/// Collective, all of them. `platform` is complete on rank 0.
Finding examine_ranks(const Platform& platform);
Finding examine_memory(const Communicator& world, const Platform& platform);
Finding examine_kernels(const Platform& platform);
Finding examine_products(const Communicator& world, const Platform& platform);
Finding examine_sum(const Communicator& world, const Communicator& host);
Finding examine_messages(const Communicator& world, const Communicator& host, const Platform& platform);
Finding examine_folder(const Communicator& world, const Platform& platform, const std::filesystem::path& folder);

/// The command that starts training on all cores of this job's hosts. On rank 0.
std::string recommend_launch(const Communicator& world, const Platform& platform);

}  // namespace lockstep
