#include "daemon/settings_watch.hpp"

#include "net/event.hpp"
#include "net/run.hpp"
#include "net/task_group.hpp"
#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

namespace llf::daemon {
namespace {

namespace fs = std::filesystem;

/// What the file holds at each call; after each the next of `steps` is done, and then it ends.
class SettingsWatch : public testing::Test {
 protected:
  void write(std::string_view text) const { std::ofstream(file_) << text; }

  std::vector<std::string> seen(std::vector<std::function<void()>> steps) {
    net::Event done;
    const auto changed = [&] {
      std::ifstream in(file_);
      texts_.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
      if (texts_.size() > steps.size()) return done.set();
      loop_.post(steps[texts_.size() - 1]);
    };
    static_cast<void>(net::run_until_done(loop_, run(changed, done)));
    return texts_;
  }

  Task<void> run(std::function<void()> changed, net::Event& done) {
    net::TaskGroup tasks(loop_, "test");
    tasks.spawn(watch_settings(loop_, [this] { return files_(); }, std::move(changed)));
    static_cast<void>(co_await done.wait());
    tasks.cancel();
    co_await tasks.join();
  }

  os::TestFolder folder_;
  fs::path file_ = folder_ / "config/config.json";
  std::function<std::vector<fs::path>()> files_ = [this] { return std::vector{file_}; };
  std::vector<std::string> texts_;
  net::Loop loop_;
};

TEST_F(SettingsWatch, tells_of_the_file_at_once_and_of_each_change) {
  const auto texts =
      seen({[this] { write("one"); }, [this] { fs::remove(file_); }, [this] { write("two"); }});
  EXPECT_EQ(texts, (std::vector<std::string>{"", "one", "", "two"}));
}

TEST_F(SettingsWatch, goes_on_when_the_folder_is_made_anew) {
  const auto texts =
      seen({[this] { fs::remove_all(file_.parent_path()); }, [this] { write("again"); }});
  EXPECT_EQ(texts, (std::vector<std::string>{"", "", "again"}));
}

TEST_F(SettingsWatch, follows_the_files_that_the_settings_name) {
  const auto one = folder_ / "one";
  const auto two = folder_ / "two";
  for (const auto& secret : {one, two}) std::ofstream(secret) << "x";
  // As a daemon does: those of the settings that were read last.
  files_ = [this] {
    std::vector files{file_};
    if (!texts_.empty() && !texts_.back().empty()) files.push_back(folder_ / texts_.back());
    return files;
  };
  const auto texts = seen({[this] { write("one"); }, [] {}, [&] { std::ofstream(one) << "y"; },
                           [&] { fs::permissions(one, fs::perms::owner_read); },
                           [this] { write("two"); }, [] {}, [&] { std::ofstream(two) << "y"; }});
  EXPECT_EQ(texts, (std::vector<std::string>{"", "one", "one", "one", "one", "two", "two", "two"}));
}

TEST_F(SettingsWatch, files_that_never_rest_leave_the_loop_to_others) {
  int asked = 0;
  files_ = [this, &asked] { return std::vector{file_, folder_ / std::to_string(++asked)}; };
  int others = 0;
  const auto other = [&others] { ++others; };
  EXPECT_EQ(seen({other, other}).size(), 3U);
  EXPECT_EQ(others, 2);
}

}  // namespace
}  // namespace llf::daemon
