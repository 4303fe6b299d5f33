#include "json/skim.hpp"

#include "base/limits.hpp"
#include "json/json.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace llf::json {
namespace {

std::string tokens_of(std::string_view text) {
  constexpr std::string_view kLetters = "{}[]ks#tf0";
  std::string out;
  const auto read = skim(text, [&](const Token& token) {
    out += fmt::format("{}{}{} ", token.depth, kLetters[static_cast<std::size_t>(token.kind)],
                       token.text);
  });
  return read ? out : "error: " + read.error().message;
}

TEST(Skim, tells_what_stands_where) {
  EXPECT_EQ(tokens_of(R"({"a":[1,-2.5,"x\u00e9"],"b":{"c":true},"d":false,"e":null})"),
            "0{ 1ka 1[ 2# 2# 2sx\xC3\xA9 1] 1kb 1{ 2kc 2t 1} 1kd 1f 1ke 10 0} ");
  EXPECT_EQ(tokens_of(" 18446744073709551615 "), "0# ");
}

TEST(Skim, a_long_string_is_told_by_its_beginning) {
  const std::string text(limits::kSkimmedText + 100, 'x');
  std::size_t size = 0;
  ASSERT_TRUE(skim(fmt::format("\"{}\"", text), [&](const Token& t) { size = t.text.size(); }));
  EXPECT_EQ(size, limits::kSkimmedText);
}

TEST(Skim, accepts_and_refuses_what_parse_does_with_the_same_words) {
  std::vector<std::string> texts{"",      "{",     "[1,]", "{} x",        "\"\xFF\"",  "// c\n1",
                                 "1e400", "0e400", "tru",  "\"\\ud800\"", "{\"a\" 1}", "[1] "};
  texts.push_back(std::string(limits::kJsonDepth, '[') + std::string(limits::kJsonDepth, ']'));
  texts.push_back("[" + texts.back() + "]");
  for (const auto& text : texts) {
    const auto parsed = parse(text);
    const auto skimmed = skim(text, [](const Token&) {});
    ASSERT_EQ(parsed.has_value(), skimmed.has_value()) << text;
    if (!parsed) EXPECT_EQ(parsed.error(), skimmed.error()) << text;
  }
}

TEST(Skim, an_object_is_told_from_other_texts) {
  EXPECT_TRUE(is_object("{\"a\":1} "));
  for (const auto* text : {"[]", "1", "", "{", "{}{}", "[{}]"})
    EXPECT_FALSE(is_object(text)) << text;
}

}  // namespace
}  // namespace llf::json
