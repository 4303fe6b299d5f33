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
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    for (const auto* name : {"a.gguf", "b.gguf"}) std::ofstream(folder_ / name) << "GGUF";
  }
  void TearDown() override {
    static_cast<void>(net::run_until_done(loop_, scheduler_.stop_all()));
    fs::remove_all(folder_);
  }

  std::shared_ptr<worker::Worker> make(const Target& target) {
    ++made_;
    worker::WorkerConfig config;
    config.model = target.worker.str();
    config.engine.configured = "/nowhere/llama-server";
    config.run_dir = folder_;
    config.log_dir = folder_;
    return std::make_shared<worker::Worker>(loop_, std::move(config));
  }

  Error error_of_acquire(const char* model) {
    auto lease = net::run_until_done(loop_, scheduler_.acquire({.name = ModelId(model)}));
    return lease ? Error{.kind = ErrorKind::internal, .message = "acquired"} : lease.error();
  }

  static Task<void> note_error(Scheduler& scheduler, std::vector<std::string>& errors) {
    const auto lease = co_await scheduler.acquire({.name = ModelId("b")});
    errors.push_back(lease ? "acquired" : lease.error().message);
  }

  Task<void> acquire_twice(std::vector<std::string>& errors) {
    net::TaskGroup tasks(loop_, "test");
    for (int i = 0; i < 2; ++i) tasks.spawn(note_error(scheduler_, errors));
    co_await tasks.join();
  }

  static config::Settings one_at_once() {
    config::Settings settings;
    settings.models.max_loaded = 1;
    return settings;
  }

  fs::path folder_ = fs::path(testing::TempDir()) /
                     (std::string("llf-scheduler-") +
                      testing::UnitTest::GetInstance()->current_test_info()->name());
  net::Loop loop_;
  std::size_t made_ = 0;
  store::Catalog catalog_{{{.root = folder_}}};
  config::Settings settings_ = one_at_once();
  Names names_{catalog_, settings_};
  Scheduler scheduler_{loop_, names_, settings_,
                       [this](const Target& target) { return make(target); }};
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

TEST_F(SchedulerTest, settings_of_another_model_leave_a_worker_alone) {
  static_cast<void>(error_of_acquire("a"));
  settings_.inference.temperature = 0.5;
  settings_.profiles["p"].model = "b";
  EXPECT_EQ(scheduler_.refresh(), Touched{});
  EXPECT_EQ(made_, 1U);
}

TEST_F(SchedulerTest, a_worker_whose_settings_changed_is_made_anew) {
  static_cast<void>(error_of_acquire("a"));
  auto other = settings_;
  other.engine.context = 512;
  EXPECT_EQ(scheduler_.touched_by(Names(catalog_, other)), Touched{}) << "it failed to load";
  settings_.engine.context = 512;
  EXPECT_EQ(scheduler_.refresh(), Touched{});
  static_cast<void>(error_of_acquire("a"));
  EXPECT_EQ(made_, 2U);
  EXPECT_EQ(scheduler_.touched_by(names_), Touched{});
}

TEST_F(SchedulerTest, a_request_with_new_settings_gets_no_worker_with_old_ones) {
  static_cast<void>(error_of_acquire("a"));
  settings_.engine.slots = 1;
  static_cast<void>(error_of_acquire("a"));
  EXPECT_EQ(made_, 2U);
  EXPECT_EQ(scheduler_.status().size(), 1U);
}

TEST_F(SchedulerTest, a_pinned_model_makes_no_room) {
  settings_.profiles["p"].model = "a";
  settings_.profiles["p"].pinned = true;
  static_cast<void>(error_of_acquire("a"));
  EXPECT_THAT(error_of_acquire("b").message, testing::HasSubstr("pinned"));
  EXPECT_EQ(made_, 1U);
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
