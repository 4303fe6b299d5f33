#include "scheduler/scheduler_fsm.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::scheduler {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// What orders say, in short: "grant 1", "refuse 2", "end a".
std::vector<std::string> said(const Orders& orders) {
  std::vector<std::string> all;
  for (const auto& one : orders) {
    if (const auto* grant = std::get_if<order::Grant>(&one)) {
      all.push_back("grant " + std::to_string(grant->request));
    } else if (const auto* refuse = std::get_if<order::Refuse>(&one)) {
      all.push_back("refuse " + std::to_string(refuse->request));
    } else {
      all.push_back("end " + std::get<order::End>(one).worker.str());
    }
  }
  return all;
}

using Said = std::vector<std::string>;

class SchedulerFsmTest : public testing::Test {
 protected:
  static Wanted wanted(const char* worker, std::uint64_t gib = 1) {
    return {.worker = ModelId(worker),
            .memory = ByteSize::gib(gib),
            .reload = 1s,
            .most_requests = 100};
  }

  static SchedulerPolicy policy(std::size_t most, std::optional<std::uint64_t> gib = {}) {
    SchedulerPolicy policy{.most_loaded = most};
    if (gib) policy.memory = ByteSize::gib(*gib);
    return policy;
  }

  Said request(RequestId id, const Wanted& wanted) { return said(fsm_.request(id, wanted, now_)); }
  Said release(RequestId id) { return said(fsm_.release(id, now_)); }
  Said ended(const char* worker) { return said(fsm_.ended(ModelId(worker), now_)); }
  Said tick(Duration time) {
    now_ += time;
    return said(fsm_.tick(now_));
  }
  Said update(const char* worker, const WorkerFacts& facts) {
    return said(fsm_.update(ModelId(worker), facts, now_));
  }

  /// Loads it and leaves it unused.
  void load(RequestId id, const Wanted& wanted) {
    EXPECT_EQ(request(id, wanted), Said{"grant " + std::to_string(id)});
    EXPECT_EQ(update(wanted.worker.str().c_str(), {.has_process = true}), Said{});
    EXPECT_EQ(release(id), Said{});
    now_ += 10s;
  }

  MonoTime now_ = MonoTime() + 1h;
  SchedulerFsm fsm_{policy(2)};
};

TEST_F(SchedulerFsmTest, a_request_for_a_loaded_model_is_granted_at_once) {
  load(1, wanted("a"));
  EXPECT_EQ(request(2, wanted("a")), Said{"grant 2"});
  EXPECT_EQ(request(3, wanted("a")), Said{"grant 3"});
  EXPECT_EQ(fsm_.users(ModelId("a")), 2);
  EXPECT_EQ(release(2), Said{});
  EXPECT_EQ(release(2), Said{}) << "once";
  EXPECT_EQ(fsm_.users(ModelId("a")), 1);
}

TEST_F(SchedulerFsmTest, the_longest_unused_makes_room) {
  load(1, wanted("a"));
  load(2, wanted("b"));
  EXPECT_EQ(request(3, wanted("c")), Said{"end a"});
  EXPECT_THAT(fsm_.waiting().front().why, HasSubstr("a makes room"));
  EXPECT_EQ(ended("a"), Said{"grant 3"});
  EXPECT_THAT(fsm_.decisions().back().why, HasSubstr("2 of 2 models"));
}

TEST_F(SchedulerFsmTest, memory_is_made_room_in_and_no_more_than_needed) {
  fsm_ = SchedulerFsm(policy(9, 10));
  load(1, wanted("small", 1));
  load(2, wanted("large", 6));
  load(3, wanted("middle", 3));
  EXPECT_EQ(request(4, wanted("next", 5)), Said{"end large"});
  EXPECT_EQ(ended("large"), Said{"grant 4"});
}

TEST_F(SchedulerFsmTest, what_was_seen_counts_where_it_is_more_than_planned) {
  fsm_ = SchedulerFsm(policy(9, 10));
  load(1, wanted("a", 4));
  EXPECT_EQ(update("a", {.has_process = true, .memory = ByteSize::gib(6)}), Said{});
  EXPECT_EQ(request(2, wanted("b", 5)), Said{"end a"});
}

TEST_F(SchedulerFsmTest, who_can_never_fit_is_told_the_numbers) {
  fsm_ = SchedulerFsm(policy(9, 10));
  const auto orders = fsm_.request(1, wanted("huge", 11), now_);
  ASSERT_EQ(said(orders), Said{"refuse 1"});
  const auto& why = std::get<order::Refuse>(orders.front()).why;
  EXPECT_EQ(why.kind, ErrorKind::too_large);
  EXPECT_THAT(why.message, HasSubstr("11.8 GB"));
  EXPECT_THAT(why.message, HasSubstr("10.7 GB"));
  EXPECT_THAT(why.message, HasSubstr("llf model fit huge"));
}

TEST_F(SchedulerFsmTest, pinned_models_neither_make_room_nor_leave) {
  load(1, wanted("a"));
  load(2, wanted("b"));
  for (const auto* name : {"a", "b"}) {
    EXPECT_EQ(update(name, {.has_process = true, .pinned = true, .keep_alive = 1s}), Said{});
  }
  EXPECT_EQ(tick(1h), Said{});
  const auto orders = fsm_.request(3, wanted("c"), now_);
  ASSERT_EQ(said(orders), Said{"refuse 3"});
  EXPECT_THAT(std::get<order::Refuse>(orders.front()).why.message,
              testing::ContainsRegex("pinned, a \\(.*, b \\(.*; 2 models"));
}

TEST_F(SchedulerFsmTest, an_engine_that_is_started_again_is_told) {
  load(1, wanted("a"));
  fsm_.restarted(ModelId("a"), "it was killed\nits last lines", now_);
  EXPECT_EQ(fsm_.decisions().back().why, "its engine is started again: it was killed");
}

TEST_F(SchedulerFsmTest, a_busy_model_is_waited_for) {
  EXPECT_EQ(request(1, wanted("a")), Said{"grant 1"});
  EXPECT_EQ(request(2, wanted("b")), Said{"grant 2"});
  EXPECT_EQ(request(3, wanted("c")), Said{});
  EXPECT_THAT(fsm_.waiting().front().why, HasSubstr("is busy"));
  now_ += 10s;
  EXPECT_EQ(release(2), Said{"end b"});
  EXPECT_EQ(ended("b"), Said{"grant 3"});
}

TEST_F(SchedulerFsmTest, a_model_stays_a_while_for_those_who_come_next) {
  EXPECT_EQ(request(1, wanted("a")), Said{"grant 1"});
  EXPECT_EQ(request(2, wanted("b")), Said{"grant 2"});
  EXPECT_EQ(update("a", {.has_process = true}), Said{});
  EXPECT_EQ(update("b", {.has_process = true}), Said{});
  EXPECT_EQ(request(3, wanted("c")), Said{});
  EXPECT_EQ(release(1), Said{}) << "it has just been loaded";
  EXPECT_EQ(request(4, wanted("a")), Said{"grant 4"});
  EXPECT_EQ(release(4), Said{});
  EXPECT_EQ(fsm_.next_tick(now_), now_ + limits::kResidency);
  EXPECT_EQ(tick(limits::kResidency), Said{"end a"});
}

TEST_F(SchedulerFsmTest, who_waits_too_long_is_next) {
  EXPECT_EQ(request(1, wanted("a")), Said{"grant 1"});
  EXPECT_EQ(request(2, wanted("b")), Said{"grant 2"});
  EXPECT_EQ(request(3, wanted("c")), Said{});
  EXPECT_EQ(tick(limits::kStarvation - 1s), Said{});
  EXPECT_EQ(request(4, wanted("a")), Said{"grant 4"}) << "those of loaded models go on";
  EXPECT_EQ(tick(1s), Said{});
  EXPECT_FALSE(fsm_.is_open(ModelId("a")) && fsm_.is_open(ModelId("b")));
  const std::string closed = fsm_.is_open(ModelId("a")) ? "b" : "a";
  EXPECT_EQ(request(5, wanted(closed.c_str())), Said{}) << "but not those of who must go";
  EXPECT_EQ(release(1), Said{});
  EXPECT_EQ(closed == "a" ? release(4) : release(2), Said{"end " + closed});
  EXPECT_EQ(said(fsm_.ended(ModelId(closed), now_)), Said{"grant 3"});
}

TEST_F(SchedulerFsmTest, one_that_leaves_does_not_hold_up_the_next) {
  EXPECT_EQ(request(1, wanted("a")), Said{"grant 1"});
  EXPECT_EQ(request(2, wanted("b")), Said{"grant 2"});
  EXPECT_EQ(request(3, wanted("c")), Said{});
  EXPECT_EQ(request(4, wanted("d")), Said{});
  EXPECT_EQ(release(3), Said{});
  now_ += 10s;
  EXPECT_EQ(release(1), Said{"end a"});
  EXPECT_EQ(ended("a"), Said{"grant 4"});
}

TEST_F(SchedulerFsmTest, the_queue_of_a_model_has_an_end) {
  auto few = wanted("a");
  few.most_requests = 2;
  EXPECT_EQ(request(1, few), Said{"grant 1"});
  EXPECT_EQ(request(2, few), Said{"grant 2"});
  const auto orders = fsm_.request(3, few, now_);
  ASSERT_EQ(said(orders), Said{"refuse 3"});
  EXPECT_EQ(std::get<order::Refuse>(orders.front()).why.kind, ErrorKind::unavailable);
}

TEST_F(SchedulerFsmTest, what_nobody_uses_for_its_keep_alive_leaves) {
  load(1, wanted("a"));
  EXPECT_EQ(update("a", {.has_process = true, .keep_alive = 60s}), Said{});
  EXPECT_EQ(fsm_.next_tick(now_), now_ + 50s);
  EXPECT_EQ(tick(49s), Said{});
  EXPECT_EQ(tick(1s), Said{"end a"});
  EXPECT_THAT(fsm_.decisions().back().why, HasSubstr("unused for 60 s"));
}

// F15: who comes while it leaves is served by its next process.
TEST_F(SchedulerFsmTest, who_comes_for_one_that_leaves_waits_for_the_next) {
  load(1, wanted("a"));
  EXPECT_EQ(said(fsm_.close(ModelId("a"), "unloaded", now_)), Said{"end a"});
  EXPECT_EQ(request(2, wanted("a")), Said{});
  EXPECT_EQ(ended("a"), Said{"grant 2"});
}

TEST_F(SchedulerFsmTest, a_closed_one_serves_those_that_it_has) {
  EXPECT_EQ(request(1, wanted("a")), Said{"grant 1"});
  EXPECT_EQ(said(fsm_.close(ModelId("a"), "settings", now_)), Said{});
  EXPECT_EQ(request(2, wanted("a")), Said{});
  EXPECT_EQ(release(1), Said{"end a"});
  EXPECT_EQ(ended("a"), Said{"grant 2"});
}

TEST_F(SchedulerFsmTest, ended_at_once_it_forgets_who_used_it) {
  EXPECT_EQ(request(1, wanted("a")), Said{"grant 1"});
  EXPECT_EQ(said(fsm_.end_now(ModelId("a"), now_)), Said{"end a"});
  EXPECT_EQ(ended("a"), Said{});
  EXPECT_FALSE(fsm_.is_known(ModelId("a")));
  EXPECT_EQ(request(2, wanted("a")), Said{"grant 2"});
  EXPECT_EQ(release(1), Said{}) << "of the process before";
  EXPECT_EQ(fsm_.users(ModelId("a")), 1);
}

TEST_F(SchedulerFsmTest, a_failed_one_takes_no_memory) {
  fsm_ = SchedulerFsm(policy(9, 4));
  EXPECT_EQ(request(1, wanted("a", 3)), Said{"grant 1"});
  EXPECT_EQ(release(1), Said{});
  EXPECT_EQ(update("a", {.has_process = false}), Said{});
  EXPECT_EQ(request(2, wanted("b", 3)), Said{"grant 2"});
  EXPECT_EQ(request(3, wanted("a", 3)), Said{}) << "it would have to be loaded";
}

TEST_F(SchedulerFsmTest, a_smaller_policy_sends_the_unused_away) {
  load(1, wanted("a"));
  load(2, wanted("b"));
  EXPECT_EQ(said(fsm_.set_policy(policy(1), now_)), Said{"end a"});
  EXPECT_EQ(ended("a"), Said{});
}

}  // namespace
}  // namespace llf::scheduler
