#include "os/file_watch.hpp"

#include "os/atomic_file.hpp"
#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sys/stat.h>
#include <vector>

namespace llf::os {
namespace {

namespace fs = std::filesystem;

class Watch : public ::testing::Test {
 protected:
  static void write(const fs::path& path) { std::ofstream(path) << "x"; }
  FileWatch watch() const { return watch({file_}); }
  static FileWatch watch(const std::vector<fs::path>& files) { return *FileWatch::create(files); }

  /// A link that is there already leads elsewhere then, as `ln -sfn` does it.
  static void link(const fs::path& link, const fs::path& target) {
    const auto made = fs::path(link).concat(".new");
    fs::create_symlink(target, made);
    fs::rename(made, link);
  }

  TestFolder folder_;
  fs::path file_ = folder_ / "config.json";
};

TEST_F(Watch, tells_of_every_way_to_change_the_file) {
  auto made = watch();
  EXPECT_FALSE(made.take());
  write(file_);
  EXPECT_TRUE(made.take());
  EXPECT_FALSE(made.take()) << "once";
  auto written = watch();
  write(file_);
  EXPECT_TRUE(written.take());
  auto replaced = watch();
  ASSERT_TRUE(write_file_atomically(file_, "y"));
  EXPECT_TRUE(replaced.take());
  auto removed = watch();
  fs::remove(file_);
  EXPECT_TRUE(removed.take());
  auto gone = watch();
  fs::remove_all(folder_.path());
  EXPECT_TRUE(gone.take());
}

TEST_F(Watch, says_nothing_of_other_files) {
  auto watch = this->watch();
  write(folder_ / "other.json");
  fs::create_directory(folder_ / "backups");
  EXPECT_FALSE(watch.take());
}

TEST_F(Watch, of_a_link_tells_of_itself_and_of_its_target) {
  fs::create_directory(folder_ / "one");
  write(folder_ / "one/real.json");
  write(folder_ / "near.json");
  for (const auto* target : {"one/real.json", "near.json"}) {
    fs::create_symlink(folder_ / target, file_);
    auto written = watch();
    write(folder_ / target);
    EXPECT_TRUE(written.take()) << target;
    auto removed = watch();
    fs::remove(file_);
    EXPECT_TRUE(removed.take()) << target;
  }
}

TEST_F(Watch, tells_of_every_link_in_a_chain) {
  for (const auto* folder : {"a", "b", "c"}) fs::create_directory(folder_ / folder);
  write(folder_ / "c/real.json");
  write(folder_ / "c/other.json");
  const auto chain = [&] {
    link(file_, "a/one");
    link(folder_ / "a/one", folder_ / "b/two");
    link(folder_ / "b/two", "../c/real.json");
    return watch();
  };
  for (const auto& one : {file_, folder_ / "a/one", folder_ / "b/two"}) {
    auto relinked = chain();
    EXPECT_FALSE(relinked.take());
    link(one, folder_ / "c/other.json");
    EXPECT_TRUE(relinked.take()) << one;
  }
  auto written = chain();
  write(folder_ / "c/other.json");
  write(folder_ / "a/other");
  EXPECT_FALSE(written.take());
  write(folder_ / "c/real.json");
  EXPECT_TRUE(written.take());
}

TEST_F(Watch, tells_of_a_folder_on_the_way_that_leads_elsewhere) {
  for (const auto* folder : {"c1/llf", "c2/llf", "home"}) {
    fs::create_directories(folder_ / folder);
    write(folder_ / folder / "config.json");
  }
  for (const auto& [at, target] :
       {std::pair("home/.config", "../c1"), std::pair("home/.config", "../home/./link"),
        std::pair("home/link", "../c2")}) {
    link(folder_ / "home/link", folder_ / "c1");
    link(folder_ / "home/.config", "link");
    auto watch = this->watch({folder_ / "home/.config/llf/config.json"});
    write(folder_ / "c1/llf/other.json");
    EXPECT_FALSE(watch.take());
    link(folder_ / at, target);
    EXPECT_TRUE(watch.take()) << at;
  }
  auto written = watch({folder_ / "home/.config/llf/config.json"});
  write(folder_ / "c2/llf/config.json");
  EXPECT_TRUE(written.take());
}

TEST_F(Watch, tells_of_a_mode_that_changed) {
  write(file_);
  write(folder_ / "other.json");
  auto watch = this->watch();
  ASSERT_EQ(::chmod((folder_ / "other.json").c_str(), 0644), 0);
  EXPECT_FALSE(watch.take());
  ASSERT_EQ(::chmod(file_.c_str(), 0600), 0);
  EXPECT_TRUE(watch.take());
}

TEST_F(Watch, tells_of_any_of_several_files) {
  fs::create_directory(folder_ / "secrets");
  const std::vector files{file_, folder_ / "secrets/key", folder_ / "near"};
  for (const auto& file : files) {
    auto watch = this->watch(files);
    write(folder_ / "secrets/config.json");
    write(folder_ / "key");
    EXPECT_FALSE(watch.take()) << "a name counts in its own folder";
    write(file);
    EXPECT_TRUE(watch.take()) << file;
  }
}

TEST_F(Watch, a_further_file_needs_no_folder) {
  write(folder_ / "plain");
  link(folder_ / "link", "none");
  const std::vector files{file_,
                          folder_ / "none/key",
                          folder_ / "plain/key",
                          folder_ / "link/key",
                          folder_ / (std::string(5000, 'x') + "/key"),
                          folder_ / "last"};
  auto watch = this->watch(files);
  EXPECT_FALSE(watch.take());
  write(folder_ / "last");
  EXPECT_TRUE(watch.take());
  auto relinked = this->watch(files);
  link(folder_ / "link", ".");
  EXPECT_TRUE(relinked.take());
}

TEST_F(Watch, of_a_link_to_nothing_tells_that_it_leads_to_something) {
  link(file_, folder_ / "none/real.json");
  auto relinked = watch();
  link(file_, folder_ / "real.json");
  EXPECT_TRUE(relinked.take());
  auto made = watch();
  write(folder_ / "real.json");
  EXPECT_TRUE(made.take());
}

TEST_F(Watch, links_that_lead_nowhere_end) {
  link(folder_ / "a", "b");
  link(folder_ / "b", "a");
  auto watch = this->watch({file_, folder_ / "a/key", folder_ / "a"});
  EXPECT_FALSE(watch.take());
  link(folder_ / "b", ".");
  EXPECT_TRUE(watch.take());
  fs::remove(folder_ / "b");
  link(folder_ / "b", "a");
  EXPECT_TRUE(FileWatch::create(std::vector{folder_ / "a"})) << "its own folder is there";
  EXPECT_FALSE(FileWatch::create(std::vector{folder_ / "a/config.json"}));
}

TEST_F(Watch, needs_the_first_files_folder) {
  write(folder_ / "plain");
  for (const auto* folder : {"none", "plain"}) {
    const auto made = FileWatch::create(std::vector{folder_ / folder / "config.json", file_});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().kind, ErrorKind::not_found) << folder;
  }
}

}  // namespace
}  // namespace llf::os
