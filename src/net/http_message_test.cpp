#include "net/http_message.hpp"

#include <gtest/gtest.h>

namespace llf::net {
namespace {

TEST(HttpMessage, a_refusal_is_an_error_object_of_the_openai_dialect) {
  const auto response = render_refusal({.status = 413,
                                        .kind = ErrorKind::too_large,
                                        .code = "body_too_large",
                                        .message = "It is \"too\" large."});
  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(response.headers.get("content-type"), "application/json");
  EXPECT_EQ(response.body,
            R"({"error":{"message":"It is \"too\" large.","type":"invalid_request_error",)"
            R"("param":null,"code":"body_too_large"}})");
}

}  // namespace
}  // namespace llf::net
