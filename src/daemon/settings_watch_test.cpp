#include "daemon/settings_watch.hpp"

#include "net/event.hpp"
#include "net/run.hpp"
#include "net/task_group.hpp"
#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <vector>

namespace llf::daemon {
namespace {

namespace fs = std::filesystem;

/// What the file holds at each call; after each the next of `steps` is done, and then it ends.
class SettingsWatch : public testing::Test {
 protected:
  void write(std::string_view text) const { std::ofstream(file_) << text; }

  std::vector<std::string> seen(std::vector<std::function<void()>> steps) {
    std::vector<std::string> texts;
    net::Event done;
    const auto changed = [&] {
      std::ifstream in(file_);
      texts.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
      if (texts.size() > steps.size()) return done.set();
      loop_.post(steps[texts.size() - 1]);
    };
    static_cast<void>(net::run_until_done(loop_, run(changed, done)));
    return texts;
  }

  Task<void> run(std::function<void()> changed, net::Event& done) {
    net::TaskGroup tasks(loop_, "test");
    tasks.spawn(watch_settings(loop_, file_, std::move(changed)));
    static_cast<void>(co_await done.wait());
    tasks.cancel();
    co_await tasks.join();
  }

  os::TestFolder folder_;
  fs::path file_ = folder_ / "config/config.json";
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

}  // namespace
}  // namespace llf::daemon
