#include "hub/answer_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace llf::hub {
namespace {

using Kind = Judgement::Kind;
using Fields = std::vector<std::pair<std::string, std::string>>;

const Asked kAsked{.range = {100, 200}, .size = 1000, .tag = "\"a\""};

Kind kind(int status, Fields fields, const Asked& asked = kAsked) {
  return judge({.status = status, .fields = std::move(fields)}, asked, "server").kind;
}

TEST(AnswerCheck, takes_exactly_what_was_asked_for) {
  EXPECT_EQ(kind(206, {{"content-range", "bytes 100-199/1000"}}), Kind::take);
  EXPECT_EQ(kind(206, {{"content-range", "bytes 100-199/*"}, {"etag", "\"a\""}}), Kind::take);
  EXPECT_EQ(kind(206, {{"content-range", "bytes 100-199/1000"}, {"content-encoding", "identity"}}),
            Kind::take);
}

// F54
TEST(AnswerCheck, another_range_is_wrong) {
  for (const auto* range :
       {"bytes 101-199/1000", "bytes 100-198/1000", "bytes 100-199/1001", "bytes 0-999/1000",
        "bytes 199-100/1000", "items 100-199/1000", "", "bytes 100-199", "bytes */1000"}) {
    EXPECT_EQ(kind(206, {{"content-range", range}}), Kind::wrong) << range;
  }
  EXPECT_EQ(kind(206, {}), Kind::wrong);
}

// F52
TEST(AnswerCheck, a_whole_file_instead_of_a_range_is_told_apart) {
  EXPECT_EQ(kind(200, {{"content-length", "1000"}}), Kind::no_ranges);
  const Asked whole{.range = {0, 1000}, .size = 1000, .tag = {}};
  EXPECT_EQ(kind(200, {{"content-length", "1000"}}, whole), Kind::take);
  EXPECT_EQ(kind(200, {}, whole), Kind::take) << "in chunks";
  EXPECT_EQ(kind(200, {{"content-length", "999"}}, whole), Kind::changed);
}

// F53, F57
TEST(AnswerCheck, another_file_and_a_compressed_one_are_not_taken) {
  const Fields range{{"content-range", "bytes 100-199/1000"}};
  auto other = range;
  other.emplace_back("etag", "\"b\"");
  EXPECT_EQ(kind(206, other), Kind::changed);
  auto weak = range;
  weak.emplace_back("etag", "W/\"b\"");
  EXPECT_EQ(kind(206, weak), Kind::changed);
  auto dated = range;
  dated.emplace_back("last-modified", "Tue, 01 Jan 2030 00:00:00 GMT");
  auto asked = kAsked;
  EXPECT_EQ(kind(206, dated, asked), Kind::take) << "nothing is known of its date";
  asked.modified = "Mon, 01 Jan 2029 00:00:00 GMT";
  EXPECT_EQ(kind(206, dated, asked), Kind::changed);
  auto zipped = range;
  zipped.emplace_back("content-encoding", "gzip");
  EXPECT_EQ(kind(206, zipped), Kind::wrong);
}

// F56
TEST(AnswerCheck, a_refusal_has_its_consequence) {
  for (const int status : {301, 302, 307, 308, 401, 403, 410}) {
    EXPECT_EQ(kind(status, {}), Kind::moved) << status;
  }
  for (const int status : {408, 429, 500, 502, 503}) EXPECT_EQ(kind(status, {}), Kind::busy);
  EXPECT_EQ(kind(416, {}), Kind::changed);
  for (const int status : {400, 404, 405, 451}) EXPECT_EQ(kind(status, {}), Kind::refused);
  const auto busy = judge({.status = 429, .fields = {{"retry-after", "7"}}}, kAsked, "server");
  EXPECT_EQ(busy.wait, std::chrono::seconds(7));
  EXPECT_EQ(busy.error.message, "server answers HTTP 429");
}

TEST(AnswerCheck, reads_the_size_of_a_file) {
  const auto size = [](int status, Fields fields) {
    return told_size({.status = status, .fields = std::move(fields)});
  };
  EXPECT_EQ(size(206, {{"content-range", "bytes 0-0/77"}}), 77U);
  EXPECT_EQ(size(206, {{"content-range", "bytes 0-0/*"}}), std::nullopt);
  EXPECT_EQ(size(416, {{"content-range", "bytes */0"}}), 0U);
  EXPECT_EQ(size(200, {{"content-length", "5"}}), 5U);
  EXPECT_EQ(size(200, {}), std::nullopt);
  EXPECT_EQ(size(302, {{"content-length", "5"}}), std::nullopt) << "of the redirect's own text";
}

}  // namespace
}  // namespace llf::hub
