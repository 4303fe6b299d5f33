#include "config/declarations.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace llf::config {
namespace {

TEST(Declarations, are_whole_and_told_apart) {
  std::map<std::string_view, int> seen;
  for (const auto& declaration : declarations()) {
    EXPECT_THAT(declaration.name, testing::MatchesRegex("[a-z]+[.][a-z_]+"));
    EXPECT_TRUE(declaration.flag.starts_with("--"));
    EXPECT_TRUE(std::string_view(declaration.variable).starts_with("LLF_"));
    EXPECT_FALSE(declaration.help.empty());
    for (const auto name :
         {declaration.name, declaration.flag, std::string_view(declaration.variable)}) {
      EXPECT_EQ(++seen[name], 1) << name;
    }
  }
}

TEST(Declarations, are_found_by_name) {
  const auto port = find_declaration("server.port");
  ASSERT_TRUE(port);
  EXPECT_EQ((*port)->flag, "--port");
  const auto none = find_declaration("server.prot");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, ErrorKind::not_found);
  EXPECT_NE(none.error().message.find("Did you mean 'server.port'"), std::string::npos);
}

TEST(Declarations, a_value_survives_being_written_and_read) {
  for (const auto& declaration : declarations()) {
    Settings settings;
    EXPECT_TRUE(set(settings, declaration, value_of(Settings{}, declaration))) << declaration.name;
    EXPECT_EQ(settings, Settings{});
  }
}

}  // namespace
}  // namespace llf::config
