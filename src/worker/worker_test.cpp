#include "worker/worker.hpp"

#include "os/child_process.hpp"
#include "os/process_facts.hpp"
#include "worker/test_engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <memory>

namespace llf::worker {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;

Task<void> acquire_into(Worker& worker, bool& served) {
  served = (co_await worker.acquire()).has_value();
}

Task<bool> acquire_twice(Worker& worker, net::Loop& loop) {
  bool first = false;
  bool second = false;
  net::TaskGroup group(loop, "test");
  group.spawn(acquire_into(worker, first));
  group.spawn(acquire_into(worker, second));
  co_await group.join();
  co_return first&& second;
}

/// Stops the worker as soon as its process is there, and then lets others go first.
Task<void> stop_when_started(Worker& worker) {
  while (worker.status().pid == 0) {
    if (!co_await worker.log_beyond(worker.log_newest())) co_return;
  }
  co_await worker.stop();
  static_cast<void>(co_await net::sleep_for(60s));
}

using WorkerLife = WorkerTest;

TEST_F(WorkerLife, is_ready_when_its_line_came_and_health_is_good) {
  begin("ready; exec sleep 1000");
  const auto lease = acquire();
  ASSERT_TRUE(lease) << lease.error().message;
  const auto status = worker->status();
  EXPECT_EQ(status.state, WorkerState::ready);
  EXPECT_EQ(status.active, 1U);
  EXPECT_GT(status.pid, 0);
  EXPECT_TRUE(lease->endpoint().unix_path.contains("/w-"));
  EXPECT_EQ(engines.spawns(), 1U);
}

TEST_F(WorkerLife, readiness_may_come_on_stdout_too) {
  begin("ready 2>&1; exec sleep 1000");
  EXPECT_TRUE(acquire());
}

TEST_F(WorkerLife, without_a_known_line_health_alone_decides) {
  auto config = engines.config();
  config.policy.line_grace = 1ms;
  begin("exec sleep 1000", config);
  engines.status = 200;
  EXPECT_TRUE(acquire());
}

// F14
TEST_F(WorkerLife, two_that_want_it_at_once_share_one_process) {
  begin("ready; exec sleep 1000");
  EXPECT_TRUE(engines.run(acquire_twice(*worker, engines.loop)));
  EXPECT_EQ(engines.spawns(), 1U);
}

// F07
TEST_F(WorkerLife, an_exit_during_load_answers_at_once_with_its_last_words) {
  begin("echo one; echo 'cannot read the model' >&2; exit 3");
  const auto lease = acquire();
  ASSERT_FALSE(lease);
  EXPECT_EQ(lease.error().kind, ErrorKind::upstream);
  EXPECT_THAT(lease.error().message, HasSubstr("exit code 3"));
  EXPECT_THAT(lease.error().message, HasSubstr("cannot read the model"));
  EXPECT_EQ(worker->status().state, WorkerState::failed);
  EXPECT_THAT(worker->status().error, HasSubstr("exit code 3"));
}

TEST_F(WorkerLife, a_flood_of_output_does_not_hold_it_up) {
  begin(
      "yes 'a line of the log' | head -c 3000000; yes x | head -c 3000000 >&2; ready; "
      "exec sleep 1000");
  EXPECT_TRUE(acquire());
  EXPECT_EQ(worker->log_tail(5000).size(), limits::kWorkerLogLines);
}

TEST_F(WorkerLife, a_missing_engine_is_said_with_what_to_do) {
  auto config = engines.config();
  config.engine.configured = "/none/llama-server";
  begin("ready", config);
  const auto lease = acquire();
  ASSERT_FALSE(lease);
  EXPECT_EQ(lease.error().kind, ErrorKind::unavailable) << "not what a request asked for";
  EXPECT_THAT(lease.error().message, HasSubstr("engine.path"));
}

Task<Expected<ModelTraits>> gone_file() {
  co_return failure(ErrorKind::not_found, "there is no file /m.gguf");
}

TEST_F(WorkerLife, a_model_whose_file_is_gone_is_what_the_request_asked_for) {
  auto config = engines.config();
  config.check_model = gone_file;
  begin("ready; exec sleep 1000", config);
  const auto lease = acquire();
  ASSERT_FALSE(lease);
  EXPECT_EQ(lease.error().kind, ErrorKind::not_found);
  EXPECT_EQ(engines.spawns(), 0U);
}

TEST_F(WorkerLife, a_load_that_takes_too_long_is_ended) {
  auto config = engines.config();
  config.policy.load_limit = 300ms;
  begin("exec sleep 1000", config);
  const auto lease = acquire();
  ASSERT_FALSE(lease);
  EXPECT_EQ(lease.error().kind, ErrorKind::timeout);
}

TEST_F(WorkerLife, stop_ends_it_and_a_later_acquire_starts_it_anew) {
  begin("ready; exec sleep 1000");
  const auto lease = acquire();
  ASSERT_TRUE(lease);
  const auto identity = os::identify(worker->status().pid);
  engines.run(worker->stop());
  EXPECT_EQ(worker->status().state, WorkerState::stopped);
  EXPECT_FALSE(os::proc_stat(identity->pid)) << "not even a zombie";
  EXPECT_EQ(engines.leftovers(), 0U);
  EXPECT_TRUE(acquire());
  EXPECT_EQ(engines.spawns(), 2U);
}

// F06
TEST_F(WorkerLife, an_engine_that_ignores_sigterm_is_killed) {
  auto config = engines.config();
  config.policy.term_limit = 50ms;
  begin("trap '' TERM; ready; while :; do sleep 1000; done", config);
  ASSERT_TRUE(acquire());
  const auto pid = worker->status().pid;
  engines.run(worker->stop());
  EXPECT_FALSE(os::proc_stat(pid));
  EXPECT_THAT(worker->log_tail(10), Contains(HasSubstr("killing the engine")));
}

TEST_F(WorkerLife, a_stop_while_it_loads_answers_who_waits) {
  begin("exec sleep 1000");
  const auto raced = engines.run(net::race(worker->acquire(), stop_when_started(*worker)));
  EXPECT_EQ(raced.winner, 0U);
  ASSERT_FALSE(raced.first);
  EXPECT_EQ(raced.first.error().kind, ErrorKind::unavailable);
}

TEST_F(WorkerLife, who_stops_waiting_leaves_the_load_to_others) {
  begin("ready; exec sleep 1000");
  const auto left =
      engines.run(net::with_deadline(worker->acquire(), Duration::zero(), "patience"));
  EXPECT_FALSE(left);
  EXPECT_TRUE(acquire());
  EXPECT_EQ(engines.spawns(), 1U);
}

TEST_F(WorkerLife, its_environment_is_the_allow_list) {
  ::setenv("LLAMA_API_KEY", "secret", 1);
  ::setenv("GGML_TEST", "1", 1);
  begin("env | grep -E '^(LLAMA|GGML_TEST|PATH)' | sort | tr '\\n' ' '; pwd; exit 1");
  const auto lease = acquire();
  ASSERT_FALSE(lease);
  EXPECT_THAT(lease.error().message, HasSubstr("GGML_TEST=1 PATH="));
  EXPECT_THAT(lease.error().message, testing::Not(HasSubstr("secret")));
  EXPECT_THAT(lease.error().message, HasSubstr(engines.run_dir().native()));
  ::unsetenv("LLAMA_API_KEY");
  ::unsetenv("GGML_TEST");
}

TEST_F(WorkerLife, its_output_is_kept_in_a_file_and_made_safe) {
  begin("printf 'bad \\033[31m escape\\n'; exit 1");
  ASSERT_FALSE(acquire());
  const auto log = os::read_file(engines.folder / "log/test-model.log", ByteSize::mib(1));
  ASSERT_TRUE(log);
  EXPECT_THAT(*log, HasSubstr("bad"));
  EXPECT_FALSE(log->contains('\033'));
  EXPECT_THAT(*log, HasSubstr("llf: process "));
}

TEST_F(WorkerLife, a_closed_worker_gives_no_leases) {
  begin("ready; exec sleep 1000");
  auto lease = acquire();
  ASSERT_TRUE(lease);
  engines.run(worker->close());
  EXPECT_EQ(acquire().error().kind, ErrorKind::unavailable);
  worker.reset();
  lease->note_progress();  // a lease may outlive its worker
  EXPECT_TRUE(engines.run(lease->ended_within(60s)));
}

}  // namespace
}  // namespace llf::worker
