#include "gateway/tool_support.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string_view>

namespace llf::gateway {
namespace {

std::optional<bool> able(std::string_view properties) {
  return takes_tools(json::parse(properties).value().get_object());
}

TEST(ToolSupport, is_what_the_template_of_the_model_has_a_place_for) {
  EXPECT_EQ(able(R"({"chat_template_caps":{"supports_tools":true,"supports_tool_calls":false}})"),
            true);
  EXPECT_EQ(able(R"({"chat_template_caps":{"supports_tools":false,"supports_tool_calls":false}})"),
            false);
  EXPECT_EQ(able(R"({"chat_template_caps":{}})"), std::nullopt);
  EXPECT_EQ(able("{}"), std::nullopt) << "engines of before";
}

TEST(ToolSupport, an_answer_that_says_something_else_calls_none) {
  EXPECT_FALSE(calls_tool(R"({"choices":[{"message":{"content":"Hello"}}]})"));
  EXPECT_FALSE(calls_tool(R"({"choices":[{"message":{"content":"","tool_calls":[1]}},)"
                          R"({"message":{"content":"Hello","tool_calls":[]}}]})"));
  EXPECT_TRUE(calls_tool(R"({"choices":[{"message":{"content":"Hm","tool_calls":[{}]}}]})"));
  EXPECT_TRUE(calls_tool(R"({"choices":[{"message":{"content":null}}]})")) << "cut before it";
  EXPECT_TRUE(calls_tool("nonsense"));
}

}  // namespace
}  // namespace llf::gateway
