#include "base/deadline.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "base/error.hpp"

namespace lockstep {

std::optional<std::uint64_t> slurm_seconds(const std::string& text) {
  std::uint64_t seconds = 0;
  std::uint64_t part = 0;
  bool digits = false;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      part = part * 10 + static_cast<std::uint64_t>(c - '0');
      digits = true;
    } else if (digits && (c == ':' || c == '-')) {
      seconds = (seconds + part) * (c == ':' ? 60 : 24);
      part = 0;
      digits = false;
    } else {
      return std::nullopt;
    }
  }
  return digits ? std::optional(seconds + part) : std::nullopt;
}

Deadline Deadline::of_slurm_job() {
  const char* job = std::getenv("SLURM_JOB_ID");
  if (job == nullptr)
    throw bad_input("run.time_limit is \"slurm\", but this is no SLURM job (SLURM_JOB_ID is not set); give seconds");
  std::string text;
  if (const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(
          popen(fmt::format("squeue --noheader --format=%L --jobs='{}'", job).c_str(), "re"), pclose);
      pipe != nullptr) {
    std::array<char, 128> line{};
    if (std::fgets(line.data(), line.size(), pipe.get()) != nullptr) text = line.data();
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  if (const auto seconds = slurm_seconds(text)) return Deadline(std::chrono::seconds(*seconds));
  throw bad_input("run.time_limit is \"slurm\", but squeue does not tell the time left to job {} ('{}'); give seconds",
                  job, text);
}

bool Deadline::is_nearer_than(double needed) const {
  return end_ && *end_ - std::chrono::steady_clock::now() < std::chrono::duration<double>(needed);
}

}  // namespace lockstep
