#include "prompt/assembly.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::prompt {
namespace {

using testing::HasSubstr;

json::Array list(std::string_view text) {
  const auto value = json::parse(text);
  EXPECT_TRUE(value) << text;
  return value ? value->as_array() : json::Array();
}

/// What a model gets, as JSON; for an error, its message.
std::string assembled(const Template& filled, std::string_view messages,
                      Opening opening = Opening::prefill) {
  const auto result = assemble(filled, list(messages), opening);
  return result ? json::write(*result) : result.error().message;
}

/// The same JSON, written the same way.
std::string same(std::string_view text) {
  return json::write(list(text));
}

Template full_template() {
  return {.name = "full_template",
          .system = "S",
          .master = "M",
          .examples = {{.user = "eu", .assistant = "ea"}},
          .prefix = {{.role = "user", .content = "pu"}, {.role = "assistant", .content = "pa"}},
          .suffix = {{.role = "system", .content = "ss"}},
          .opening = "O"};
}

TEST(Assembly, has_everything_in_its_order) {
  EXPECT_EQ(assembled(full_template(), R"([{"role":"system","content":"R"},
                                   {"role":"user","content":"1"},
                                   {"role":"assistant","content":"2"},
                                   {"role":"user","content":"3"}])"),
            same(R"([{"role":"system","content":"S\n\nM\n\nR\n\nss"},
                     {"role":"user","content":"eu"},
                     {"role":"assistant","content":"ea"},
                     {"role":"user","content":"1"},
                     {"role":"assistant","content":"2"},
                     {"role":"user","content":"pu"},
                     {"role":"assistant","content":"pa"},
                     {"role":"user","content":"3"},
                     {"role":"assistant","content":"O"}])"));
}

TEST(Assembly, an_empty_template_leaves_a_proper_conversation_as_it_is) {
  for (const auto* messages :
       {"[]", R"([{"role":"user","content":"a"}])",
        R"([{"role":"system","content":"s","x":1},{"role":"user","content":[{"type":"text"}],"y":2},
            {"role":"assistant","content":"b"},{"role":"user","content":""}])",
        R"([{"role":"user","content":"a"},
            {"role":"assistant","content":null,"tool_calls":[{"id":"1"}]},
            {"role":"tool","tool_call_id":"1","content":"r"},
            {"role":"tool","tool_call_id":"2","content":"r"}])"}) {
    EXPECT_EQ(assembled({}, messages), same(messages));
  }
}

TEST(Assembly, system_messages_become_one_the_first) {
  EXPECT_EQ(assembled({}, R"([{"role":"user","content":"a"},{"role":"developer","content":"d"},
                              {"role":"system","content":"s","name":"n"},
                              {"role":"user","content":"b"}])"),
            same(R"([{"role":"system","content":"d\n\ns","name":"n"},
                     {"role":"user","content":"a\n\nb"}])"));
}

TEST(Assembly, system_messages_of_prefix_and_suffix_come_after_the_requests) {
  const Template filled{.name = "t",
                        .master = "m",
                        .prefix = {{.role = "system", .content = "p"}},
                        .suffix = {{.role = "system", .content = "s"}}};
  EXPECT_EQ(assembled(filled, R"([{"role":"user","content":"a"},{"role":"assistant","content":"b"},
                                  {"role":"system","content":"r"}])"),
            same(R"([{"role":"system","content":"m\n\nr\n\np\n\ns"},
                     {"role":"user","content":"a"},{"role":"assistant","content":"b"}])"));
}

TEST(Assembly, system_messages_that_say_nothing_are_left_out) {
  EXPECT_EQ(assembled({}, R"([{"role":"system","content":""},{"role":"system","content":null},
                              {"role":"system"},{"role":"system","content":[]},
                              {"role":"user","content":"a"}])"),
            same(R"([{"role":"user","content":"a"}])"));
}

TEST(Assembly, parts_of_system_messages_follow_the_templates_text) {
  EXPECT_EQ(assembled({.name = "t", .system = "S"},
                      R"([{"role":"system","content":[{"type":"text","text":"r"}]}])"),
            same(R"([{"role":"system","content":[{"type":"text","text":"S"},
                                                 {"type":"text","text":"r"}]}])"));
}

TEST(Assembly, neighbours_of_one_role_are_joined) {
  EXPECT_EQ(assembled({}, R"([{"role":"user","content":"a"},{"role":"user","content":""},
                              {"role":"user","content":"b"},{"role":"assistant","content":""},
                              {"role":"assistant","content":"c","z":1}])"),
            same(R"([{"role":"user","content":"a\n\nb"},
                     {"role":"assistant","content":"c","z":1}])"));
}

TEST(Assembly, lists_of_parts_are_joined_one_behind_the_other) {
  const Template filled{.name = "t",
                        .prefix = {{.role = "user", .content = "look"}},
                        .suffix = {{.role = "user", .content = "well"}}};
  EXPECT_EQ(assembled(filled, R"([{"role":"user","content":[{"type":"image_url"}]}])"),
            same(R"([{"role":"user","content":[{"type":"text","text":"look"},
                     {"type":"image_url"},{"type":"text","text":"well"}]}])"));
}

TEST(Assembly, messages_with_tools_or_names_are_not_joined) {
  for (const auto* messages : {
           R"([{"role":"assistant","content":"a"},
               {"role":"assistant","content":"b","tool_calls":[{}]},
               {"role":"assistant","content":"c"}])",
           R"([{"role":"user","content":"a"},{"role":"user","content":"b","name":"n"},
               {"role":"user","content":"c"}])",
           R"([{"role":"assistant","content":"a"},
               {"role":"assistant","content":"b","function_call":{}}])",
           R"([{"role":"assistant","content":"a"},{"role":"assistant","content":null}])",
           R"([{"role":"tool","content":"a"},{"role":"tool","content":"b"}])",
       }) {
    EXPECT_EQ(assembled({}, messages), same(messages));
  }
}

TEST(Assembly, members_that_mean_nothing_do_not_hinder_joining) {
  EXPECT_EQ(assembled({}, R"([{"role":"assistant","content":"a","name":null,"tool_calls":[]},
                              {"role":"assistant","content":"b","tool_calls":null}])"),
            same(R"([{"role":"assistant","content":"a\n\nb","name":null,"tool_calls":[]}])"));
}

TEST(Assembly, prefix_and_suffix_stand_around_the_newest_message_of_the_user) {
  const Template filled{.name = "t",
                        .prefix = {{.role = "user", .content = "p"}},
                        .suffix = {{.role = "user", .content = "s"}},
                        .opening = "O"};
  EXPECT_EQ(assembled(filled, R"([{"role":"user","content":"1"},{"role":"assistant","content":"2"},
                                  {"role":"user","content":"3"},
                                  {"role":"assistant","content":null,"tool_calls":[{"id":"x"}]},
                                  {"role":"tool","tool_call_id":"x","content":"4"}])"),
            same(R"([{"role":"user","content":"1"},{"role":"assistant","content":"2"},
                     {"role":"user","content":"p\n\n3\n\ns"},
                     {"role":"assistant","content":null,"tool_calls":[{"id":"x"}]},
                     {"role":"tool","tool_call_id":"x","content":"4"}])"));
}

TEST(Assembly, the_opening_is_left_out_after_anything_but_the_users_message) {
  const Template filled{.name = "t", .opening = "O"};
  EXPECT_EQ(assembled(filled, R"([{"role":"user","content":"1"},
                                  {"role":"assistant","content":"begun"}])"),
            same(R"([{"role":"user","content":"1"},{"role":"assistant","content":"begun"}])"));
  EXPECT_EQ(assembled(filled, "[]"), "[]");
  EXPECT_EQ(assembled(filled, R"([{"role":"user","content":"1"},
                                  {"role":"system","content":"s"}])"),
            same(R"([{"role":"system","content":"s"},{"role":"user","content":"1"},
                     {"role":"assistant","content":"O"}])"));
}

TEST(Assembly, the_opening_continues_a_suffix_of_the_assistant) {
  const Template filled{
      .name = "t", .suffix = {{.role = "assistant", .content = "s"}}, .opening = "O"};
  EXPECT_EQ(assembled(filled, R"([{"role":"user","content":"1"}])"),
            same(R"([{"role":"user","content":"1"},{"role":"assistant","content":"s\n\nO"}])"));
}

TEST(Assembly, an_opening_that_no_engine_goes_on_with_is_asked_for) {
  EXPECT_EQ(assembled({.name = "t", .suffix = {{.role = "user", .content = "s"}}, .opening = "O"},
                      R"([{"role":"user","content":"1"}])", Opening::asked_for),
            same(R"([{"role":"user","content":
                      "1\n\ns\n\nBegin your answer with exactly these words: O"}])"));
  EXPECT_EQ(assembled({.name = "t", .opening = "O"},
                      R"([{"role":"user","content":"1"},{"role":"assistant","content":"2"}])",
                      Opening::asked_for),
            same(R"([{"role":"user","content":"1"},{"role":"assistant","content":"2"}])"));
  EXPECT_EQ(assembled({.name = "t", .system = "S"}, R"([{"role":"user","content":"1"}])",
                      Opening::asked_for),
            same(R"([{"role":"system","content":"S"},{"role":"user","content":"1"}])"));
}

TEST(Assembly, a_suffix_that_ends_with_the_assistant_is_the_beginning_of_the_answer) {
  const Template filled{.name = "t",
                        .suffix = {{.role = "assistant", .content = "a"},
                                   {.role = "user", .content = "u"},
                                   {.role = "assistant", .content = "b"},
                                   {.role = "assistant", .content = ""},
                                   {.role = "assistant", .content = "c"}},
                        .opening = "O"};
  EXPECT_EQ(beginning_of_answer(filled), "b\n\nc\n\nO");
  EXPECT_EQ(beginning_of_answer({.name = "t"}), "");
  EXPECT_EQ(assembled(filled, R"([{"role":"user","content":"1"}])", Opening::asked_for),
            same(R"([{"role":"user","content":"1"},{"role":"assistant","content":"a"},
                     {"role":"user","content":
                      "u\n\nBegin your answer with exactly these words: b\n\nc\n\nO"}])"));
  EXPECT_EQ(assembled(filled, R"([{"role":"user","content":"1"},
                                  {"role":"tool","content":"2"}])",
                      Opening::asked_for),
            same(R"([{"role":"user","content":"1"},{"role":"assistant","content":"a"},
                     {"role":"user","content":"u"},{"role":"assistant","content":"b\n\nc"},
                     {"role":"tool","content":"2"}])"));
}

TEST(Assembly, without_a_message_of_the_user_only_its_beginning_counts) {
  EXPECT_EQ(assembled(full_template(), R"([{"role":"assistant","content":"Hello!"}])"),
            same(R"([{"role":"system","content":"S\n\nM"},{"role":"user","content":"eu"},
                     {"role":"assistant","content":"ea\n\nHello!"}])"));
}

TEST(Assembly, messages_of_the_template_without_content_are_left_out) {
  const Template filled{.name = "t",
                        .prefix = {{.role = "user", .content = ""},
                                   {.role = "assistant", .content = ""},
                                   {.role = "system", .content = ""}}};
  EXPECT_EQ(assembled(filled, R"([{"role":"user","content":"1"}])"),
            same(R"([{"role":"user","content":"1"}])"));
}

TEST(Assembly, what_is_no_message_is_refused) {
  for (const auto* second : {"1", "null", "[]", "{}", R"({"role":1})", R"({"content":"x"})"}) {
    const auto text = std::string(R"([{"role":"user","content":"x"},)") + second + "]";
    const auto result = assemble({}, list(text), Opening::prefill);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().kind, ErrorKind::invalid);
    EXPECT_EQ(result.error().message, "messages[1] must be an object with a 'role'");
  }
}

TEST(Assembly, a_system_message_that_cannot_be_joined_is_refused) {
  EXPECT_THAT(assembled({}, R"([{"role":"system","content":{}}])"),
              HasSubstr("messages[0].content must be a text or a list of parts"));
}

}  // namespace
}  // namespace llf::prompt
