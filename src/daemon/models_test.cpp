#include "daemon/models.hpp"

#include "net/run.hpp"
#include "net/task_group.hpp"
#include "net/timer.hpp"
#include "os/test_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace llf::daemon {
namespace {

TEST(Models, passes_a_model_and_tells_what_is_none) {
  const os::TestFolder folder;
  const auto path = folder.path() / "m.gguf";
  net::Loop loop;
  Models models(loop, folder.path() / "built-in.gguf", {.data_dir = folder.path()}, {});
  const auto check = [&](const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    return net::run_until_done(loop, models.look_into({path}));
  };
  EXPECT_TRUE(check(std::string("GGUF\3\0\0\0", 8) + std::string(16, '\0')));
  const auto refused = check("GGUF");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("m.gguf: at byte 4: "));
}

TEST(Models, what_prune_has_to_know_is_not_looked_up_on_the_loop) {
  const os::TestFolder folder;
  net::Loop loop;
  Models models(loop, folder.path() / "built-in.gguf", {.data_dir = folder.path()}, {});
  net::TaskGroup group(loop, "test");
  std::optional<Expected<std::vector<store::Leftover>>> found;
  group.spawn(net::detail::store(models.leftovers({}, gateway::Prune::tell), found));
  int turns = 0;
  loop.run_until([&] { return ++turns > 2; });
  EXPECT_TRUE(models.catalog().stale()) << "it has only begun";
  loop.run_until([&] { return group.size() == 0; });
  ASSERT_TRUE(found && *found);
  EXPECT_THAT(**found, testing::IsEmpty());
}

TEST(Models, an_import_does_not_wait_for_a_long_look_at_a_model) {
  const os::TestFolder folder;
  net::Loop loop;
  Models models(loop, folder.path() / "built-in.gguf", {.data_dir = folder.path()}, {});
  const auto small = folder.path() / "small.gguf";
  std::ofstream(small, std::ios::binary) << std::string("GGUF\3\0\0\0", 8) << std::string(16, '\0');
  const auto large = folder.path() / "large.gguf";
  std::filesystem::copy_file(small, large);
  std::filesystem::resize_file(large, ByteSize::gib(8).bytes());
  const auto both = net::run_until_done(
      loop, net::race(models.verify({.path = large}, [](std::uint64_t) {}),
                      models.import(small, store::ImportBy::copying, [](std::uint64_t) {})));
  EXPECT_EQ(both.winner, 1U);
  EXPECT_TRUE(both.second);
}

}  // namespace
}  // namespace llf::daemon
