#include "comm/together.hpp"

#include <optional>

namespace lockstep {

void together(const Communicator& comm, const std::function<void()>& work) {
  std::optional<Error> error;
  try {
    work();
  } catch (const Error& caught) {
    error = caught;
  }
  const int first_failed = comm.minimum(error ? comm.rank() : comm.size());
  if (first_failed == comm.size()) return;
  if (error && first_failed == comm.rank()) throw Error(*error);
  throw FailedElsewhere();
}

}  // namespace lockstep
