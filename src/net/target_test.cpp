#include "net/target.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace llf::net {
namespace {

std::string path_of(std::string_view target) {
  const auto result = parse_target("GET", target);
  return result ? result->path : "refused";
}

TEST(Target, paths_are_decoded_and_their_dot_segments_resolved) {
  const std::vector<std::pair<std::string, std::string>> kCases{
      {"/", "/"},
      {"/a/b", "/a/b"},
      {"/a/b/", "/a/b/"},
      {"/a//b", "/a//b"},
      {"/a/./b", "/a/b"},
      {"/a/b/..", "/a/"},
      {"/a/b/.", "/a/b/"},
      {"/a/../b", "/b"},
      {"/a/..", "/"},
      {"/%61%2Fb", "/a/b"},
      {"/a/%2e%2e/b", "/b"},
      {"/v1/models/org%2Fname", "/v1/models/org/name"},
      {"/...", "/..."},
      {"/%E2%82%AC", "/\xe2\x82\xac"},
      {"/..", "refused"},
      {"/a/../..", "refused"},
      {"/%7f", "refused"},
      {"/%zz", "refused"},
      {"a", "refused"},
      {"", "refused"},
      {"http:///", "refused"},
      {"http://", "refused"},
      {"http:/a", "refused"},
  };
  for (const auto& [target, path] : kCases) EXPECT_EQ(path_of(target), path) << target;
}

TEST(Target, takes_the_absolute_form_apart) {
  const auto result = parse_target("GET", "http://[::1]:80?a=/b?c");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->authority, "[::1]:80");
  EXPECT_EQ(result->path, "/");
  EXPECT_EQ(result->query, "a=/b?c");
}

TEST(Target, a_scheme_alone_is_none) {
  for (const auto* target : {"http", "https", "HTTP", "http:", "http:/", "ftp://h/", "://h/"}) {
    EXPECT_FALSE(parse_target("GET", target)) << target;
  }
}

TEST(Target, the_query_is_what_follows_the_first_question_mark) {
  const auto result = parse_target("GET", "/a?b=%3F?c");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->path, "/a");
  EXPECT_EQ(result->query, "b=%3F?c");
}

}  // namespace
}  // namespace llf::net
