#include "metrics/log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/hdf5.hpp"
#include "base/version.hpp"

namespace lockstep {

namespace {

constexpr const char* kGroup = "group";

/// The row that a line holds, with its group. A line that a crash cut short is none.
std::optional<MetricsLog::Row> parse_line(const std::string& line) {
  MetricsLog::Row row = MetricsLog::Row::parse(line, nullptr, false);
  if (!row.is_object() || !row.contains(kGroup) || !row.contains("step")) return std::nullopt;
  if (!row[kGroup].is_string() || !row["step"].is_number_unsigned()) return std::nullopt;
  return row;
}

void write_attribute(Hdf5File& file, const std::string& name, const MetricsLog::Row& value) {
  if (value.is_number_integer())
    file.write_attribute(name, value.get<std::int64_t>());
  else if (value.is_number())
    file.write_attribute(name, value.get<double>());
  else if (value.is_string())
    file.write_attribute(name, value.get<std::string>());
  else
    file.write_attribute(name, value.dump(-1, ' ', false, MetricsLog::Row::error_handler_t::replace));
}

/// True for a group whose numbers are curves over the steps.
bool has_curves(const std::string& group) {
  return group == "steps" || group == "epochs";
}

/// The numbers of a row, but for those that say where it stands.
void append_event(EventFile& events, const std::string& group, const MetricsLog::Row& row) {
  std::vector<std::pair<std::string, double>> values;
  for (const auto& [name, value] : row.items())
    if (value.is_number() && name != "step" && name != "epoch")
      values.emplace_back(fmt::format("{}/{}", group, name), value);
  events.append(row.at("step"), values);
}

}  // namespace

void MetricsLog::write_column(Hdf5File& file, const std::string& name, const Column& column) {
  std::visit(
      [&](const auto& values) {
        using Value = typename std::decay_t<decltype(values)>::value_type;
        if constexpr (std::is_same_v<Value, std::string>)
          file.write_strings(name, values, Storage::extendable);
        else
          file.write<Value>(name, values, {values.size()}, Storage::extendable);
      },
      column);
}

MetricsLog::MetricsLog(const std::filesystem::path& run_folder, std::uint64_t last_step, bool tensorboard)
    : jsonl_path_(run_folder / "metrics.jsonl"), hdf5_path_(run_folder / "metrics.h5") {
  for (const char* group : {"steps", "epochs", "ranks", "checkpoints"}) tables_[group];
  std::string kept;
  std::ifstream earlier(jsonl_path_);
  for (std::string line; last_step > 0 && std::getline(earlier, line);) {
    std::optional<Row> row = parse_line(line);
    if (!row || row->at("step").get<std::uint64_t>() > last_step) continue;
    const std::string group = row->at(kGroup);
    if (!tables_.contains(group)) continue;
    kept += line + '\n';
    row->erase(kGroup);
    add_to_table(group, *row);
  }
  write_text_file(jsonl_path_, kept);
  jsonl_.open(jsonl_path_, std::ios::app);
  if (tensorboard) events_.emplace(run_folder, last_step);
}

void MetricsLog::append(const std::string& group, const Row& row) {
  add_to_table(group, row);
  Row line{{kGroup, group}};
  line.update(row);
  jsonl_ << line.dump() << '\n' << std::flush;
  if (!jsonl_) throw failure("{}: cannot write: {}", jsonl_path_.string(), std::strerror(errno));
  if (events_ && has_curves(group)) append_event(*events_, group, row);
}

void MetricsLog::add_to_table(const std::string& group, const Row& row) {
  Table& table = tables_.at(group);
  if (table.names.empty()) {
    for (const auto& [name, value] : row.items()) {
      table.names.push_back(name);
      if (value.is_string())
        table.columns.emplace_back(std::vector<std::string>());
      else if (value.is_number_integer())
        table.columns.emplace_back(std::vector<std::int64_t>());
      else
        table.columns.emplace_back(std::vector<double>());
    }
  }
  for (const std::string& name : table.names)
    if (row.size() != table.names.size() || !row.contains(name))
      throw bad_input(
          "{}: its rows of '{}' have other columns than this version of Lockstep writes; begin anew with "
          "--resume never, or move the file away",
          jsonl_path_.string(), group);
  for (std::size_t c = 0; c < table.names.size(); ++c) {
    const auto& value = row.at(table.names[c]);
    std::visit(
        [&](auto& values) {
          using Value = typename std::decay_t<decltype(values)>::value_type;
          // JSON has no number that is not finite: it writes null.
          if constexpr (std::is_same_v<Value, double>)
            values.push_back(value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.template get<double>());
          else
            values.push_back(value.template get<Value>());
        },
        table.columns[c]);
  }
}

std::function<void()> MetricsLog::flush_job() const {
  std::vector<std::filesystem::path> appended{jsonl_path_};
  if (events_) appended.push_back(events_->path());
  return [appended] {
    for (const std::filesystem::path& path : appended) flush_to_disk(path);
  };
}

std::function<void()> MetricsLog::save_job(const Row& attributes) const {
  return [flush = flush_job(), hdf5_path = hdf5_path_, tables = tables_, attributes] {
    flush();
    AtomicFile whole(hdf5_path);
    Hdf5File file = Hdf5File::create(whole.temporary());
    file.write_attribute(kWriter, std::string(version()));
    for (const auto& [name, value] : attributes.items()) write_attribute(file, name, value);
    for (const auto& [group, table] : tables)
      for (std::size_t c = 0; c < table.names.size(); ++c)
        write_column(file, group + '/' + table.names[c], table.columns[c]);
    file.close();
    whole.commit();
  };
}

}  // namespace lockstep
