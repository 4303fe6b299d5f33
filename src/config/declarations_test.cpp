#include "config/declarations.hpp"

#include "config/values.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace llf::config {
namespace {

template <class Owner>
void expect_whole() {
  std::map<std::string_view, int> seen;
  std::string_view section;
  std::map<std::string_view, int> sections;
  for (const auto& one : declared<Owner>()) {
    EXPECT_THAT(std::string(one.name), testing::MatchesRegex("([a-z]+[.])?[a-z_]+"));
    EXPECT_FALSE(one.help.empty());
    EXPECT_EQ(++seen[one.name], 1) << one.name;
    if (one.section() != section) EXPECT_EQ(++sections[one.section()], 1) << "not together";
    section = one.section();
    EXPECT_LE(one.least, one.most);
  }
}

TEST(Declarations, are_whole_and_told_apart) {
  expect_whole<Settings>();
  expect_whole<Profile>();
}

TEST(Declarations, have_flags_and_variables_of_their_own) {
  std::map<std::string_view, int> seen;
  for (const auto& one : declarations()) {
    if (!one.flag.empty()) {
      EXPECT_TRUE(one.flag.starts_with("--"));
      EXPECT_EQ(++seen[one.flag], 1) << one.flag;
    }
    if (one.variable != nullptr) {
      EXPECT_TRUE(std::string_view(one.variable).starts_with("LLF_"));
      EXPECT_EQ(++seen[one.variable], 1) << one.variable;
    }
    if (one.form == Form::secret) EXPECT_TRUE(one.flag.empty()) << "argv is no secret";
  }
}

template <class Owner>
void expect_survival() {
  for (const auto& one : declared<Owner>()) {
    Owner owner;
    EXPECT_TRUE(set(owner, one, value_of(Owner{}, one), look_up_nothing())) << one.name;
    EXPECT_EQ(owner, Owner{});
  }
}

TEST(Declarations, a_value_survives_being_written_and_read) {
  expect_survival<Settings>();
  expect_survival<Profile>();
}

}  // namespace
}  // namespace llf::config
