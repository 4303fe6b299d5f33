#include "scheduler/scheduler.hpp"

#include "net/run.hpp"
#include "net/task_group.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace llf::scheduler {
namespace {

namespace fs = std::filesystem;

/// Workers of an engine that does not exist: what the scheduler does around them is what is tested;
/// with processes it is tested in tests/integration.
class SchedulerTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              (std::string("llf-scheduler-") +
               testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    for (const auto* name : {"a.gguf", "b.gguf"}) std::ofstream(folder_ / name) << "GGUF";
  }
  void TearDown() override {
    static_cast<void>(net::run_until_done(loop_, scheduler_.stop_all()));
    fs::remove_all(folder_);
  }

  std::shared_ptr<worker::Worker> make(const store::ModelFile& model) {
    ++made_;
    worker::WorkerConfig config;
    config.model = model.id.str();
    config.engine.configured = "/nowhere/llama-server";
    config.run_dir = folder_;
    config.log_dir = folder_;
    return std::make_shared<worker::Worker>(loop_, std::move(config));
  }

  Error error_of_acquire(const char* model) {
    auto lease = net::run_until_done(loop_, scheduler_.acquire(ModelId(model)));
    return lease ? Error{.kind = ErrorKind::internal, .message = "acquired"} : lease.error();
  }

  static Task<void> note_error(Scheduler& scheduler, std::vector<std::string>& errors) {
    const auto lease = co_await scheduler.acquire(ModelId("b"));
    errors.push_back(lease ? "acquired" : lease.error().message);
  }

  Task<void> acquire_twice(std::vector<std::string>& errors) {
    net::TaskGroup tasks(loop_, "test");
    for (int i = 0; i < 2; ++i) tasks.spawn(note_error(scheduler_, errors));
    co_await tasks.join();
  }

  fs::path folder_;
  net::Loop loop_;
  std::size_t made_ = 0;
  store::Catalog catalog_{"",
                          {(fs::path(testing::TempDir()) /
                            (std::string("llf-scheduler-") +
                             testing::UnitTest::GetInstance()->current_test_info()->name()))
                               .string()}};
  Scheduler scheduler_{loop_, catalog_, 1,
                       [this](const store::ModelFile& model) { return make(model); }};
};

TEST_F(SchedulerTest, an_unknown_model_makes_no_worker) {
  EXPECT_EQ(error_of_acquire("c").kind, ErrorKind::not_found);
  EXPECT_EQ(made_, 0U);
  EXPECT_TRUE(scheduler_.status().empty());
}

TEST_F(SchedulerTest, a_model_keeps_its_one_worker) {
  EXPECT_NE(error_of_acquire("a").message, "acquired");
  EXPECT_NE(error_of_acquire("a").message, "acquired");
  EXPECT_EQ(made_, 1U);
  ASSERT_EQ(scheduler_.status().size(), 1U);
  EXPECT_EQ(scheduler_.status().front().model, "a");
  EXPECT_NE(scheduler_.find(ModelId("a")), nullptr);
  EXPECT_EQ(scheduler_.find(ModelId("b")), nullptr);
}

TEST_F(SchedulerTest, past_the_limit_the_idle_one_makes_room) {
  static_cast<void>(error_of_acquire("a"));
  static_cast<void>(error_of_acquire("b"));
  EXPECT_EQ(made_, 2U);
  ASSERT_EQ(scheduler_.status().size(), 1U);
  EXPECT_EQ(scheduler_.status().front().model, "b");
}

// F14: nobody is told that all are busy while room is being made, and one is enough.
TEST_F(SchedulerTest, two_that_need_the_same_room_share_it) {
  static_cast<void>(error_of_acquire("a"));
  std::vector<std::string> errors;
  static_cast<void>(net::run_until_done(loop_, acquire_twice(errors)));
  ASSERT_EQ(errors.size(), 2U);
  for (const auto& error : errors) EXPECT_THAT(error, testing::HasSubstr("/nowhere/llama-server"));
  EXPECT_EQ(made_, 2U);
}

TEST_F(SchedulerTest, unload_forgets_the_worker_and_only_once) {
  static_cast<void>(error_of_acquire("a"));
  EXPECT_TRUE(net::run_until_done(loop_, scheduler_.unload(ModelId("a"))));
  EXPECT_TRUE(scheduler_.status().empty());
  const auto again = net::run_until_done(loop_, scheduler_.unload(ModelId("a")));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace llf::scheduler
