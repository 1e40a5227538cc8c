// Jobs on a thread: one at a time, failures come to light, the end waits.
#include "base/background_writer.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stdexcept>

namespace lockstep {
namespace {

TEST(BackgroundWriter, ReturnsBeforeTheJobIsDone) {
  BackgroundWriter writer;
  std::promise<void> go;
  std::atomic<bool> done = false;
  writer.start([&, ready = go.get_future().share()] {
    ready.wait();
    done = true;
  });
  EXPECT_FALSE(done);
  go.set_value();
  writer.wait();
  EXPECT_TRUE(done);
}

TEST(BackgroundWriter, RunsOneJobAtATimeInOrder) {
  BackgroundWriter writer;
  std::atomic<int> running = 0;
  std::atomic<bool> overlapped = false;
  std::vector<int> order;
  for (int i = 0; i < 200; ++i)
    writer.start([&, i] {
      if (++running > 1) overlapped = true;
      order.push_back(i);
      --running;
    });
  writer.wait();
  EXPECT_FALSE(overlapped);
  ASSERT_EQ(order.size(), 200U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(BackgroundWriter, ThrowsWhatAJobThrewOnce) {
  BackgroundWriter writer;
  writer.start([] { throw std::runtime_error("disk full"); });
  EXPECT_THROW(writer.wait(), std::runtime_error);
  writer.wait();
  writer.start([] { throw std::runtime_error("disk full"); });
  EXPECT_THROW(writer.start([] {}), std::runtime_error);
}

TEST(BackgroundWriter, TellsOfAFailureWithoutWaiting) {
  BackgroundWriter writer;
  std::atomic<bool> go_on = false;
  writer.start([&] {
    while (!go_on) std::this_thread::yield();
    throw std::runtime_error("disk full");
  });
  writer.check();
  go_on = true;
  bool thrown = false;
  while (!thrown) try {
      writer.check();
    } catch (const std::runtime_error&) {
      thrown = true;
    }
  writer.wait();
}

TEST(BackgroundWriter, FinishesTheJobBeforeItEnds) {
  std::atomic<bool> done = false;
  {
    BackgroundWriter writer;
    writer.start([&] { done = true; });
  }
  EXPECT_TRUE(done);
}

TEST(BackgroundWriter, MeasuresItsJobs) {
  BackgroundWriter writer;
  EXPECT_EQ(writer.last_job_seconds(), 0);
  writer.start([] { std::this_thread::sleep_for(std::chrono::milliseconds(20)); });
  writer.wait();
  EXPECT_GE(writer.last_job_seconds(), 0.02);
}

}  // namespace
}  // namespace lockstep
