#include "worker/worker_core.hpp"

#include "os/process_facts.hpp"
#include "worker/test_engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <utility>
#include <vector>

namespace llf::worker {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// Returns when there is a process.
Task<void> until_started(Worker& worker) {
  while (worker.status().pid == 0) {
    if (!co_await worker.log_beyond(worker.log_newest())) co_return;
  }
}

using Supervision = WorkerTest;

/// Returns when a crash has been repaired.
Task<Expected<void>> ready_again(Worker& worker) {
  while (worker.status().restarts == 0 || worker.status().state != WorkerState::ready) {
    if (auto line = co_await worker.log_beyond(worker.log_newest()); !line) co_return line;
  }
  co_return Expected<void>();
}

// F01
TEST_F(Supervision, a_crash_is_told_to_its_leases_and_the_next_one_gets_a_new_process) {
  begin("ready; exec sleep 1000");
  auto lease = acquire();
  ASSERT_TRUE(lease);
  const auto pid = worker->status().pid;
  ASSERT_TRUE(os::end_identified(*os::identify(pid), 60s));
  const auto why = engines.run(lease->ended_within(60s));
  ASSERT_TRUE(why);
  EXPECT_EQ(why->kind, ErrorKind::upstream);
  EXPECT_THAT(why->message, HasSubstr("signal 9"));
  const auto next = acquire();
  ASSERT_TRUE(next) << next.error().message;
  EXPECT_NE(worker->status().pid, pid);
  EXPECT_EQ(worker->status().restarts, 1U);
  EXPECT_EQ(worker->status().error, "");
}

TEST_F(Supervision, a_crash_is_repaired_even_when_nobody_asks) {
  auto config = engines.config();
  config.policy.restart.backoff_first = 1ms;
  begin("ready; exec sleep 1000", config);
  {
    ASSERT_TRUE(acquire());
  }
  ASSERT_TRUE(os::end_identified(*os::identify(worker->status().pid), 60s));
  EXPECT_TRUE(engines.run(net::with_deadline(ready_again(*worker), 60s, "a new process")));
}

// F03, F04: this engine answers /health and does nothing.
TEST_F(Supervision, an_engine_without_progress_is_replaced) {
  auto config = engines.config();
  config.liveness = {.silence_limit = 20ms, .interval = 5ms};
  begin("ready; exec sleep 1000", config);
  auto lease = acquire();
  ASSERT_TRUE(lease);
  const auto why = engines.run(lease->ended_within(60s));
  ASSERT_TRUE(why);
  EXPECT_EQ(why->kind, ErrorKind::timeout);
  EXPECT_TRUE(acquire());
  EXPECT_EQ(engines.spawns(), 2U);
}

TEST_F(Supervision, an_engine_that_waits_for_a_slow_client_is_left_alone) {
  auto config = engines.config();
  config.liveness = {.silence_limit = 5ms, .interval = 1ms};
  begin("ready; exec sleep 1000", config);
  auto lease = acquire();
  ASSERT_TRUE(lease);
  lease->note_client_waits();
  EXPECT_FALSE(engines.run(lease->ended_within(200ms)));
  lease->note_progress();
  EXPECT_TRUE(engines.run(lease->ended_within(60s)));
}

TEST_F(Supervision, a_slow_client_does_not_hide_that_the_engine_hangs_for_others) {
  auto config = engines.config();
  config.liveness = {.silence_limit = 20ms, .interval = 5ms};
  begin("ready; exec sleep 1000", config);
  auto slow = acquire();
  auto other = acquire();
  ASSERT_TRUE(slow && other);
  slow->note_progress();
  slow->note_client_waits();
  EXPECT_TRUE(engines.run(other->ended_within(60s)));
}

TEST_F(Supervision, F05_leases_beyond_the_slots_are_queued_in_their_order) {
  auto config = engines.config();
  config.plan.slots = 2;
  begin("ready; exec sleep 1000", config);
  std::vector<Lease> leases;
  for (int i = 0; i < 4; ++i) leases.push_back(*acquire());
  EXPECT_EQ(worker->status().active, 2U);
  EXPECT_EQ(worker->status().queued, 2U);
  EXPECT_EQ(leases[1].queue_position(), 0U);
  EXPECT_EQ(leases[2].queue_position(), 1U);
  EXPECT_EQ(leases[3].queue_position(), 2U);
  leases[3].note_progress();
  EXPECT_EQ(leases[3].queue_position(), 0U) << "whose answer comes does not wait";
  {
    const auto ended = std::move(leases[0]);
  }
  EXPECT_EQ(leases[2].queue_position(), 0U);
  EXPECT_EQ(worker->status().queued, 1U);
}

TEST_F(Supervision, its_process_is_in_the_journal_as_long_as_it_runs) {
  Journal journal(engines.folder / "workers.json");
  auto config = engines.config();
  config.journal = &journal;
  begin("ready; exec sleep 1000", config);
  ASSERT_TRUE(acquire());
  const auto text = os::read_file(engines.folder / "workers.json", ByteSize::mib(1));
  EXPECT_THAT(*text, HasSubstr(fmt::format("\"pid\":{}", worker->status().pid)));
  engines.run(worker->close());
  EXPECT_EQ(os::read_file(engines.folder / "workers.json", ByteSize::mib(1)), "[]");
}

TEST_F(Supervision, progress_is_the_share_of_the_file_that_is_in_memory) {
  auto config = engines.config();
  config.size = ByteSize::gib(1);
  begin("exec sleep 1000", config);
  engines.run(net::race(worker->acquire(), until_started(*worker)));
  const auto status = worker->status();
  EXPECT_EQ(status.state, WorkerState::starting);
  ASSERT_TRUE(status.progress);
  EXPECT_GT(*status.progress, 0.0);
  EXPECT_LT(*status.progress, 0.1);
  EXPECT_GT(status.uptime, Duration::zero());
}

TEST_F(Supervision, idleness_counts_from_the_last_lease) {
  begin("ready; exec sleep 1000");
  {
    const auto lease = acquire();
    ASSERT_TRUE(lease);
    EXPECT_EQ(worker->status().idle, Duration::zero());
  }
  EXPECT_EQ(worker->status().active, 0U);
  EXPECT_GT(worker->status().idle, Duration::zero());
  EXPECT_FALSE(worker->status().progress) << "only of a load";
}

// F08
TEST_F(Supervision, an_engine_that_always_fails_is_not_tried_for_ever_and_a_reset_allows_one_more) {
  auto config = engines.config();
  config.policy.restart.backoff_first = 1ms;
  config.policy.restart.backoff_max = 1ms;
  begin("echo why; exit 1", config);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(acquire().error().kind, ErrorKind::upstream);
  const auto refused = acquire();
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("why"));
  EXPECT_EQ(engines.spawns(), 5U);
  worker->reset();
  EXPECT_EQ(acquire().error().kind, ErrorKind::upstream);
  EXPECT_EQ(engines.spawns(), 6U);
}

TEST_F(Supervision, what_the_engine_printed_can_be_followed) {
  begin("ready; echo more; exec sleep 1000");
  ASSERT_TRUE(acquire());
  ASSERT_TRUE(engines.run(net::with_deadline(worker->log_beyond(3), 60s, "a line")));
  EXPECT_FALSE(worker->log_since(3).empty());
  EXPECT_TRUE(worker->log_since(worker->log_newest()).empty());
}

}  // namespace
}  // namespace llf::worker
