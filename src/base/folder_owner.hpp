// A run owns its folder: two that write to one folder would leave a mix of both.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace lockstep {

/// How long to wait for what. Other values than these are for tests.
struct OwnerPatience {
  std::chrono::milliseconds beat{3'000};        // between two signs of life of an owner
  std::chrono::milliseconds silence{30'000};    // of an owner that cannot be seen from here, until it counts as dead
  std::chrono::milliseconds ending{30'000};     // that an owner which was killed may take to end
  std::chrono::milliseconds same_job{120'000};  // that an owner of the same job may, which was queued again
};

/// The right to write to a folder, by a file `owner` in it that says which process has it. No lock is asked for, which
/// network file systems refuse: the file is created by whoever comes first, and shows by a counter that its owner
/// lives. The file of a dead owner is replaced by one process only, whoever gets the right to replace just that one.
class FolderOwner {
 public:
  using Say = std::function<void(const std::string& message)>;

  /// Makes the folder, and claims it. `say` is told what is waited for, and for how long. Bad input, naming process,
  /// host and job, when a living process owns it. Throws Error with the cause when nothing can be written there.
  explicit FolderOwner(const std::filesystem::path& folder, Say say, const OwnerPatience& patience = {});

  /// Gives the folder up, without a word where that fails.
  ~FolderOwner();
  FolderOwner(const FolderOwner&) = delete;
  FolderOwner& operator=(const FolderOwner&) = delete;

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  /// To be called before a file in the folder is written. Throws Error when another process has taken the folder over,
  /// since this one was suspended, or cut off, for so long that it counted as dead.
  void check();

  /// Gives the folder up. What this made and is empty is removed. Throws Error with the cause.
  void release();

 private:
  /// What the file of an owner says.
  struct Entry;
  static bool read(const std::filesystem::path& file, Entry& entry);
  [[nodiscard]] std::string text_of_this_process() const;

  /// Creates `file` as this process's, and returns its descriptor. Replaces that of a dead owner.
  int claim(const std::filesystem::path& file);
  /// -1 where the file is there.
  [[nodiscard]] int create(const std::filesystem::path& file);
  /// True when the owner of `file` is dead, false when it is another one meanwhile, or none. Bad input when it lives.
  bool wait_for_end_of(const Entry& owner, const std::filesystem::path& file) const;
  void confirm();
  void beat();

  std::filesystem::path folder_;
  std::vector<std::filesystem::path> made_;  // folders, the deepest first
  std::filesystem::path file_;
  Say say_;
  OwnerPatience patience_;
  std::string token_;  // of this owner alone
  int descriptor_ = -1;
  std::mutex mutex_;
  std::string lost_to_;                   // empty: it is this one's
  std::chrono::nanoseconds confirmed_{};  // when the file was last seen to be this one's
  std::uint64_t beats_ = 0;
  std::jthread thread_;
};

}  // namespace lockstep
