#include "json/parse_error.hpp"

#include "base/limits.hpp"

#include <boost/json/error.hpp>
#include <gtest/gtest.h>

#include <string>

namespace llf::json {
namespace {

TEST(ParseError, names_line_and_column) {
  EXPECT_EQ(parse_error("{\n  x", 4, boost::json::error::syntax),
            (Error{.kind = ErrorKind::invalid, .message = "line 2, column 3: not valid JSON"}));
  EXPECT_EQ(parse_error("", 0, boost::json::error::too_deep).kind, ErrorKind::too_large);
}

TEST(ParseError, a_text_may_be_as_long_as_the_limit) {
  std::string text(limits::kJsonDocument.bytes(), ' ');
  EXPECT_TRUE(check_size(text));
  text += ' ';
  EXPECT_EQ(check_size(text).error().kind, ErrorKind::too_large);
}

}  // namespace
}  // namespace llf::json
