// environment.json: what a run was computed on and with, for those who write about it or repeat it.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace lockstep {

/// The starts of the program that took part in a run, the first one first: a run that goes on adds one.
class EnvironmentLog {
 public:
  using Start = nlohmann::ordered_json;  // an object of texts, numbers and lists

  /// The keys of the file: the version that wrote it, and the starts.
  static constexpr const char* kWriter = "lockstep_version";
  static constexpr const char* kStarts = "starts";

  /// Adds `start` to those that are in `run_folder`, or in their place for a run that begins anew.
  EnvironmentLog(const std::filesystem::path& run_folder, bool anew, Start start);

  /// How far this start has come by now: `step` is that of the newest checkpoint, and `outcome` is how it ended, or
  /// empty.
  void update(std::uint64_t step, double wall_seconds, const std::string& outcome);

  [[nodiscard]] const Start& start() const { return file_.at(kStarts).back(); }

  /// What makes the file durable as it is now, to be called once, on any thread. Throws Error when it cannot.
  [[nodiscard]] std::function<void()> save_job() const;

 private:
  std::filesystem::path path_;
  nlohmann::ordered_json file_;
};

}  // namespace lockstep
