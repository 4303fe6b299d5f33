#include "daemon/preload.hpp"

#include "net/run.hpp"
#include "os/paths.hpp"
#include "os/test_folder.hpp"
#include "scheduler/names.hpp"

#include <gtest/gtest.h>

namespace llf::daemon {
namespace {

// What is loaded is tested with workers: tests/integration/scheduling_test.py.
TEST(Preload, a_name_that_means_nothing_does_not_keep_the_others_out) {
  const os::TestFolder folder;
  const auto paths = os::resolve_paths({.home = folder.path().native()});
  ASSERT_TRUE(paths);
  net::Loop loop;
  const config::Settings settings;
  Models models(loop, folder / "none.gguf", *paths, settings);
  const scheduler::Names names(models.catalog(), settings);
  scheduler::Scheduler scheduler(loop, names, settings,
                                 [](const scheduler::Target&) { return nullptr; });
  static_cast<void>(net::run_until_done(loop, preload(models, scheduler, {"gone", "gone too"})));
  EXPECT_TRUE(scheduler.status().empty());
  static_cast<void>(net::run_until_done(loop, scheduler.stop_all()));
}

}  // namespace
}  // namespace llf::daemon
