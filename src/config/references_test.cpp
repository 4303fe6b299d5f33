#include "config/references.hpp"

#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace llf::config {
namespace {

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

TEST(References, lead_to_variables_and_private_files) {
  const os::TestFolder folder;
  const auto path = folder / "key";
  std::ofstream(path) << "secret\n";
  std::filesystem::permissions(path, std::filesystem::perms(0600));
  EXPECT_EQ(look_up(json::Object{{"env", "X"}}, name_itself), "X");
  EXPECT_EQ(look_up(json::Object{{"file", path.string()}}, name_itself), "secret");
  std::filesystem::permissions(path, std::filesystem::perms(0644));
  const auto open = look_up(json::Object{{"file", path.string()}}, name_itself);
  ASSERT_FALSE(open);
  EXPECT_EQ(open.error().kind, ErrorKind::forbidden);
  EXPECT_EQ(open.error().message.find("secret\n"), std::string::npos);
}

TEST(References, that_lead_nowhere_are_errors) {
  EXPECT_FALSE(look_up(json::Object{{"env", "UNSET"}}, name_itself));
  EXPECT_FALSE(look_up(json::Object{{"env", 1}}, name_itself));
  EXPECT_FALSE(look_up(json::Object{{"file", "relative"}}, name_itself));
  EXPECT_FALSE(look_up(json::Object{{"file", "/no/such/file"}}, name_itself));
}

}  // namespace
}  // namespace llf::config
