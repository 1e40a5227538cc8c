// The time at which a run has to be over.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace lockstep {

/// A moment after which the job will be killed.
class Deadline {
 public:
  /// None.
  Deadline() = default;

  explicit Deadline(std::chrono::seconds from_now) : end_(std::chrono::steady_clock::now() + from_now) {}

  /// When SLURM ends the job that this process belongs to. Bad input when it is none, or when squeue does not tell.
  static Deadline of_slurm_job();

  /// True when less than `needed` seconds are left.
  [[nodiscard]] bool is_nearer_than(double needed) const;

 private:
  std::optional<std::chrono::steady_clock::time_point> end_;
};

/// The seconds in SLURM's notation of a time left: "55", "3:55", "2:03:55", "1-02:03:55". None where it is no time,
/// such as "UNLIMITED".
std::optional<std::uint64_t> slurm_seconds(const std::string& text);

}  // namespace lockstep
