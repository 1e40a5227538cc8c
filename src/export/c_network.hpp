// A network as C.
#pragma once

#include "export/c_code.hpp"
#include "export/exported_model.hpp"

namespace lockstep {

/// Statements that make predictions, as to_predictions() does, of inputs, both in the array `x`. They take a second
/// array of that size, `y`. The constants are the network's parameters.
void add_c_network(const ExportedModel& exported, CCode& code);

}  // namespace lockstep
