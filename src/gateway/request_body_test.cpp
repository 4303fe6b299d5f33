#include "gateway/request_body.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::gateway {
namespace {

using testing::HasSubstr;

TEST(RequestBody, is_an_object) {
  const auto object = object_of(R"({"a": 1})");
  ASSERT_TRUE(object);
  EXPECT_EQ(object->at("a"), 1);
}

TEST(RequestBody, is_refused_when_it_is_anything_else) {
  for (const auto* body : {"", "{", "[]", "1", "{} x"}) {
    const auto object = object_of(body);
    ASSERT_FALSE(object) << body;
    EXPECT_EQ(object.error().kind, ErrorKind::invalid);
    EXPECT_THAT(object.error().message, HasSubstr("the body"));
  }
}

}  // namespace
}  // namespace llf::gateway
