#include "config/arguments.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::config {
namespace {

using testing::HasSubstr;

std::string words(const json::Object& first, const json::Object& second = {}) {
  std::vector<std::string> all;
  for (const auto& [flag, value] : engine_arguments(first, second)) {
    all.push_back(value ? fmt::format("{}={}", flag, *value) : flag);
  }
  return fmt::format("{}", fmt::join(all, " "));
}

TEST(Arguments, are_flags_values_and_lists) {
  EXPECT_EQ(words({{"no-mmap", true},
                   {"mlock", false},
                   {"threads", 4},
                   {"rope-freq-scale", 0.5},
                   {"lora", json::Array{"/a", "/b"}}}),
            "no-mmap threads=4 rope-freq-scale=0.5 lora=/a lora=/b");
}

TEST(Arguments, the_nearer_ones_win) {
  EXPECT_EQ(words({{"a", 1}, {"b", 2}}, {{"b", false}, {"c", true}}), "a=1 c");
}

TEST(Arguments, that_llf_sets_itself_are_refused) {
  EXPECT_THAT(check_arguments({{"port", 1}}).error().message, HasSubstr("server.port"));
  EXPECT_THAT(check_arguments({{"ctx-size", 1}}).error().message, HasSubstr("'context'"));
  EXPECT_FALSE(check_arguments({{"log-file", "x"}}));
}

TEST(Arguments, of_another_kind_are_refused) {
  EXPECT_THAT(check_arguments({{"--threads", 1}}).error().message, HasSubstr("'threads'"));
  EXPECT_FALSE(check_arguments({{"a b", 1}}));
  EXPECT_FALSE(check_arguments({{"", 1}}));
  EXPECT_FALSE(check_arguments({{"x", nullptr}}));
  EXPECT_FALSE(check_arguments({{"x", json::Object{}}}));
  EXPECT_FALSE(check_arguments({{"x", json::Array{true}}}));
  EXPECT_FALSE(check_arguments({{"x", std::string_view("b\0c", 3)}}));
  EXPECT_TRUE(check_arguments({{"x", "b"}}));
  EXPECT_EQ(check_arguments({{std::string(500, '-'), 1}}).error().message,
            "that is no name of a flag: write it without dashes in front, in small letters");
}

TEST(Arguments, texts_are_texts) {
  EXPECT_TRUE(check_texts({{"a", "b"}}));
  EXPECT_FALSE(check_texts({{"a", 1}}));
}

}  // namespace
}  // namespace llf::config
