#include "gateway/tool_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::gateway {
namespace {

std::string wrong(std::string_view tools) {
  const auto checked = check_tools(json::parse(tools).value());
  return checked ? "" : checked.error().message;
}

TEST(ToolCheck, tools_are_functions_with_names) {
  EXPECT_EQ(wrong("[]"), "");
  EXPECT_EQ(wrong(R"([{"type":"function","function":{"name":"f"}},)"
                  R"({"type":"function","function":{"name":"g","parameters":{}}}])"),
            "");
  EXPECT_EQ(wrong(R"([{"type":"custom","custom":{}}])"), "") << "the engine's to judge";
  for (const auto* tools :
       {"[5]", "[{}]", R"([{"type":"function"}])", R"([{"function":{"name":"f"}}])",
        R"([{"type":"function","function":{"name":5}}])", R"([{"type":"function","function":3}])",
        R"([{"type":"function","function":{"name":"f","parameters":5}}])"}) {
    EXPECT_THAT(wrong(tools), testing::StartsWith("tools[0]")) << tools;
  }
}

TEST(ToolCheck, the_choice_of_one_function_leaves_that_one_alone) {
  const auto tools = json::parse(R"([{"type":"function","function":{"name":"f"}},)"
                                 R"({"type":"function","function":{"name":"g"}}])")
                         .value();
  const auto choose = [&](std::string_view choice) {
    return tools_for_engine(tools, json::parse(choice).value());
  };
  EXPECT_EQ(json::write(choose(R"({"type":"function","function":{"name":"g"}})").value()),
            R"({"tools":[{"type":"function","function":{"name":"g"}}],"tool_choice":"required"})");
  EXPECT_TRUE(choose("\"required\"").value().empty());
  EXPECT_FALSE(choose(R"({"type":"function","function":{"name":"h"}})"));
}

}  // namespace
}  // namespace llf::gateway
