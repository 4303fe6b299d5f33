#include "text/markdown.hpp"

#include "text/safe_text.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace llf::text {
namespace {

std::string styled(std::string_view text) {
  MarkdownStyler styler;
  auto out = styler.push(text);
  out += styler.finish();
  return out;
}

/// Escape sequences as tags that a test can be read with.
std::string tagged(std::string_view text) {
  std::string out = styled(text);
  const std::array<std::pair<std::string_view, std::string_view>, 4> names{
      {{"\x1b[0m", "<>"}, {"\x1b[1m", "<b>"}, {"\x1b[2m", "<d>"}, {"\x1b[36m", "<c>"}}};
  for (const auto& [code, name] : names) {
    for (auto at = out.find(code); at != std::string::npos; at = out.find(code)) {
      out.replace(at, code.size(), name);
    }
  }
  return out;
}

TEST(Markdown, plain_text_stays) {
  for (const std::string_view text :
       {"", "hello\nworld\n", "a * b * c", "* item\n- item\n", "2**3 and a**b", "x_y_z", "#tag",
        "C:\\dir and \\(x\\)", "漢字\n", "  indented", "####### seven", "#", "``", "** x"}) {
    EXPECT_EQ(styled(text), text);
  }
}

TEST(Markdown, headings_are_bold_to_the_end_of_their_line) {
  EXPECT_EQ(tagged("# Title\ntext"), "<b># Title<>\ntext");
  EXPECT_EQ(tagged("a\n### Third\n"), "a\n<b>### Third<>\n");
}

TEST(Markdown, strong_text_is_bold_without_its_markers) {
  EXPECT_EQ(tagged("a **b c** d"), "a <b>b c<> d");
  EXPECT_EQ(tagged("**b**"), "<b>b<>");
  EXPECT_EQ(tagged("这是**重点**。"), "这是<b>重点<>。");
  EXPECT_EQ(tagged("***both*** x"), "<b>both<> x");
}

TEST(Markdown, strong_text_ends_with_its_line) {
  EXPECT_EQ(tagged("**b\nc"), "<b>b<>\nc");
}

TEST(Markdown, inline_code_keeps_its_markers) {
  EXPECT_EQ(tagged("use `a*b**c` now"), "use <c>`a*b**c`<> now");
  EXPECT_EQ(tagged("``a`b`` c"), "<c>``a`b``<> c");
  EXPECT_EQ(tagged("a ` b\nc"), "a <c>` b<>\nc");
}

TEST(Markdown, code_blocks_are_code_between_dim_fences) {
  EXPECT_EQ(tagged("```py\n# no heading\n**x**\n```\nend"),
            "<d>```py<>\n<c># no heading<>\n<c>**x**<>\n<d>```<>\nend");
  EXPECT_EQ(tagged("~~~~\n~~~\n~~~~"), "<d>~~~~<>\n<c>~~~<>\n<d>~~~~<>");
}

TEST(Markdown, an_indented_fence_and_one_with_spaces_after_it_count) {
  EXPECT_EQ(tagged("  ```\nx\n  ``` \ny"), "<d>  ```<>\n<c>x<>\n<d>  ``` <>\ny");
}

TEST(Markdown, code_in_one_line_of_three_backticks_opens_no_block) {
  EXPECT_EQ(tagged("```x``` y\nz"), "<d>```x``` y<>\nz");
}

TEST(Markdown, a_backslash_takes_the_meaning_of_a_marker) {
  EXPECT_EQ(tagged("\\**x\\*\\* \\`c\\`"), "**x** `c`");
  EXPECT_EQ(tagged("end\\"), "end\\");
  EXPECT_EQ(tagged("a\\\nb"), "a\\\nb");
}

TEST(Markdown, what_is_no_marker_any_more_is_shown_at_once) {
  MarkdownStyler styler;
  EXPECT_EQ(styler.push("Hel"), "Hel");
  EXPECT_EQ(styler.push("lo *"), "lo ");
  EXPECT_EQ(styler.push(" x"), "* x");
  EXPECT_EQ(styler.push("\n#"), "\n");
  EXPECT_EQ(styler.push("a"), "#a");
}

TEST(MarkdownModel, random_splits_change_nothing_and_the_end_is_plain) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const std::array<std::string_view, 14> words{"*",  "**", "`", "```", "~~~", "#",     " ",
                                               "\n", "x",  "é", "\\",  "- ",  "word ", "\n\n"};
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    const auto count = random() % 30;
    for (std::size_t i = 0; i < count; ++i) text += words[random() % words.size()];
    MarkdownStyler styler;
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
      const auto length = 1 + random() % 4;
      out += styler.push(std::string_view(text).substr(at, length));
      at += length;
    }
    out += styler.finish();
    ASSERT_EQ(out, styled(text)) << ::testing::PrintToString(text);
    const auto last = out.rfind("\x1b[");
    ASSERT_TRUE(last == std::string::npos || out.compare(last, 4, "\x1b[0m") == 0);
    // Nothing is lost but stars and backslashes.
    const auto without = [](std::string s) {
      std::erase_if(s, [](char c) { return c == '*' || c == '\\'; });
      return s;
    };
    ASSERT_EQ(without(safe_text(out)), without(text));
  }
}

}  // namespace
}  // namespace llf::text
