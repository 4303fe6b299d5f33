#include "config/save.hpp"

#include "base/limits.hpp"
#include "config/reader.hpp"
#include "os/atomic_file.hpp"
#include "os/paths.hpp"
#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <thread>
#include <utility>
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
  [[nodiscard]] Expected<void> set(std::string_view name, std::string_view word) const {
    const auto place = find_place(name);
    if (!place) return failure(place.error());
    const auto value = value_for(*place, word);
    if (!value) return failure(value.error());
    return save_value(file_, *place, *value);
  }
  [[nodiscard]] Expected<void> unset(std::string_view name) const {
    return remove_value(file_, *find_place(name));
  }

  os::TestFolder folder_;
  fs::path path_ = folder_.path() / "config" / "config.json";
  SettingsFile file_{.path = path_, .check = {}};
};

TEST_F(Save, makes_the_file_and_keeps_what_was_there) {
  ASSERT_TRUE(set("server.port", "8123"));
  EXPECT_EQ(text(), "{\n  \"server\": {\"port\": 8123}\n}\n");
  EXPECT_TRUE(backups().empty());
  write("{\n  // mine\n  \"_x\": 1,\n  \"server\": {\"port\": 1} // old\n}\n");
  ASSERT_TRUE(set("server.port", "2"));
  ASSERT_TRUE(set("log.level", "warn"));
  EXPECT_EQ(text(),
            "{\n  // mine\n  \"_x\": 1,\n  \"server\": {\"port\": 2}, // old\n"
            "  \"log\": {\"level\": \"warn\"}\n}\n");
  EXPECT_EQ(backups().size(), 2U);
}

TEST_F(Save, takes_a_setting_out) {
  ASSERT_TRUE(unset("log.level"));
  EXPECT_EQ(text(), "none");
  write("{\"server\": {\"port\": 1}}");
  ASSERT_TRUE(unset("server.port"));
  EXPECT_EQ(text(), "{\"server\": {}}");
  ASSERT_TRUE(unset("server.port"));
  EXPECT_EQ(backups().size(), 1U) << "nothing changed";
}

TEST_F(Save, a_wrong_word_or_file_changes_nothing) {
  const auto wrong = set("server.port", "70000");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message, "server.port: '70000' is not a whole number from 0 to 65535");
  EXPECT_FALSE(set("models.folder", "models")) << "not absolute";
  for (const auto* broken : {"{", "{\"sever\": {}}", "[]", "{\"server\": 1}"}) {
    write(broken);
    EXPECT_FALSE(set("server.port", "1")) << broken;
    EXPECT_EQ(text(), broken);
  }
  EXPECT_TRUE(backups().empty());
}

TEST_F(Save, a_wrong_value_can_be_set_right) {
  write("{\"server\": {\"port\": \"x\"}}");
  ASSERT_TRUE(set("server.port", "1"));
  EXPECT_EQ(text(), "{\"server\": {\"port\": 1}}");
}

TEST_F(Save, a_link_stays_one) {
  const auto real = folder_.path() / "dotfiles.json";
  std::ofstream(real) << "{}";
  fs::create_directories(path_.parent_path());
  fs::create_symlink(real, path_);
  ASSERT_TRUE(set("server.port", "1"));
  EXPECT_TRUE(fs::is_symlink(path_));
  EXPECT_NE(text(), "{}");
}

TEST_F(Save, the_newest_backups_are_kept) {
  for (std::size_t i = 0; i < limits::kSettingsBackups + 3; ++i) {
    ASSERT_TRUE(set("server.port", std::to_string(i + 1)));
  }
  auto kept = backups();
  EXPECT_EQ(kept.size(), limits::kSettingsBackups);
  std::ranges::sort(kept);
  EXPECT_NE(os::read_file(kept.back(), limits::kSettingsFile)
                ->find(std::to_string(limits::kSettingsBackups + 2)),
            std::string::npos);
}

TEST_F(Save, a_whole_text_replaces_only_what_its_writer_saw) {
  ASSERT_TRUE(save_text(file_, std::nullopt, "{}"));
  const auto late = save_text(file_, std::nullopt, R"({"log": {}})");
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::conflict);
  EXPECT_EQ(text(), "{}");
  EXPECT_FALSE(save_text(file_, "{}", R"({"sever": {}})"));
  ASSERT_TRUE(save_text(file_, "{}", R"({"log": {}})"));
  EXPECT_EQ(backups().size(), 1U);
}

TEST_F(Save, who_may_read_the_file_stays_as_it_is) {
  ASSERT_TRUE(set("server.port", "1"));
  EXPECT_EQ(fs::status(path_).permissions(), fs::perms(0600));
  fs::permissions(path_, fs::perms(0644));
  ASSERT_TRUE(set("server.port", "2"));
  EXPECT_EQ(fs::status(path_).permissions(), fs::perms(0644));
}

TEST_F(Save, profiles_and_arguments_are_set_by_their_names) {
  ASSERT_TRUE(set("profiles.fast", R"({"model": "llf-nano"})"));
  ASSERT_TRUE(set("profiles.fast.inference.temperature", "0.1"));
  ASSERT_TRUE(set("profiles.fast.arguments.no-mmap", "true"));
  ASSERT_TRUE(set("engine.arguments.flash-attn", "on"));
  ASSERT_TRUE(set("prompts.variables.year", "2026"));
  const auto read = read_settings(text(), {}, look_up_nothing());
  ASSERT_TRUE(read) << text();
  EXPECT_EQ(read->settings.profiles.at("fast").inference.temperature, 0.1);
  EXPECT_EQ(read->settings.profiles.at("fast").arguments.at("no-mmap"), true);
  EXPECT_EQ(read->settings.engine.arguments.at("flash-attn"), "on");
  EXPECT_EQ(read->settings.prompts.variables.at("year"), "2026");
  ASSERT_TRUE(unset("profiles.fast"));
  EXPECT_TRUE(read_settings(text(), {}, look_up_nothing())->settings.profiles.empty());
}

TEST_F(Save, several_values_are_one_change_or_none) {
  const auto new_value = [](std::string_view name, json::Value value) {
    return NewValue{.place = *find_place(name), .value = std::move(value)};
  };
  write("{\"log\": {\"level\": \"warn\"}} // mine\n");
  ASSERT_TRUE(save_values(
      file_, std::vector{new_value("server.port", 1), new_value("profiles.fast.model", "llf-nano"),
                         new_value("profiles.fast.context", 4096)}));
  const auto saved = text();
  const auto read = read_settings(saved, {}, look_up_nothing());
  ASSERT_TRUE(read) << saved;
  EXPECT_EQ(read->settings.server.port, 1);
  EXPECT_EQ(read->settings.log.level, log::Level::warn);
  EXPECT_EQ(read->settings.profiles.at("fast").context, 4096);
  EXPECT_NE(saved.find("// mine"), std::string::npos);
  EXPECT_EQ(backups().size(), 1U);
  EXPECT_FALSE(
      save_values(file_, std::vector{new_value("server.port", 2), new_value("log.level", "loud")}));
  EXPECT_EQ(text(), saved);
  ASSERT_TRUE(save_values(file_, {}));
  EXPECT_EQ(text(), saved);
  EXPECT_EQ(backups().size(), 1U);
}

TEST_F(Save, two_at_once_lose_nothing) {
  std::vector<std::jthread> writers;
  for (const auto* name : {"server.port", "server.idle_exit", "models.max_loaded",
                           "engine.load_timeout", "engine.stall_timeout"}) {
    writers.emplace_back([this, name] {
      for (int i = 2; i < 6; ++i) {
        EXPECT_TRUE(set(name, std::to_string(i)));
      }
    });
  }
  writers.clear();
  const auto read = read_settings(text(), {}, look_up_nothing());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->settings.server.port, 5);
  EXPECT_EQ(read->settings.models.max_loaded, 5);
  EXPECT_EQ(read->settings.engine.stall_timeout, std::chrono::seconds(5));
}

}  // namespace
}  // namespace llf::config
