#include "base/folder_owner.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <map>
#include <random>
#include <sstream>
#include <utility>

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/process_identity.hpp"

namespace lockstep {

namespace {

constexpr const char* kTitle = "A run of Lockstep owns this folder as long as it goes on.\n";
constexpr int kBeatDigits = 12;
constexpr std::chrono::milliseconds kRound{50};

/// Time that goes on while a process, or the machine, is suspended.
std::chrono::nanoseconds boot_time() {
  std::timespec time{};
  clock_gettime(CLOCK_BOOTTIME, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

std::string date_and_time() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                     utc.tm_hour, utc.tm_min, utc.tm_sec);
}

std::string beat_text(std::uint64_t count) {
  return fmt::format("beat: {:0{}}\n", count, kBeatDigits);
}

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

/// The folder and those above it that are not there, the deepest first.
std::vector<std::filesystem::path> missing_folders(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> missing;
  std::filesystem::path path = std::filesystem::absolute(folder).lexically_normal();
  if (path.filename().empty()) path = path.parent_path();
  for (std::error_code ignored; path.has_relative_path() && !std::filesystem::exists(path, ignored);
       path = path.parent_path())
    missing.push_back(path);
  return missing;
}

}  // namespace

struct FolderOwner::Entry {
  std::map<std::string, std::string> fields;

  [[nodiscard]] std::string operator[](const std::string& name) const {
    const auto found = fields.find(name);
    return found == fields.end() ? "" : found->second;
  }
  [[nodiscard]] std::string text() const {
    return fmt::format("{}, since {}", ProcessIdentity(fields).text(), (*this)["since"]);
  }
};

FolderOwner::FolderOwner(const std::filesystem::path& folder, Say say, const OwnerPatience& patience)
    : folder_(folder),
      made_(missing_folders(folder)),
      file_(folder / "owner"),
      say_(std::move(say)),
      patience_(patience),
      token_(fmt::format("{:08x}{:08x}", std::random_device()(), std::random_device()())),
      descriptor_(claim(file_)),
      confirmed_(boot_time()),
      thread_([this](const std::stop_token& stop) {
        std::mutex mutex;
        std::condition_variable_any changed;
        while (!stop.stop_requested()) {
          std::unique_lock lock(mutex);
          changed.wait_for(lock, stop, patience_.beat, [] { return false; });
          if (!stop.stop_requested()) beat();
        }
      }) {}

FolderOwner::~FolderOwner() {
  try {
    release();
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): whoever wants to know calls release()
  }
}

bool FolderOwner::read(const std::filesystem::path& file, Entry& entry) {
  std::ifstream stream(file);
  if (!stream) {
    if (errno == ENOENT || errno == ESTALE || errno == ENOTDIR) return false;
    throw failure("{}: cannot read: {}", file.string(), std::strerror(errno));
  }
  entry = {};
  for (std::string line; std::getline(stream, line);)
    if (const std::size_t colon = line.find(": "); colon != std::string::npos)
      entry.fields[line.substr(0, colon)] = line.substr(colon + 2);
  return true;
}

std::string FolderOwner::text_of_this_process() const {
  std::string text = kTitle + beat_text(0);
  for (const auto& [name, value] : ProcessIdentity::of_this_process().fields())
    text += fmt::format("{}: {}\n", name, value);
  return text + fmt::format("since: {}\ntoken: {}\n", date_and_time(), token_);
}

int FolderOwner::create(const std::filesystem::path& file) {
  constexpr mode_t kMode = 0644;
  const int descriptor = ::open(file.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, kMode);
  if (descriptor < 0) {
    // The folder may be removed by the owner who made it and has just ended.
    if (errno == EEXIST || errno == ENOENT) return -1;
    throw failure("{}: cannot create: {}", file.string(), std::strerror(errno));
  }
  const std::string text = text_of_this_process();
  if (::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(descriptor) == 0)
    return descriptor;
  const int cause = errno;
  ::close(descriptor);
  ::unlink(file.c_str());
  throw failure("{}: cannot write: {}", file.string(), std::strerror(cause));
}

int FolderOwner::claim(const std::filesystem::path& file) {
  while (true) {
    make_folder(folder_);
    if (const int descriptor = create(file); descriptor >= 0) return descriptor;
    Entry owner;
    if (!read(file, owner) || !wait_for_end_of(owner, file)) continue;
    // Only who has this file replaces this owner, and only while it is the owner.
    std::filesystem::path right = file;
    right += fmt::format(".{}", owner["token"].empty() ? "unknown" : owner["token"]);
    const int descriptor = claim(right);
    Entry now;
    if (read(file, now) && now["token"] == owner["token"]) {
      if (std::rename(right.c_str(), file.c_str()) == 0) return descriptor;
      const int cause = errno;
      ::close(descriptor);
      ::unlink(right.c_str());
      throw failure("{}: cannot rename to {}: {}", right.string(), file.string(), std::strerror(cause));
    }
    ::close(descriptor);
    ::unlink(right.c_str());
  }
}

bool FolderOwner::wait_for_end_of(const Entry& owner, const std::filesystem::path& file) const {
  const ProcessIdentity process(owner.fields);
  const bool same_job = !process.job.empty() && process.job == ProcessIdentity::of_this_process().job;
  const auto refused = [&] {
    return bad_input(
        "{}: another run uses this folder: {}; wait for its end, or give this run a folder of its own (run.name, or "
        "--run-dir)",
        folder_.string(), owner.text());
  };
  const std::chrono::nanoseconds began = boot_time();
  std::chrono::nanoseconds heard = began;  // of it
  bool said = false;
  for (Entry seen = owner;;) {
    Entry now;
    if (!read(file, now) || now["token"] != owner["token"]) return false;
    const Life life = life_of(process);
    if (life == Life::dead) return true;
    const auto passed = boot_time() - began;
    if (now.fields != seen.fields) {
      if (life == Life::unknown && !same_job) throw refused();
      seen = now;
      heard = boot_time();
    }
    if (life == Life::unknown && boot_time() - heard >= patience_.silence) {
      say_(fmt::format("{}: no sign of life of {} for {:g} s: the folder is taken over", folder_.string(),
                       process.text(), seconds(patience_.silence)));
      return true;
    }
    if (life == Life::alive && !same_job) throw refused();
    const auto limit = same_job ? patience_.same_job : patience_.ending;
    if ((life == Life::ending || same_job) && passed >= limit) throw refused();
    if (!std::exchange(said, said || life == Life::unknown || same_job) && said)
      say_(same_job ? fmt::format("{}: {} of the same job still uses the folder; its end is waited for, {:g} s at most",
                                  folder_.string(), process.text(), seconds(patience_.same_job))
                    : fmt::format("{}: {} cannot be seen from here; a sign of its life is waited for, {:g} s at most",
                                  folder_.string(), owner.text(), seconds(patience_.silence)));
    std::this_thread::sleep_for(kRound);
  }
}

void FolderOwner::confirm() {
  Entry now;
  if (!read(file_, now))
    lost_to_ = "nobody: its file is gone";
  else if (now["token"] != token_)
    lost_to_ = now.text();
  else
    confirmed_ = boot_time();
}

void FolderOwner::beat() {
  const std::lock_guard lock(mutex_);
  try {
    confirm();
  } catch (const Error&) {
    return;  // whoever is about to write will be told
  }
  if (!lost_to_.empty()) return;
  // To the file that was created here: one that has taken its place is not touched. A beat that fails is missing.
  const std::string text = beat_text(++beats_);
  if (::pwrite(descriptor_, text.data(), text.size(), static_cast<off_t>(std::strlen(kTitle))) > 0)
    ::fsync(descriptor_);
}

void FolderOwner::check() {
  constexpr std::chrono::seconds kTrusted{1};
  const std::lock_guard lock(mutex_);
  if (lost_to_.empty() && boot_time() - confirmed_ > kTrusted) confirm();
  if (!lost_to_.empty())
    throw failure(
        "{}: this run was suspended, or cut off from its folder, and has lost it to {}; it ends, and writes nothing "
        "more",
        folder_.string(), lost_to_);
}

void FolderOwner::release() {
  thread_ = {};
  if (descriptor_ < 0) return;
  const int descriptor = std::exchange(descriptor_, -1);
  const int close_cause = ::close(descriptor) == 0 ? 0 : errno;
  confirm();
  if (!lost_to_.empty()) return;
  if (::unlink(file_.c_str()) != 0 && errno != ENOENT)
    throw failure("{}: cannot remove: {}", file_.string(), std::strerror(errno));
  for (const std::filesystem::path& folder : made_)
    if (::rmdir(folder.c_str()) != 0) break;
  if (close_cause != 0) throw failure("{}: cannot close: {}", file_.string(), std::strerror(close_cause));
}

}  // namespace lockstep
