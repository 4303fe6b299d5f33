#include "base/error.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <set>
#include <string_view>

namespace llf {
namespace {

TEST(Error, every_kind_has_a_row_that_names_it_back) {
  std::set<std::string_view> names;
  for (auto i = 0; i <= static_cast<int>(ErrorKind::internal); ++i) {
    const auto kind = static_cast<ErrorKind>(i);
    const auto& row = facts(kind);
    EXPECT_GE(row.http_status, 400);
    EXPECT_LE(row.http_status, 504);
    EXPECT_EQ(error_kind_from_name(row.name), kind);
    names.insert(row.name);
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(ErrorKind::internal) + 1);
}

TEST(Error, an_unknown_name_is_internal) {
  EXPECT_EQ(error_kind_from_name("brand_new"), ErrorKind::internal);
}

TEST(Error, usage_and_interruption_have_their_own_exit_codes) {
  EXPECT_EQ(facts(ErrorKind::invalid).exit_code, 2);
  EXPECT_EQ(facts(ErrorKind::cancelled).exit_code, 130);
  EXPECT_EQ(facts(ErrorKind::io).exit_code, 1);
}

TEST(Error, context_goes_in_front_and_the_kind_stays) {
  const Error error{.kind = ErrorKind::io, .message = "disk full"};
  EXPECT_EQ(error.with_context("pulling x"),
            (Error{.kind = ErrorKind::io, .message = "pulling x: disk full"}));
}

TEST(Error, errno_chooses_the_kind_and_words) {
  const auto error = errno_error("opening /x", EACCES);
  EXPECT_EQ(error.kind, ErrorKind::forbidden);
  EXPECT_EQ(error.message, "opening /x: Permission denied");
  EXPECT_EQ(errno_error("y", ENOENT).kind, ErrorKind::not_found);
  EXPECT_EQ(errno_error("y", ENOSPC).kind, ErrorKind::io);
  EXPECT_EQ(errno_error("y", EMFILE).kind, ErrorKind::unavailable);
}

}  // namespace
}  // namespace llf
