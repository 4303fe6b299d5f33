#include "config/save.hpp"

#include "base/limits.hpp"
#include "config/config.hpp"
#include "os/atomic_file.hpp"
#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace llf::config {
namespace {

namespace fs = std::filesystem;

class Save : public ::testing::Test {
 protected:
  [[nodiscard]] std::string text() const {
    return os::read_file(path_, limits::kSettingsFile).value_or("none");
  }
  void write(std::string_view text) const {
    fs::create_directories(path_.parent_path());
    std::ofstream(path_) << text;
  }
  [[nodiscard]] std::vector<fs::path> backups() const {
    std::vector<fs::path> found;
    const auto folder = path_.parent_path() / "backups";
    if (!fs::exists(folder)) return found;
    for (const auto& entry : fs::directory_iterator(folder)) found.push_back(entry.path());
    return found;
  }
  static const Declaration& declared(std::string_view name) { return **find_declaration(name); }

  os::TestFolder folder_;
  fs::path path_ = folder_.path() / "config" / "config.json";
};

TEST_F(Save, makes_the_file_and_keeps_what_was_there) {
  ASSERT_TRUE(save_setting(path_, declared("server.port"), "8123"));
  EXPECT_EQ(text(), "{\n  \"server\": {\"port\": 8123}\n}\n");
  EXPECT_TRUE(backups().empty());
  write("{\n  // mine\n  \"_x\": 1,\n  \"server\": {\"port\": 1} // old\n}\n");
  ASSERT_TRUE(save_setting(path_, declared("server.port"), "2"));
  ASSERT_TRUE(save_setting(path_, declared("log.level"), "warn"));
  EXPECT_EQ(text(),
            "{\n  // mine\n  \"_x\": 1,\n  \"server\": {\"port\": 2}, // old\n"
            "  \"log\": {\"level\": \"warn\"}\n}\n");
  EXPECT_EQ(backups().size(), 2U);
}

TEST_F(Save, takes_a_setting_out) {
  ASSERT_TRUE(remove_setting(path_, declared("log.level")));
  EXPECT_EQ(text(), "none");
  write("{\"server\": {\"port\": 1}}");
  ASSERT_TRUE(remove_setting(path_, declared("server.port")));
  EXPECT_EQ(text(), "{\"server\": {}}");
  ASSERT_TRUE(remove_setting(path_, declared("server.port")));
  EXPECT_EQ(backups().size(), 1U) << "nothing changed";
}

TEST_F(Save, a_wrong_word_or_file_changes_nothing) {
  const auto wrong = save_setting(path_, declared("server.port"), "70000");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message, "server.port: '70000' is not a whole number from 0 to 65535");
  EXPECT_FALSE(save_setting(path_, declared("models.folder"), "models")) << "not absolute";
  for (const auto* broken : {"{", "{\"sever\": {}}", "[]", "{\"server\": 1}"}) {
    write(broken);
    EXPECT_FALSE(save_setting(path_, declared("server.port"), "1")) << broken;
    EXPECT_EQ(text(), broken);
  }
  EXPECT_TRUE(backups().empty());
}

TEST_F(Save, a_wrong_value_can_be_set_right) {
  write("{\"server\": {\"port\": \"x\"}}");
  ASSERT_TRUE(save_setting(path_, declared("server.port"), "1"));
  EXPECT_EQ(text(), "{\"server\": {\"port\": 1}}");
}

TEST_F(Save, a_link_stays_one) {
  const auto real = folder_.path() / "dotfiles.json";
  std::ofstream(real) << "{}";
  fs::create_directories(path_.parent_path());
  fs::create_symlink(real, path_);
  ASSERT_TRUE(save_setting(path_, declared("server.port"), "1"));
  EXPECT_TRUE(fs::is_symlink(path_));
  EXPECT_NE(text(), "{}");
}

TEST_F(Save, the_newest_backups_are_kept) {
  for (std::size_t i = 0; i < limits::kSettingsBackups + 3; ++i) {
    ASSERT_TRUE(save_setting(path_, declared("server.port"), std::to_string(i + 1)));
  }
  auto kept = backups();
  EXPECT_EQ(kept.size(), limits::kSettingsBackups);
  std::ranges::sort(kept);
  EXPECT_NE(os::read_file(kept.back(), limits::kSettingsFile)
                ->find(std::to_string(limits::kSettingsBackups + 2)),
            std::string::npos);
}

TEST_F(Save, two_at_once_lose_nothing) {
  std::vector<std::jthread> writers;
  for (const auto* name : {"server.port", "server.idle_exit", "models.max_loaded",
                           "engine.load_timeout", "engine.stall_timeout"}) {
    writers.emplace_back([this, name] {
      for (int i = 1; i < 6; ++i) {
        EXPECT_TRUE(save_setting(path_, declared(name), std::to_string(i)));
      }
    });
  }
  writers.clear();
  Config config;
  ASSERT_TRUE(config.read_file({.path = "c", .text = text()}));
  EXPECT_EQ(config.settings().server.port, 5);
  EXPECT_EQ(config.settings().models.max_loaded, 5);
  EXPECT_EQ(config.settings().engine.stall_timeout, std::chrono::seconds(5));
}

}  // namespace
}  // namespace llf::config
