// A thread that writes files while training goes on.
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace lockstep {

/// Runs one job at a time on a thread of its own. A job's failure comes to light at the next call.
class BackgroundWriter {
 public:
  BackgroundWriter();
  /// Finishes the job under way. Its failure is lost; call wait() first.
  ~BackgroundWriter();
  BackgroundWriter(const BackgroundWriter&) = delete;
  BackgroundWriter& operator=(const BackgroundWriter&) = delete;

  /// Waits for the job under way, then starts this one and returns. Throws what the earlier job threw.
  void start(std::function<void()> job);

  /// Waits for the job under way. Throws what it threw.
  void wait();

  /// Throws what the last job threw, if it has ended. Does not wait.
  void check();

  /// The seconds that the last complete job took; 0 before the first.
  [[nodiscard]] double last_job_seconds() const;

 private:
  void work();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> job_;  // empty: nothing to do
  std::exception_ptr error_;
  double seconds_ = 0;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace lockstep
