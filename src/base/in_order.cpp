#include "base/in_order.hpp"

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>

namespace lockstep {

namespace {

class OrderedRun {
 public:
  explicit OrderedRun(const OrderedWork& work) : work_(work) {}

  /// What each thread does.
  void run(std::size_t place) {
    for (std::exception_ptr failed;; failed = nullptr) {
      std::uint64_t number = 0;
      {
        const std::lock_guard lock(taking_);
        if (ends_) return;
        failed = try_to([&] { ends_ = !work_.take(place); });
        if (ends_) return;
        ends_ = failed != nullptr;
        number = taken_++;
      }
      if (!failed) failed = try_to([&] { work_.work(place); });
      if (!give(place, number, failed)) return;
    }
  }

  void check() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  static std::exception_ptr try_to(const std::function<void()>& action) {
    try {
      action();
    } catch (...) {
      return std::current_exception();
    }
    return nullptr;
  }

  /// False where no more items are to be taken.
  bool give(std::size_t place, std::uint64_t number, const std::exception_ptr& failed) {
    std::unique_lock lock(giving_);
    changed_.wait(lock, [&] { return given_ == number; });
    if (!error_) error_ = failed ? failed : try_to([&] { work_.give(place); });
    ++given_;
    changed_.notify_all();
    return !error_;
  }

  const OrderedWork& work_;
  std::mutex taking_;
  bool ends_ = false;
  std::uint64_t taken_ = 0;
  std::mutex giving_;
  std::condition_variable changed_;
  std::uint64_t given_ = 0;
  std::exception_ptr error_;
};

}  // namespace

void run_in_order(const Helpers& helpers, const OrderedWork& work) {
  OrderedRun run(work);
  {
    std::vector<std::jthread> threads;
    try {
      for (std::size_t i = 0; i < helpers.size(); ++i)
        threads.emplace_back([&, i] {
          bind_thread(helpers[i]);
          run.run(1 + i);
        });
    } catch (const std::system_error&) {  // NOLINT(bugprone-empty-catch): the threads that there are do it
    }
    run.run(0);
  }
  run.check();
}

}  // namespace lockstep
