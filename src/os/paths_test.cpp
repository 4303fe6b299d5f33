#include "os/paths.hpp"

#include "os/test_folder.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <sys/stat.h>
#include <unistd.h>

namespace llf::os {
namespace {

namespace fs = std::filesystem;

/// Paths of a machine that has only what the test names.
struct Machine {
  TestFolder folder;
  std::map<std::string, std::string> variables;

  Machine() {
    fs::create_directory(tmp());
    variables["HOME"] = (folder / "u").native();
  }

  [[nodiscard]] fs::path tmp() const { return folder / "t"; }

  [[nodiscard]] fs::path tmp_base() const { return tmp() / fmt::format("llf-{}", geteuid()); }

  [[nodiscard]] Expected<Paths> resolve(const std::string& home = "") const {
    return resolve_paths({.home = home,
                          .env = [this](const char* name) -> std::optional<std::string> {
                            const auto found = variables.find(name);
                            if (found == variables.end()) return std::nullopt;
                            return found->second;
                          },
                          .tmp_dir = tmp()});
  }
};

TEST(Paths, xdg_defaults_lie_in_the_home_folder) {
  const Machine machine;
  const auto paths = machine.resolve();
  ASSERT_TRUE(paths) << paths.error().message;
  const auto user = machine.folder / "u";
  EXPECT_EQ(paths->config_dir, user / ".config/llf");
  EXPECT_EQ(paths->data_dir, user / ".local/share/llf");
  EXPECT_EQ(paths->cache_dir, user / ".cache/llf");
  EXPECT_EQ(paths->log_dir(), user / ".local/state/llf/log");
  EXPECT_EQ(paths->engine_dir, user / ".local/share/llf/engine");
  EXPECT_EQ(paths->run_dir.parent_path(), machine.tmp_base());
}

TEST(Paths, xdg_variables_win_and_relative_ones_are_ignored) {
  Machine machine;
  machine.variables["XDG_CONFIG_HOME"] = "/x/c";
  machine.variables["XDG_CACHE_HOME"] = "relative";
  const auto paths = machine.resolve();
  ASSERT_TRUE(paths);
  EXPECT_EQ(paths->config_dir, "/x/c/llf");
  EXPECT_EQ(paths->cache_dir, machine.folder / "u/.cache/llf");
}

TEST(Paths, one_folder_holds_everything_with_a_home) {
  Machine machine;
  machine.variables["LLF_HOME"] = (machine.folder / "h/").native();
  const auto paths = machine.resolve();
  ASSERT_TRUE(paths) << paths.error().message;
  const auto home = machine.folder / "h";
  EXPECT_EQ(paths->home, home);
  for (const auto& dir : {paths->config_dir, paths->data_dir, paths->cache_dir, paths->state_dir}) {
    EXPECT_EQ(dir.parent_path(), home);
  }
  EXPECT_EQ(paths->run_dir.parent_path(), home / "run");
  EXPECT_EQ(paths->engine_dir, machine.folder / "u/.local/share/llf/engine");
}

TEST(Paths, the_option_wins_over_the_variable) {
  Machine machine;
  machine.variables["LLF_HOME"] = (machine.folder / "v").native();
  EXPECT_EQ(machine.resolve((machine.folder / "o").native())->home, machine.folder / "o");
}

TEST(Paths, a_relative_home_becomes_absolute) {
  const Machine machine;
  const auto paths = machine.resolve("some_home");
  ASSERT_TRUE(paths);
  EXPECT_EQ(paths->home, fs::current_path() / "some_home");
}

TEST(Paths, two_homes_have_two_run_folders) {
  Machine machine;
  const auto one = machine.resolve()->run_dir;
  machine.variables["HOME"] = (machine.folder / "w").native();
  const auto two = machine.resolve()->run_dir;
  EXPECT_EQ(one.parent_path(), two.parent_path());
  EXPECT_NE(one, two);
  EXPECT_EQ(one.filename().native().size(), 8U);
}

TEST(Paths, a_link_to_a_home_is_that_home) {
  Machine machine;
  fs::create_directory(machine.folder / "u");
  fs::create_symlink(machine.folder / "u", machine.folder / "link");
  const auto direct = machine.resolve()->run_dir;
  machine.variables["HOME"] = (machine.folder / "link").native();
  EXPECT_EQ(machine.resolve()->run_dir, direct);
}

TEST(Paths, the_runtime_folder_is_used_when_it_is_private) {
  Machine machine;
  const auto runtime = machine.folder / "r";
  fs::create_directory(runtime);
  machine.variables["XDG_RUNTIME_DIR"] = runtime.native();
  fs::permissions(runtime, fs::perms::owner_all);
  EXPECT_EQ(machine.resolve()->run_dir.parent_path(), runtime / "llf");
  fs::permissions(runtime, fs::perms::owner_all | fs::perms::group_read);
  EXPECT_EQ(machine.resolve()->run_dir.parent_path(), machine.tmp_base());
  machine.variables["XDG_RUNTIME_DIR"] = (machine.folder / "none").native();
  EXPECT_EQ(machine.resolve()->run_dir.parent_path(), machine.tmp_base());
}

TEST(Paths, a_home_too_long_for_a_socket_has_its_run_folder_elsewhere) {
  const Machine machine;
  const auto home = machine.folder / std::string(100, 'x');
  const auto paths = machine.resolve(home.native());
  ASSERT_TRUE(paths) << paths.error().message;
  EXPECT_EQ(paths->run_dir.parent_path(), machine.tmp_base());
  EXPECT_LT(paths->socket().native().size(), 100U);
}

TEST(Paths, without_any_home_the_error_says_what_to_set) {
  const Machine machine;
  const auto paths = resolve_paths(
      {.home = "", .env = [](const char*) { return std::nullopt; }, .tmp_dir = machine.tmp()});
  // A user of the password file has a home all the same.
  if (!paths) EXPECT_TRUE(paths.error().message.contains("LLF_HOME"));
}

TEST(RunFolder, is_made_private) {
  const Machine machine;
  const auto paths = machine.resolve();
  ASSERT_TRUE(paths);
  ASSERT_TRUE(ensure_run_dir(*paths));
  ASSERT_TRUE(ensure_run_dir(*paths));
  for (const auto& dir : {paths->run_dir, paths->run_dir.parent_path()}) {
    struct stat info{};
    ASSERT_EQ(::stat(dir.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777U, 0700U);
  }
}

void expect_refused(const Machine& machine, std::string_view reason) {
  const auto paths = machine.resolve();
  ASSERT_FALSE(paths);
  EXPECT_EQ(paths.error().kind, ErrorKind::forbidden);
  EXPECT_TRUE(paths.error().message.contains(reason)) << paths.error().message;
  EXPECT_TRUE(paths.error().message.contains(machine.tmp_base().native()));
}

TEST(RunFolder, a_symbolic_link_is_refused) {
  const Machine machine;
  const auto paths = machine.resolve();
  fs::create_directory(machine.folder / "elsewhere");
  fs::permissions(machine.folder / "elsewhere", fs::perms::owner_all);
  fs::create_directory_symlink(machine.folder / "elsewhere", machine.tmp_base());
  expect_refused(machine, "a symbolic link");
  EXPECT_FALSE(ensure_run_dir(*paths));
}

TEST(RunFolder, a_folder_that_others_may_enter_is_refused) {
  const Machine machine;
  const auto paths = machine.resolve();
  fs::create_directory(machine.tmp_base());
  fs::permissions(machine.tmp_base(), fs::perms::owner_all | fs::perms::others_exec);
  expect_refused(machine, "mode 0701");
  EXPECT_FALSE(ensure_run_dir(*paths));
}

TEST(RunFolder, a_folder_of_another_user_is_refused) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a folder away";
  const Machine machine;
  fs::create_directory(machine.tmp_base());
  fs::permissions(machine.tmp_base(), fs::perms::owner_all);
  ASSERT_EQ(::chown(machine.tmp_base().c_str(), 1, 1), 0);
  expect_refused(machine, "user 1");
}

TEST(RunFolder, a_file_in_its_place_is_refused) {
  const Machine machine;
  const auto paths = machine.resolve();
  fs::create_directory(machine.tmp_base());
  fs::permissions(machine.tmp_base(), fs::perms::owner_all);
  fs::copy_file("/proc/self/comm", paths->run_dir);
  expect_refused(machine, "not a folder");
}

TEST(EnsureDir, new_folders_are_private_and_old_ones_stay) {
  const TestFolder folder;
  fs::permissions(folder.path(), fs::perms(0755));
  ASSERT_TRUE(ensure_dir(folder / "a/b"));
  struct stat info{};
  ASSERT_EQ(::stat((folder / "a/b").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777U, 0700U);
  ASSERT_EQ(::stat(folder.path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777U, 0755U);
  fs::copy_file("/proc/self/comm", folder / "file");
  EXPECT_EQ(ensure_dir(folder / "file/x").error().kind, ErrorKind::conflict);
}

TEST(Env, unset_and_empty_are_the_same) {
  EXPECT_FALSE(env("LLF_THIS_IS_NOT_SET"));
  EXPECT_TRUE(executable_path()->filename().native().contains("os_test"));
}

}  // namespace
}  // namespace llf::os
