#include "prompt/library.hpp"

#include "base/limits.hpp"
#include "os/atomic_file.hpp"
#include "os/paths.hpp"
#include "os/test_folder.hpp"
#include "prompt/variables.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <thread>
#include <vector>

namespace llf::prompt {
namespace {

std::vector<Entry> entries_of(const Library& library) {
  auto entries = library.list();
  EXPECT_TRUE(entries) << entries.error().message;
  return entries ? *std::move(entries) : std::vector<Entry>();
}

namespace fs = std::filesystem;

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class LibraryTest : public testing::Test {
 protected:
  static void write(const fs::path& path, std::string_view text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  static std::string text_of(const fs::path& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& entry : entries_of(library_)) {
      all.push_back(entry.name + ":" + std::string(to_string(entry.source)));
    }
    return all;
  }
  [[nodiscard]] std::size_t backups() const {
    std::error_code error;
    const auto found = fs::directory_iterator(own_ / "backups", error);
    return error ? 0 : static_cast<std::size_t>(std::distance(begin(found), end(found)));
  }

  os::TestFolder folder_;
  fs::path own_ = folder_ / "config/prompts";
  fs::path shipped_ = folder_ / "share/prompts";
  Library library_{own_, shipped_};
};

TEST_F(LibraryTest, without_folders_is_empty) {
  EXPECT_THAT(entries_of(library_), IsEmpty());
  EXPECT_FALSE(library_.find("x"));
  EXPECT_FALSE(fs::exists(own_));
}

TEST_F(LibraryTest, lists_by_name_and_own_ones_hide_shipped_ones) {
  write(own_ / "b.json", R"({"system": "mine"})");
  write(shipped_ / "c.json", "{}");
  write(shipped_ / "b.json", R"({"system": "theirs"})");
  write(shipped_ / "a.json", "{}");
  EXPECT_THAT(names(), ElementsAre("a:shipped", "b:own", "c:shipped"));
  EXPECT_EQ(library_.find("b").value_or(Template{}).system, "mine");
  EXPECT_EQ(library_.file_of("b"), own_ / "b.json");
  EXPECT_EQ(library_.file_of("c"), shipped_ / "c.json");
}

TEST_F(LibraryTest, passes_over_what_is_no_template) {
  for (const auto* name : {"A.json", "none.json", "a b.json", ".json", "x.txt", "prompts.lock",
                           "backups/a-123.json", ".a.json.12.1.tmp"}) {
    write(own_ / name, "{}");
  }
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(LibraryTest, lists_broken_files_with_what_is_wrong) {
  write(own_ / "broken.json", "{\n \"sytem\": 1}");
  fs::create_directories(own_ / "folder.json");
  const auto entries = entries_of(library_);
  ASSERT_EQ(entries.size(), 2U);
  ASSERT_FALSE(entries[0].content);
  EXPECT_EQ(entries[0].content.error().message, (own_ / "broken.json").string() +
                                                    ": line 2, column 2: a prompt template has no "
                                                    "'sytem'. Did you mean 'system'?");
  EXPECT_FALSE(entries[1].content);
  EXPECT_EQ(library_.find("broken").error(), entries[0].content.error());
}

TEST_F(LibraryTest, a_broken_own_one_hides_a_shipped_one_too) {
  write(own_ / "a.json", "[");
  write(shipped_ / "a.json", "{}");
  EXPECT_FALSE(library_.find("a"));
}

TEST_F(LibraryTest, lists_up_to_its_limit) {
  for (std::size_t i = 0; i < limits::kPromptFiles + 2; ++i) {
    write(own_ / (std::to_string(i) + ".json"), "{}");
  }
  EXPECT_EQ(entries_of(library_).size(), limits::kPromptFiles);
  EXPECT_TRUE(library_.find("999"));
}

TEST_F(LibraryTest, names_the_nearest_of_what_is_not_there) {
  write(shipped_ / "coder.json", "{}");
  const auto found = library_.find("codr");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::not_found);
  EXPECT_EQ(found.error().message, "there is no prompt template 'codr'. Did you mean 'coder'?");
  EXPECT_THAT(library_.find("xyz").error().message, HasSubstr("'llf prompt list'"));
}

TEST_F(LibraryTest, never_leaves_its_folders) {
  write(folder_ / "config/secret.json", "{}");
  for (const auto* name : {"../secret", "/etc/passwd", "", ".", "a/../../secret"}) {
    const auto found = library_.find(name);
    ASSERT_FALSE(found) << name;
    EXPECT_EQ(found.error().kind, ErrorKind::not_found);
    EXPECT_FALSE(library_.remove(name));
    EXPECT_FALSE(library_.save({.name = name}, Library::Existing::replace));
  }
  EXPECT_TRUE(fs::exists(folder_ / "config/secret.json"));
}

TEST_F(LibraryTest, a_saved_one_is_found_again) {
  const Template source{.name = "x", .system = "a\nb", .variables = {{"v", std::nullopt}}};
  ASSERT_TRUE(library_.save(source, Library::Existing::refuse));
  EXPECT_EQ(library_.find("x"), source);
  struct stat facts = {};
  ASSERT_EQ(::stat(library_.own_file("x").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
  EXPECT_THAT(names(), ElementsAre("x:own"));
}

TEST_F(LibraryTest, one_that_is_there_is_not_replaced_unasked) {
  ASSERT_TRUE(library_.save({.name = "x", .system = "1"}, Library::Existing::refuse));
  const auto saved = library_.save({.name = "x", .system = "2"}, Library::Existing::refuse);
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().kind, ErrorKind::conflict);
  EXPECT_THAT(saved.error().message, HasSubstr("'x' already"));
  EXPECT_EQ(library_.find("x").value_or(Template{}).system, "1");
}

TEST_F(LibraryTest, a_shipped_one_does_not_hinder_an_own_one) {
  write(shipped_ / "x.json", "{}");
  EXPECT_TRUE(library_.save({.name = "x", .system = "1"}, Library::Existing::refuse));
  EXPECT_EQ(text_of(shipped_ / "x.json"), "{}");
}

TEST_F(LibraryTest, what_is_replaced_is_kept) {
  write(own_ / "x.json", "{ /* by hand");
  fs::permissions(own_ / "x.json", fs::perms(0644));
  ASSERT_TRUE(library_.save({.name = "x", .system = "2"}, Library::Existing::replace));
  EXPECT_EQ(library_.find("x").value_or(Template{}).system, "2");
  EXPECT_EQ(fs::status(own_ / "x.json").permissions(), fs::perms(0644));
  ASSERT_EQ(backups(), 1U);
  EXPECT_EQ(text_of(fs::directory_iterator(own_ / "backups")->path()), "{ /* by hand");
  ASSERT_TRUE(library_.save({.name = "x", .system = "2"}, Library::Existing::replace));
  EXPECT_EQ(backups(), 1U) << "nothing changed";
}

TEST_F(LibraryTest, backups_are_kept_up_to_their_limit) {
  for (std::size_t i = 0; i < limits::kPromptBackups + 3; ++i) {
    ASSERT_TRUE(
        library_.save({.name = "x", .system = std::to_string(i)}, Library::Existing::replace));
  }
  EXPECT_EQ(backups(), limits::kPromptBackups);
}

TEST_F(LibraryTest, a_link_stays_one) {
  write(folder_ / "dotfiles/x.json", "{}");
  fs::create_directories(own_);
  fs::create_symlink(folder_ / "dotfiles/x.json", own_ / "x.json");
  ASSERT_TRUE(library_.save({.name = "x", .system = "2"}, Library::Existing::replace));
  EXPECT_TRUE(fs::is_symlink(own_ / "x.json"));
  EXPECT_THAT(text_of(folder_ / "dotfiles/x.json"), HasSubstr("\"2\""));
}

TEST_F(LibraryTest, what_could_not_be_read_again_is_not_written) {
  const std::vector<Template> wrong{
      {.name = "None"},
      {.name = "x", .prefix = {{.role = "robot", .content = "c"}}},
      {.name = "x", .variables = {{"a b", "c"}}},
      {.name = "x", .system = std::string(limits::kPromptFile.bytes() + 1, 'x')}};
  for (const auto& source : wrong) {
    EXPECT_FALSE(library_.save(source, Library::Existing::refuse));
  }
  EXPECT_FALSE(fs::exists(own_));
  EXPECT_THAT(library_.save(wrong[0], Library::Existing::refuse).error().message,
              StartsWith("'None' is no name for a prompt template"));
}

TEST_F(LibraryTest, a_removed_one_is_kept) {
  write(own_ / "x.json", "{ broken");
  write(shipped_ / "x.json", "{}");
  const auto kept = library_.remove("x");
  ASSERT_TRUE(kept) << kept.error().message;
  EXPECT_EQ(kept->parent_path(), own_ / "backups");
  EXPECT_EQ(text_of(*kept), "{ broken");
  EXPECT_THAT(names(), ElementsAre("x:shipped"));
}

TEST_F(LibraryTest, a_shipped_one_is_not_removed) {
  write(shipped_ / "x.json", "{}");
  const auto removed = library_.remove("x");
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().kind, ErrorKind::conflict);
  EXPECT_TRUE(fs::exists(shipped_ / "x.json"));
  EXPECT_EQ(library_.remove("y").error().kind, ErrorKind::not_found);
  EXPECT_FALSE(fs::exists(own_));
}

TEST_F(LibraryTest, a_folder_that_cannot_be_made_is_told) {
  write(folder_ / "config", "a file in the way");
  const auto saved = library_.save({.name = "x"}, Library::Existing::refuse);
  ASSERT_FALSE(saved);
  EXPECT_THAT(saved.error().message, StartsWith("saving the prompt template 'x': "));
  EXPECT_THAT(saved.error().message, HasSubstr("in the way"));
}

TEST_F(LibraryTest, of_many_writers_at_once_one_wins) {
  constexpr int kWriters = 8;
  std::vector<int> won(kWriters);
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&, i] {
      const auto saved =
          library_.save({.name = "x", .system = std::to_string(i)}, Library::Existing::refuse);
      won.at(static_cast<std::size_t>(i)) = saved ? 1 : 0;
    });
  }
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(std::count(won.begin(), won.end(), 1), 1);
  EXPECT_TRUE(library_.find("x"));
}

/// The folder of the build tree.
Library shipped_library() {
  return {"/nowhere", os::executable_path()->parent_path().parent_path() / "share/llf/prompts"};
}

TEST(ShippedTemplates, are_there) {
  std::vector<std::string> names;
  for (const auto& entry : entries_of(shipped_library())) names.push_back(entry.name);
  EXPECT_THAT(names, ElementsAre("assistant", "coder", "minimal", "reviewer", "summarizer",
                                 "translator", "tutor", "writer"));
}

TEST(ShippedTemplates, are_right_described_and_need_no_values_of_the_user) {
  const Values built_in{
      {"date", "2026-11-25"}, {"time", "17:05"}, {"user", "ada"}, {"model", "llf-nano"}};
  for (const auto& entry : entries_of(shipped_library())) {
    SCOPED_TRACE(entry.name);
    ASSERT_TRUE(entry.content) << entry.content.error().message;
    EXPECT_NE(entry.content->description, "");
    EXPECT_NE(entry.content->category, "");
    EXPECT_THAT(entry.content->tags, testing::Not(IsEmpty()));
    EXPECT_NE(entry.content->system, "");
    const auto filled = fill(*entry.content, built_in);
    ASSERT_TRUE(filled) << filled.error().message;
    EXPECT_THAT(variables_of(*filled), IsEmpty());
  }
}

TEST(ShippedTemplates, are_written_as_llf_writes_them) {
  const auto library = shipped_library();
  for (const auto& entry : entries_of(library)) {
    ASSERT_TRUE(entry.content);
    EXPECT_EQ(os::read_file(*library.file_of(entry.name), limits::kPromptFile),
              write_template(*entry.content));
  }
}

}  // namespace
}  // namespace llf::prompt
