#include "config/references.hpp"

#include "os/test_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace llf::config {
namespace {

using testing::HasSubstr;

std::optional<std::string> name_itself(const char* name) {
  if (std::string_view(name) == "UNSET") return std::nullopt;
  return name;
}

TEST(References, are_objects_with_one_of_two_keys) {
  EXPECT_TRUE(is_reference(json::Object{{"env", "X"}}));
  EXPECT_TRUE(is_reference(json::Object{{"file", "/x"}}));
  EXPECT_FALSE(is_reference(json::Object{{"env", "X"}, {"file", "/x"}}));
  EXPECT_FALSE(is_reference(json::Object{{"other", "X"}}));
  EXPECT_FALSE(is_reference(json::Value("env")));
}

/// What a reference stands for, or the error.
std::string found(const json::Object& value, const LookUp& look_up) {
  const auto reference = read_reference(value);
  if (!reference) return reference.error().message;
  const auto word = look_up(*reference);
  if (!word) return word.error().message;
  return word->value_or("(not looked up)");
}

TEST(References, lead_to_variables_and_private_files) {
  const os::TestFolder folder;
  const auto path = folder / "key";
  std::ofstream(path) << "secret\n";
  std::filesystem::permissions(path, std::filesystem::perms(0600));
  const json::Object variable{{"env", "X"}};
  const json::Object file{{"file", path.string()}};
  EXPECT_EQ(found(variable, look_up_in(name_itself)), "X");
  EXPECT_EQ(found(file, look_up_in(name_itself)), "secret");
  EXPECT_EQ(found(variable, look_up_files()), "(not looked up)");
  EXPECT_EQ(found(file, look_up_files()), "secret");
  EXPECT_EQ(found(file, look_up_nothing()), "(not looked up)");
  std::filesystem::permissions(path, std::filesystem::perms(0644));
  EXPECT_THAT(found(file, look_up_files()), HasSubstr("has the mode 0644"));
  EXPECT_EQ(found(file, look_up_nothing()), "(not looked up)");
}

TEST(References, that_lead_nowhere_are_errors) {
  const auto look_up = look_up_in(name_itself);
  EXPECT_EQ(found({{"env", "UNSET"}}, look_up), "the variable UNSET is not set");
  EXPECT_THAT(found({{"env", 1}}, look_up), HasSubstr("each with a text in quotes"));
  EXPECT_THAT(found({{"file", "relative"}}, look_up), HasSubstr("must be absolute"));
  EXPECT_THAT(found({{"file", "/no/such/file"}}, look_up), HasSubstr("/no/such/file"));
}

// A key that is nowhere is no key that lets everybody in.
TEST(References, an_empty_file_is_an_error) {
  const os::TestFolder folder;
  const auto path = folder / "key";
  std::ofstream(path) << "\n";
  std::filesystem::permissions(path, std::filesystem::perms(0600));
  EXPECT_THAT(found({{"file", path.string()}}, look_up_files()), HasSubstr("is empty"));
}

}  // namespace
}  // namespace llf::config
