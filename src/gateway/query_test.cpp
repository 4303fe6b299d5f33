#include "gateway/query.hpp"

#include <gtest/gtest.h>

namespace llf::gateway {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

TEST(Query, splits_and_decodes) {
  EXPECT_EQ(parse_query("source=my%20model&lines=20&follow"),
            (Fields{{"source", "my model"}, {"lines", "20"}, {"follow", ""}}));
  EXPECT_EQ(parse_query("a=b=c&&d=x+y"), (Fields{{"a", "b=c"}, {"d", "x y"}}));
  EXPECT_EQ(parse_query(""), Fields{});
}

TEST(Query, a_broken_escape_stays_as_it_is) {
  EXPECT_EQ(parse_query("a=%&b=%4&c=%zz&d=%-1"),
            (Fields{{"a", "%"}, {"b", "%4"}, {"c", "%zz"}, {"d", "%-1"}}));
}

}  // namespace
}  // namespace llf::gateway
