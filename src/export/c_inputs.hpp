// From the columns of a file to a network's inputs, and from its outputs to answers, as C.
#pragma once

#include "export/c_code.hpp"
#include "export/exported_model.hpp"

namespace lockstep {

/// Statements that make the inputs `x` of `features`, as prepare() does, or return the number of a column, from 1, of
/// which they cannot be made.
void add_c_inputs(const ExportedModel& exported, CCode& code);

/// Statements that write `outputs`, the answers, of the network's predictions `x`; they return -1 where one is not
/// finite.
void add_c_outputs(const ExportedModel& exported, CCode& code);

}  // namespace lockstep
