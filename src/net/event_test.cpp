#include "net/event.hpp"

#include "net/run.hpp"
#include "net/timer.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace llf::net {
namespace {

using namespace std::chrono_literals;

Task<void> wait_and_note(Event& event, std::vector<std::string>& notes) {
  const auto waited = co_await event.wait();
  notes.emplace_back(waited ? "woken" : "cancelled");
}

TEST(Event, set_wakes_every_waiter_even_when_reset_at_once) {
  Loop loop;
  TaskGroup group(loop, "test");
  Event event;
  std::vector<std::string> notes;
  for (int i = 0; i < 3; ++i) group.spawn(wait_and_note(event, notes));
  static_cast<void>(run_until_done(loop, sleep_for(1ms)));
  event.set();
  event.reset();
  loop.run();
  EXPECT_EQ(notes, (std::vector<std::string>{"woken", "woken", "woken"}));
}

TEST(Event, a_set_event_does_not_wait_and_a_reset_one_does) {
  Loop loop;
  TaskGroup group(loop, "test");
  Event event;
  std::vector<std::string> notes;
  event.set();
  EXPECT_TRUE(event.is_set());
  group.spawn(wait_and_note(event, notes));
  static_cast<void>(run_until_done(loop, sleep_for(1ms)));
  EXPECT_EQ(notes.size(), 1U);
  event.reset();
  group.spawn(wait_and_note(event, notes));
  static_cast<void>(run_until_done(loop, sleep_for(1ms)));
  EXPECT_EQ(notes.size(), 1U);
  group.cancel();
  loop.run();
  EXPECT_EQ(notes, (std::vector<std::string>{"woken", "cancelled"}));
}

TEST(Event, may_be_destroyed_once_its_waiters_were_released) {
  Loop loop;
  TaskGroup group(loop, "test");
  auto event = std::make_unique<Event>();
  std::vector<std::string> notes;
  group.spawn(wait_and_note(*event, notes));
  static_cast<void>(run_until_done(loop, sleep_for(1ms)));
  event->set();
  event.reset();
  loop.run();
  EXPECT_EQ(notes, (std::vector<std::string>{"woken"}));
}

}  // namespace
}  // namespace llf::net
