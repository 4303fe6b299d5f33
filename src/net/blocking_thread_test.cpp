#include "net/blocking_thread.hpp"

#include "net/run.hpp"
#include "net/timer.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <string>
#include <thread>

namespace llf::net {
namespace {

using namespace std::chrono_literals;

class BlockingThreadTest : public testing::Test {
 protected:
  template <class T>
  auto run(Task<T> task) {
    return run_until_done(loop_, std::move(task));
  }

  Loop loop_;
  BlockingThread thread_{loop_};
};

TEST_F(BlockingThreadTest, works_are_done_elsewhere_and_answered_here) {
  const auto where =
      run(thread_.run([]() -> Expected<std::thread::id> { return std::this_thread::get_id(); }));
  ASSERT_TRUE(where);
  EXPECT_NE(*where, std::this_thread::get_id());
  const auto again =
      run(thread_.run([]() -> Expected<std::thread::id> { return std::this_thread::get_id(); }));
  EXPECT_EQ(*where, *again);
}

TEST_F(BlockingThreadTest, an_error_is_that_of_the_work) {
  const auto failed = run(thread_.run(
      []() -> Expected<int> { return failure(ErrorKind::not_found, "there is no such file"); }));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::not_found);
}

TEST_F(BlockingThreadTest, works_are_done_in_the_order_of_the_calls) {
  std::string order;
  TaskGroup group(loop_, "test");
  const auto note = [&](char letter) {
    return [letter, &order]() -> Expected<void> {
      order += letter;
      return {};
    };
  };
  const auto ignore = [](BlockingThread& thread, auto work) -> Task<void> {
    static_cast<void>(co_await thread.run(work));
  };
  for (const char letter : std::string("abc")) group.spawn(ignore(thread_, note(letter)));
  loop_.run_until([&] { return group.size() == 0; });
  EXPECT_EQ(order, "abc");
}

TEST_F(BlockingThreadTest, a_work_that_nobody_waits_for_is_told_to_stop) {
  const auto stopped = std::make_shared<std::latch>(1);
  const auto waited =
      run(with_deadline(thread_.run([stopped](const std::stop_token& stop) -> Expected<void> {
        while (!stop.stop_requested()) std::this_thread::yield();
        stopped->count_down();
        return {};
      }),
                        10ms, "the work"));
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().kind, ErrorKind::timeout);
  stopped->wait();
}

TEST_F(BlockingThreadTest, the_loop_goes_on_meanwhile_and_a_wait_can_be_given_up) {
  const auto held = std::make_shared<std::latch>(1);
  const auto waited = run(with_deadline(thread_.run([held]() -> Expected<void> {
    held->wait();
    return {};
  }),
                                        10ms, "the work"));
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().kind, ErrorKind::timeout);
  held->count_down();
  EXPECT_TRUE(run(thread_.run([]() -> Expected<void> { return {}; })));
}

TEST(BlockingThreads, one_that_ends_waits_for_the_work_that_is_being_done) {
  Loop loop;
  TaskGroup group(loop, "test");
  const auto begun = std::make_shared<std::latch>(1);
  const auto done = std::make_shared<std::atomic<bool>>(false);
  {
    BlockingThread thread(loop);
    const auto work = [](BlockingThread& on, std::shared_ptr<std::latch> started,
                         std::shared_ptr<std::atomic<bool>> ended) -> Task<void> {
      static_cast<void>(co_await on.run([started, ended]() -> Expected<void> {
        started->count_down();
        std::this_thread::yield();
        *ended = true;
        return {};
      }));
    };
    group.spawn(work(thread, begun, done));
    group.spawn([](TaskGroup& all) -> Task<void> {
      all.cancel();
      co_return;
    }(group));
    loop.run_until([&] { return group.size() == 0; });
    begun->wait();
  }
  EXPECT_TRUE(*done);
}

}  // namespace
}  // namespace llf::net
