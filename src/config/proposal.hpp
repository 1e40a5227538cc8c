// A first configuration for data that nobody has described yet.
#pragma once

#include <string>

#include "config/findings.hpp"

namespace lockstep {

/// The commented text of a configuration that trains as it is. Reads the data as a training does: bad input is the
/// reader's.
std::string propose_config(const ProposalRequest& request);

}  // namespace lockstep
