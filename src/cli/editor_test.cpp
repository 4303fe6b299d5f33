#include "cli/editor.hpp"

#include "cli/test_command.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace llf::cli {
namespace {

using testing::HasSubstr;

/// With an editor that is a shell command; the file is its last argument.
class Editor : public CommandTest {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(paths_.config_dir);
    std::ofstream(paths_.settings_file()) << "{}\n";
  }
  void TearDown() override {
    ::unsetenv("VISUAL");
    ::unsetenv("EDITOR");
  }

  int edit_with(std::string_view script) {
    const auto program = folder_ / "editor.sh";
    std::ofstream(program) << "#!/bin/sh\n" << script << "\n";
    std::filesystem::permissions(program, std::filesystem::perms(0700));
    ::setenv("EDITOR", program.c_str(), 1);
    return run_without_daemon({"config", "edit"});
  }
  [[nodiscard]] std::string port() {
    static_cast<void>(run_without_daemon({"config", "get", "server.port"}));
    return out();
  }
  [[nodiscard]] std::filesystem::path scratch() const {
    return paths_.config_dir / "config.edit.json";
  }
};

TEST_F(Editor, what_was_written_counts) {
  EXPECT_EQ(edit_with(R"(echo '{"server": {"port": 7}}' > "$1")"), 0);
  EXPECT_EQ(port(), "7\n");
  EXPECT_FALSE(std::filesystem::exists(scratch()));
}

TEST_F(Editor, what_was_left_alone_changes_nothing) {
  EXPECT_EQ(edit_with("true"), 0);
  EXPECT_THAT(err(), HasSubstr("nothing was changed"));
  EXPECT_FALSE(std::filesystem::exists(paths_.config_dir / "backups"));
}

TEST_F(Editor, a_mistake_is_told_and_the_text_kept) {
  EXPECT_EQ(edit_with(R"(echo '{"server": {"port": -7}}' > "$1")"), 2);
  EXPECT_THAT(err(), HasSubstr("line 1, column 21: server.port: -7"));
  EXPECT_THAT(err(), HasSubstr(scratch().string()));
  EXPECT_TRUE(std::filesystem::exists(scratch()));
  EXPECT_EQ(port(), "8000\n");
}

TEST_F(Editor, an_editor_that_fails_changes_nothing) {
  EXPECT_EQ(edit_with(R"(echo '{"server": {"port": 7}}' > "$1"; exit 3)"), 2);
  EXPECT_THAT(err(), HasSubstr("exit code 3"));
  EXPECT_EQ(port(), "8000\n");
}

TEST_F(Editor, a_file_that_changed_meanwhile_is_not_overwritten) {
  EXPECT_EQ(edit_with("echo '{\"server\": {\"port\": 7}}' > \"$1\"; echo '{\"log\": {}}' > " +
                      paths_.settings_file().string()),
            1);
  EXPECT_THAT(err(), HasSubstr("changed meanwhile"));
  EXPECT_TRUE(std::filesystem::exists(scratch())) << "what was written is kept";
  EXPECT_EQ(edit_with("true"), 0);
  EXPECT_TRUE(std::filesystem::exists(scratch())) << "a later edit leaves that alone";
  EXPECT_EQ(port(), "8000\n");
}

TEST_F(Editor, may_have_arguments_and_the_visual_one_wins) {
  ::setenv("VISUAL", "cp /dev/null", 1);
  EXPECT_EQ(edit_with("exit 1"), 2);
  EXPECT_THAT(err(), HasSubstr("ends too early"));
}

}  // namespace
}  // namespace llf::cli
