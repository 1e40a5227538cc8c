#include "base/folder_probe.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <random>
#include <thread>

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/stopwatch.hpp"

namespace lockstep {

namespace {

constexpr std::size_t kBytes = 4U << 20U;

}  // namespace

FolderProbe::FolderProbe(const std::filesystem::path& folder)
    : folder_(folder), name_(fmt::format("lockstep-doctor-{}-{:08x}", getpid(), std::random_device()())) {
  std::string text = name_;
  text.resize(kBytes, '\n');
  Stopwatch watch;
  write_text_file(folder_ / name_, text);
  bytes_per_second_ = kBytes / watch.lap();
}

FolderProbe::~FolderProbe() {
  std::error_code ignored;
  std::filesystem::remove(folder_ / name_, ignored);
}

std::string FolderProbe::refused_locks() const {
  const int descriptor = ::open((folder_ / name_).c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return fmt::format("open: {}", std::strerror(errno));
  std::string refused;
  const auto note = [&](const char* what, bool locked) {
    if (!locked) refused += fmt::format("{}{}: {}", refused.empty() ? "" : ", ", what, std::strerror(errno));
  };
  note("flock", ::flock(descriptor, LOCK_EX | LOCK_NB) == 0);
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  note("fcntl", ::fcntl(descriptor, F_SETLK, &whole) == 0);
  ::close(descriptor);
  return refused;
}

void find_probe(const std::filesystem::path& folder, const std::string& name) {
  const std::filesystem::path path = folder / name;
  // A network file system may show a new file late.
  constexpr int kTries = 20;
  for (int tries = 0; tries < kTries; ++tries) {
    std::ifstream file(path);
    std::string line;
    if (std::getline(file, line) && line == name) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  throw failure("{}: the file that rank 0 wrote is not there",
                std::filesystem::absolute(path.lexically_normal()).string());
}

}  // namespace lockstep
