#include "cli/arguments.hpp"

#include <gtest/gtest.h>

namespace llf::cli {
namespace {

using Words = std::vector<std::string>;

constexpr std::array kOptions{
    OptionSpec{.name = "--model", .short_name = "-m", .value = "NAME"},
    OptionSpec{.name = "--raw", .short_name = "", .value = ""},
};

Expected<Arguments> parse(const Words& words, std::size_t max_words = 9) {
  return parse_arguments({.command = "run", .options = kOptions, .max_words = max_words}, words);
}

std::string error_of(const Words& words, std::size_t max_words = 9) {
  const auto arguments = parse(words, max_words);
  EXPECT_FALSE(arguments);
  if (arguments) return "";
  EXPECT_EQ(arguments.error().kind, ErrorKind::invalid);
  return arguments.error().message;
}

TEST(Arguments, options_and_words_may_come_in_any_order) {
  for (const auto& words : {Words{"a", "--model", "m", "b", "--raw", "--json"},
                            Words{"--json", "--raw", "-m", "m", "a", "b"},
                            Words{"--model=m", "a", "--json", "b", "--raw"},
                            Words{"-mm", "a", "b", "--raw", "--json"}}) {
    const auto arguments = parse(words);
    ASSERT_TRUE(arguments);
    EXPECT_EQ(arguments->text("--model"), "m");
    EXPECT_TRUE(arguments->has("--raw"));
    EXPECT_TRUE(arguments->has("--json"));
    EXPECT_FALSE(arguments->has("--home"));
    EXPECT_EQ(arguments->words(), (Words{"a", "b"}));
  }
}

TEST(Arguments, words_keep_whatever_they_hold) {
  const Words odd{"[1,2]", "{}", "\"quoted\"", "a=b", "", " ", "%x", "-5 + 3?", "--model is what"};
  const auto arguments = parse(odd);
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->words(), odd);
}

TEST(Arguments, values_keep_whatever_they_hold) {
  for (const std::string value : {"[1,2]", "-x", "--json", "a b", "--raw is it", "'q'", "-"}) {
    const auto arguments = parse({"--model", value});
    ASSERT_TRUE(arguments) << value;
    EXPECT_EQ(arguments->text("--model"), value);
    EXPECT_FALSE(arguments->has("--json"));
  }
  EXPECT_EQ(parse({"--model=a b=c"})->text("--model"), "a b=c");
}

TEST(Arguments, an_empty_value_takes_no_other_word) {
  const auto arguments = parse({"--model=", "--json", "What is llf?"});
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->text("--model"), "");
  EXPECT_TRUE(arguments->has("--json"));
  EXPECT_EQ(arguments->words(), Words{"What is llf?"});
  EXPECT_EQ(parse({"--model="})->text("--model"), "");
  EXPECT_EQ(parse({"--model==--raw"})->text("--model"), "=--raw");
}

TEST(Arguments, two_dashes_end_the_options) {
  const auto arguments = parse({"--raw", "--", "--help", "-m", "--"});
  ASSERT_TRUE(arguments);
  EXPECT_TRUE(arguments->has("--raw"));
  EXPECT_FALSE(arguments->has("--help"));
  EXPECT_EQ(arguments->words(), (Words{"--help", "-m", "--"}));
}

TEST(Arguments, the_last_of_two_values_counts) {
  EXPECT_EQ(parse({"-m", "a", "--model", "b"})->text("--model"), "b");
}

TEST(Arguments, an_unknown_option_names_the_nearest) {
  EXPECT_EQ(error_of({"--modle=x"}),
            "there is no option '--modle'. Did you mean '--model'?\nTry 'llf run --help'.");
  EXPECT_TRUE(error_of({"-x"}).starts_with("there is no option '-x'."));
}

TEST(Arguments, a_missing_value_is_told) {
  EXPECT_EQ(error_of({"a", "--model"}), "'--model' needs a value\nTry 'llf run --help'.");
}

TEST(Arguments, a_word_too_many_is_told) {
  EXPECT_EQ(error_of({"a", "b"}, 1), "one word too many: 'b'\nTry 'llf run --help'.");
}

TEST(Arguments, help_is_found_on_a_line_that_is_wrong) {
  const auto arguments = parse({"--nonsense", "a", "b", "-h"}, 0);
  ASSERT_TRUE(arguments);
  EXPECT_TRUE(arguments->has("--help"));
}

TEST(Arguments, numbers_are_checked) {
  Arguments arguments;
  arguments.set("-n", "7");
  EXPECT_EQ(arguments.integer("-n", 1, 9).value_or(std::nullopt), 7);
  EXPECT_EQ(arguments.number("-n", 1, 9).value_or(std::nullopt), 7);
  EXPECT_EQ(arguments.integer("-x", 1, 9).value_or(1), std::nullopt);
  EXPECT_FALSE(arguments.integer("-n", 8, 9));
  EXPECT_FALSE(arguments.number("-n", 1, 6));
}

}  // namespace
}  // namespace llf::cli
