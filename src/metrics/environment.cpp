#include "metrics/environment.hpp"

#include <fstream>

#include "base/atomic_file.hpp"
#include "base/stopwatch.hpp"
#include "base/version.hpp"
#include "metrics/recognise.hpp"

namespace lockstep {

namespace {

nlohmann::ordered_json earlier_starts(const std::filesystem::path& path) {
  if (!is_environment(path)) return nlohmann::ordered_json::array();
  std::ifstream file(path);
  return nlohmann::ordered_json::parse(file).at(EnvironmentLog::kStarts);
}

}  // namespace

EnvironmentLog::EnvironmentLog(const std::filesystem::path& run_folder, bool anew, Start start)
    : path_(run_folder / "environment.json") {
  nlohmann::ordered_json starts = anew ? nlohmann::ordered_json::array() : earlier_starts(path_);
  starts.push_back(std::move(start));
  file_ = {{kWriter, version()}, {kStarts, std::move(starts)}};
}

void EnvironmentLog::update(std::uint64_t step, double wall_seconds, const std::string& outcome) {
  Start& start = file_.at(kStarts).back();
  start["last_step"] = step;
  start["wall_seconds"] = rounded_to_ms(wall_seconds);
  start["last_unix_time"] = rounded_to_ms(unix_time());
  if (!outcome.empty()) start["outcome"] = outcome;
}

std::function<void()> EnvironmentLog::save_job() const {
  return [path = path_, file = file_] {
    constexpr int kIndent = 2;
    write_text_file(path, file.dump(kIndent, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n');
  };
}

}  // namespace lockstep
