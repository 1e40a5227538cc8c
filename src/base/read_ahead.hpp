// A reader that calls back, on a thread of its own, for threads that ask.
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace lockstep {

/// Reads the next item while those before are worked on: one is ready at most, so that memory is bounded.
template <class T>
class ReadAhead {
 public:
  using Give = std::function<void(T item)>;

  /// `read` gives all items in their order; give() waits until there is room, and ends it, by an exception of its own,
  /// when no more items are wanted.
  explicit ReadAhead(std::function<void(const Give& give)> read) : read_(std::move(read)), thread_([this] { run(); }) {}
  ~ReadAhead() {
    {
      const std::lock_guard lock(mutex_);
      unwanted_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  /// Waits for the next item. Nothing where all have been taken. Throws, behind the items before, what `read` threw.
  std::optional<T> next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return item_ || ended_; });
    if (!item_ && error_) std::rethrow_exception(error_);
    std::optional<T> item = std::exchange(item_, std::nullopt);
    changed_.notify_all();
    return item;
  }

 private:
  struct Unwanted {};

  void give(T item) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !item_ || unwanted_; });
    if (unwanted_) throw Unwanted();
    item_ = std::move(item);
    changed_.notify_all();
  }

  void run() {
    std::exception_ptr error;
    try {
      read_([this](T item) { give(std::move(item)); });
    } catch (const Unwanted&) {  // NOLINT(bugprone-empty-catch): nobody waits for more
    } catch (...) {
      error = std::current_exception();
    }
    const std::lock_guard lock(mutex_);
    error_ = error;
    ended_ = true;
    changed_.notify_all();
  }

  std::function<void(const Give& give)> read_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<T> item_;
  std::exception_ptr error_;
  bool ended_ = false;
  bool unwanted_ = false;
  std::thread thread_;
};

}  // namespace lockstep
