// Numbers over steps for TensorBoard: events.out.tfevents.TIME.HOST in a run's folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <utility>

namespace lockstep {

/// What one start of the program adds. Each record is written at once.
class EventFile {
 public:
  /// Goes on after `last_step`: in the files of earlier starts, what is of later steps is cut off, and with 0 they are
  /// removed. Files that others wrote stay. Throws Error when it cannot.
  EventFile(const std::filesystem::path& run_folder, std::uint64_t last_step);

  /// Adds numbers of a step, by name. Throws Error when it cannot.
  void append(std::uint64_t step, std::span<const std::pair<std::string, double>> values);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  std::ofstream file_;
};

}  // namespace lockstep
