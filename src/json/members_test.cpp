#include "json/members.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace llf::json {
namespace {

std::vector<std::string> told(std::string_view text) {
  std::vector<std::string> all;
  each_member(text, [&](std::string_view name, const Member& member) {
    all.push_back(std::string(name) + "=" +
                  std::string(text.substr(member.value, member.end - member.value)));
  });
  return all;
}

TEST(Members, are_told_in_their_order_with_their_names) {
  EXPECT_THAT(told(R"( {"a":1, "b" : {"a":[2,"}"]},"\u0061\"":"x","a":null} )"),
              testing::ElementsAre("a=1", R"(b={"a":[2,"}"]})", R"(a"="x")", "a=null"));
  EXPECT_THAT(told("{}"), testing::IsEmpty());
  EXPECT_THAT(told("[1]"), testing::IsEmpty());
}

}  // namespace
}  // namespace llf::json
