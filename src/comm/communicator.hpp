// MPI without counts by hand: messages are spans, failures are Errors. The floor comm/ is the only home of mpi.h.
#pragma once

#include <mpi.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace lockstep {

/// MPI from its initialisation to its end. One object a process, alive as long as any communicator.
class MpiSession {
 public:
  /// `on_one_host`: all processes of the job are here, so that no network has to be looked for.
  MpiSession(int& argc, char**& argv, bool on_one_host = false);
  ~MpiSession();
  MpiSession(const MpiSession&) = delete;
  MpiSession& operator=(const MpiSession&) = delete;
};

/// Name and version of the MPI library, for example "Open MPI v4.1.4".
std::string mpi_version();

/// A group of ranks. A failing call throws Error with MPI's text. One rank by itself has no need of MPI: its messages
/// go nowhere.
class Communicator {
 public:
  /// All ranks of the job, in an MpiSession.
  static Communicator world();

  /// This process alone, without MPI.
  static Communicator alone() { return {}; }

  /// The ranks on this rank's host, which share its memory. Collective.
  [[nodiscard]] Communicator on_this_host() const;

  /// The ranks that give the same `part`, in their order here. Collective.
  [[nodiscard]] Communicator split(int part) const { return split(part, rank_); }

  /// The same, in the order of `key`. Collective.
  [[nodiscard]] Communicator split(int part, int key) const;

  [[nodiscard]] int rank() const { return rank_; }
  [[nodiscard]] int size() const { return size_; }
  [[nodiscard]] bool is_root() const { return rank_ == 0; }
  /// Of a group that MPI connects.
  [[nodiscard]] MPI_Comm handle() const { return *handle_; }

  /// Waits for all.
  void barrier() const;

  /// Rank 0's value, on every rank. Spans have the same size everywhere.
  void broadcast(std::size_t& value) const;
  void broadcast(std::string& text) const;
  void broadcast(std::span<float> values) const;

  /// The values of all ranks in order, on rank 0; empty elsewhere.
  [[nodiscard]] std::vector<float> gather(std::span<const float> mine) const;
  [[nodiscard]] std::vector<double> gather(std::span<const double> mine) const;

  /// Fills `all` on every rank: rank r gives counts[r] elements, in order of ranks.
  void allgather(std::span<const float> mine, std::span<const std::size_t> counts, std::span<float> all) const;
  void allgather(std::span<const double> mine, std::span<const std::size_t> counts, std::span<double> all) const;

  /// The values of all ranks in order, on every rank.
  [[nodiscard]] std::vector<int> allgather(int value) const;

  /// The texts of all ranks, in order, on rank 0; empty elsewhere.
  [[nodiscard]] std::vector<std::string> gather(const std::string& text) const;

  /// The smallest value of all ranks, on every rank. A rank that waits for long sleeps, so that another may use its
  /// core.
  [[nodiscard]] int minimum(int value) const;

  /// The sum of the values of all ranks, on every rank.
  [[nodiscard]] int sum(int value) const;

  /// Each of `counts` becomes the sum of those of all ranks, on every rank. Whole numbers add up in any order.
  void sum(std::span<std::uint64_t> counts) const;

  /// Ends the whole job at once with this exit status, whatever the other ranks are doing.
  [[noreturn]] void abort(ExitStatus status) const;

 private:
  Communicator() = default;
  explicit Communicator(std::shared_ptr<const MPI_Comm> handle);
  /// One that is freed with its last copy.
  static Communicator owning(MPI_Comm comm);

  std::shared_ptr<const MPI_Comm> handle_;  // none: alone
  int rank_ = 0;
  int size_ = 1;
};

/// Throws Error when `code` is not MPI_SUCCESS.
void check_mpi(int code, const char* what);

/// A count as MPI takes it. Bad input when it is too large.
int mpi_count(std::size_t count);

/// The name of the machine on which this process runs.
std::string host_name();

}  // namespace lockstep
