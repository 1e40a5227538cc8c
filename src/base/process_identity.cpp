#include "base/process_identity.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>
#include <vector>

namespace lockstep {

namespace {

std::string host_of_this_process() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::string target_of_link(const char* path) {
  std::array<char, 256> target{};
  return readlink(path, target.data(), target.size() - 1) > 0 ? target.data() : "";
}

std::string job_of_this_process() {
  for (const auto& [system, variable] : {std::pair("SLURM", "SLURM_JOB_ID"), std::pair("PBS", "PBS_JOBID"),
                                         std::pair("LSF", "LSB_JOBID"), std::pair("Grid Engine", "JOB_ID")})
    if (const char* job = std::getenv(variable); job != nullptr && *job != '\0')
      return fmt::format("{} job {}", system, job);
  return "";
}

/// What the kernel says of a process: its state and when it has started. None where it says nothing.
struct KernelStatus {
  std::string state;
  std::string started;
  bool is_ending = false;
};

/// True when the process is to be killed, and has not come to it.
bool is_being_killed(const std::string& process) {
  constexpr std::uint64_t kKill = std::uint64_t{1} << (SIGKILL - 1);
  std::ifstream lines("/proc/" + process + "/status");
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("SigPnd:") || line.starts_with("ShdPnd:"))
      if ((std::strtoull(line.c_str() + line.find(':') + 1, nullptr, 16) & kKill) != 0) return true;
  return false;
}

std::optional<KernelStatus> status_of(const std::string& process) {
  const std::string line = first_line("/proc/" + process + "/stat");
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream rest(line.substr(name_end + 1));
  std::vector<std::string> fields;
  for (std::string field; rest >> field;) fields.push_back(field);
  constexpr std::size_t kState = 0;
  constexpr std::size_t kFlags = 6;
  constexpr std::size_t kStarted = 19;
  constexpr std::uint64_t kExiting = 4;
  if (fields.size() <= kStarted) return std::nullopt;
  const bool exiting = (std::strtoull(fields[kFlags].c_str(), nullptr, 10) & kExiting) != 0;
  return KernelStatus{fields[kState], fields[kStarted], exiting || is_being_killed(process)};
}

}  // namespace

ProcessIdentity ProcessIdentity::of_this_process() {
  ProcessIdentity self({});
  self.host = host_of_this_process();
  self.boot = first_line("/proc/sys/kernel/random/boot_id");
  self.space = target_of_link("/proc/self/ns/pid");
  self.process = std::to_string(getpid());
  if (const auto status = status_of(self.process)) self.started = status->started;
  self.job = job_of_this_process();
  return self;
}

ProcessIdentity::ProcessIdentity(const std::map<std::string, std::string>& fields) {
  const auto field = [&](const char* name) {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string() : found->second;
  };
  host = field("host");
  boot = field("boot");
  space = field("space");
  process = field("process");
  started = field("started");
  job = field("job");
}

std::map<std::string, std::string> ProcessIdentity::fields() const {
  return {{"host", host}, {"boot", boot}, {"space", space}, {"process", process}, {"started", started}, {"job", job}};
}

std::string ProcessIdentity::text() const {
  if (process.empty()) return "an unknown process";
  return fmt::format("process {} on {}{}", process, host, job.empty() ? "" : " (" + job + ")");
}

Life life_of(const ProcessIdentity& process) {
  const ProcessIdentity self = ProcessIdentity::of_this_process();
  const bool visible = !self.boot.empty() && !self.space.empty() && !self.started.empty() &&
                       process.boot == self.boot && process.space == self.space;
  const int number = std::atoi(process.process.c_str());
  if (!visible || number <= 0) return Life::unknown;
  const auto status = status_of(process.process);
  if (!status) return kill(number, 0) != 0 && errno == ESRCH ? Life::dead : Life::unknown;
  const bool ended = status->state == "Z" || status->state == "X";
  if (ended || status->started != process.started) return Life::dead;
  return status->is_ending ? Life::ending : Life::alive;
}

}  // namespace lockstep
