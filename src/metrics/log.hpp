// What a run leaves behind: metrics.jsonl, a line per row, and metrics.h5, a data set per column; for TensorBoard an
// event per row.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "metrics/event_file.hpp"

namespace lockstep {

class Hdf5File;

/// Rows of the groups `steps`, `epochs`, `ranks` and `checkpoints`. Each row has an integer `step`, and the rows of a
/// group have the same columns: integers, real numbers or texts.
///
/// metrics.jsonl grows by a line per row and is what a resume reads; metrics.h5 is written anew, whole, at each save().
class MetricsLog {
 public:
  /// The attribute of metrics.h5 that names the version that wrote it.
  static constexpr const char* kWriter = "lockstep_version";

  using Row = nlohmann::ordered_json;  // an object: column -> value

  /// Goes on after `last_step`: rows of later steps, which a resumed run makes again, are dropped. 0 begins anew. With
  /// `tensorboard`, the numbers of steps and epochs go to an event file, too.
  MetricsLog(const std::filesystem::path& run_folder, std::uint64_t last_step, bool tensorboard = false);

  /// Adds a row. Throws Error when it cannot be written.
  void append(const std::string& group, const Row& row);

  /// What makes the rows that there are now durable in metrics.jsonl and the event file, to be called once, on any
  /// thread. Throws Error when it cannot.
  [[nodiscard]] std::function<void()> flush_job() const;

  /// What makes them durable in metrics.h5, too, to be called once, on any thread. `attributes` are
  /// texts and numbers that become attributes of metrics.h5; a list becomes its JSON text. Throws Error when it cannot.
  [[nodiscard]] std::function<void()> save_job(const Row& attributes = {}) const;

 private:
  using Column = std::variant<std::vector<std::int64_t>, std::vector<double>, std::vector<std::string>>;
  struct Table {
    std::vector<std::string> names;
    std::vector<Column> columns;
  };

  void add_to_table(const std::string& group, const Row& row);
  static void write_column(Hdf5File& file, const std::string& name, const Column& column);

  std::filesystem::path jsonl_path_;
  std::filesystem::path hdf5_path_;
  std::map<std::string, Table> tables_;
  std::ofstream jsonl_;
  std::optional<EventFile> events_;
};

}  // namespace lockstep
