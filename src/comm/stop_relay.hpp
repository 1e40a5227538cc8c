// Word of a stop among groups of ranks that otherwise work apart.
#pragma once

#include <mpi.h>

#include <functional>
#include <vector>

#include "comm/communicator.hpp"

namespace lockstep {

/// Brings to the first rank of each group that another group is to stop. Nothing waits before finish().
class StopRelay {
 public:
  /// `mine` is this rank's group, one of several that `world` was split into by the numbers `group`. Collective.
  StopRelay(const Communicator& world, const Communicator& mine, int group);

  /// Tells the first ranks of all other groups, once. Any rank may.
  void tell();

  /// True on the first rank of a group when another group has told. Does not wait.
  [[nodiscard]] bool is_told() const;

  /// Waits until all ranks are here; a rank of which `wants_stop` says so tells the others meanwhile. Collective, and
  /// to be called when all is done.
  void finish(const std::function<bool()>& wants_stop);

 private:
  Communicator world_;  // for these messages alone
  int group_;
  bool leads_;
  std::vector<int> others_;  // first ranks of the other groups
  bool has_told_ = false;
  std::vector<MPI_Request> sent_;
};

}  // namespace lockstep
