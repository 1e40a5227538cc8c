#include "metrics/recognise.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <string>

#include "base/error.hpp"
#include "base/hdf5.hpp"
#include "metrics/environment.hpp"
#include "metrics/log.hpp"

namespace lockstep {

bool is_metrics_text(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) return file.eof();
  const auto row = nlohmann::json::parse(line, nullptr, false);
  return row.is_object() && row.contains("group") && row.contains("step");
}

bool is_metrics_table(const std::filesystem::path& path) {
  try {
    const Hdf5File file = Hdf5File::open(path);
    return file.has_attribute(MetricsLog::kWriter) || file.has("epochs/test_loss") || file.has("steps/gradient_norm");
  } catch (const Error&) {
    return false;
  }
}

bool is_environment(const std::filesystem::path& path) {
  std::ifstream file(path);
  const auto whole = nlohmann::json::parse(file, nullptr, false);
  return whole.is_object() && whole.contains(EnvironmentLog::kWriter) && whole.contains(EnvironmentLog::kStarts) &&
         whole[EnvironmentLog::kStarts].is_array();
}

bool is_trace(const std::filesystem::path& path) {
  constexpr std::string_view kBeginning = R"({"displayTimeUnit":"ms","traceEvents":[)";
  std::string beginning(kBeginning.size(), '\0');
  std::ifstream(path).read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  return beginning == kBeginning;
}

}  // namespace lockstep
