#include "daemon/settings_reports.hpp"

#include "base/limits.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace llf::daemon {
namespace {

gateway::SettingsReport loading(const char* worker) {
  return {.changes = {{.name = worker, .from = 1, .to = 2}},
          .workers = {.loading = {ModelId(worker)}, .ending = {}},
          .restart = {},
          .error = {}};
}

TEST(SettingsReports, what_came_since_a_generation_is_one_report) {
  SettingsReports reports;
  EXPECT_EQ(reports.generation(), 0);
  EXPECT_TRUE(reports.since(0).changes.empty());
  for (const auto* worker : {"a", "b", "a"}) reports.add(loading(worker));
  EXPECT_EQ(reports.generation(), 3);
  EXPECT_EQ(reports.since(0).changes.size(), 3U);
  EXPECT_EQ(reports.since(0).workers.loading, (std::vector{ModelId("a"), ModelId("b")}));
  EXPECT_EQ(reports.since(2).workers.loading, std::vector{ModelId("a")});
  EXPECT_TRUE(reports.since(3).changes.empty());
  EXPECT_TRUE(reports.since(std::numeric_limits<std::int64_t>::max()).changes.empty());
}

TEST(SettingsReports, only_the_newest_are_kept) {
  SettingsReports reports;
  for (std::size_t i = 0; i < limits::kSettingsReports + 5; ++i) reports.add(loading("a"));
  EXPECT_EQ(reports.since(0).changes.size(), limits::kSettingsReports);
  EXPECT_EQ(reports.since(-7).changes.size(), limits::kSettingsReports);
}

}  // namespace
}  // namespace llf::daemon
