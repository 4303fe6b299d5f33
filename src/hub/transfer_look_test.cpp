#include "hub/test_transfer.hpp"
#include "hub/transfer_run.hpp"

#include <gmock/gmock.h>

namespace llf::hub {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string redirect(const std::string& to) {
  return http_answer(302, fmt::format("Location: {}\r\n", to), "");
}

// SEC-33
TEST_F(TransferTest, the_token_stays_with_the_hub) {
  std::string at_cdn;
  std::string at_hub;
  const TestServer cdn([&, this](const std::string& head) {
    at_cdn += head;
    return good(head);
  });
  const TestServer hub([&](const std::string& head) {
    at_hub += head;
    return redirect(cdn.url("/signed?x=1"));
  });
  auto wanted = order({&hub});
  wanted.origins[0].endpoint = {.url = *Url::parse(hub.url("")), .token = "secret"};
  const auto done = run(wanted);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(at_hub, HasSubstr("Authorization: Bearer secret"));
  EXPECT_THAT(at_cdn, Not(HasSubstr("secret")));
  EXPECT_THAT(at_cdn, HasSubstr("GET /signed?x=1 "));
  expect_no_remains();
}

// F56
TEST_F(TransferTest, an_address_that_expired_is_asked_for_anew) {
  std::atomic<int> uses = 0;
  std::atomic<int> looks = 0;
  const TestServer cdn([&, this](const std::string& head) {
    if (head.contains("GET /signed1 ") && uses++ > 0) return http_answer(403, "", "expired");
    return good(head);
  });
  const TestServer hub(
      [&](const std::string&) { return redirect(cdn.url(fmt::format("/signed{}", ++looks))); });
  const auto done = run(order({&hub}));
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(looks, 2);
  expect_no_remains();
}

TEST_F(TransferTest, a_circle_of_redirects_ends) {
  const TestServer hub([](const std::string&) { return redirect("/file"); });
  const auto done = run(order({&hub}));
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("redirects too often"));
}

TEST_F(TransferTest, a_redirect_to_no_web_address_is_not_followed) {
  const TestServer hub([](const std::string&) { return redirect("file:///etc/passwd"); });
  EXPECT_EQ(run(order({&hub})).error().kind, ErrorKind::upstream);
}

TEST_F(TransferTest, another_size_than_promised_is_told) {
  const TestServer hub([this](const std::string& head) { return good(head); });
  auto wanted = order({&hub});
  wanted.size = kSize + 1;
  EXPECT_THAT(run(wanted).error().message,
              HasSubstr("has a file of 3000000 bytes, not of 3000001"));
}

TEST_F(TransferTest, a_refusal_is_told_in_words) {
  const TestServer hub(
      [](const std::string&) { return http_answer(403, "X-Error-Code: GatedRepo\r\n", ""); });
  EXPECT_THAT(run(order({&hub})).error().message, HasSubstr("accept its terms"));
}

TEST_F(TransferTest, a_busy_server_is_asked_again) {
  std::atomic<int> requests = 0;
  const TestServer hub([&, this](const std::string& head) {
    return requests++ % 3 == 0 ? http_answer(503, "", "") : good(head);
  });
  const auto done = run(order({&hub}));
  ASSERT_TRUE(done) << done.error().message;
  expect_no_remains();
}

TEST_F(TransferTest, the_hub_tells_the_hash_of_a_file) {
  const TestServer cdn([this](const std::string& head) { return good(head); });
  const TestServer hub([&](const std::string&) {
    return http_answer(302,
                       fmt::format("Location: {}\r\nX-Linked-ETag: \"{}\"\r\n", cdn.url("/"),
                                   store::sha256("other").hex()),
                       "");
  });
  auto wanted = order({&hub});
  wanted.sha256.reset();
  EXPECT_EQ(run(wanted).error().kind, ErrorKind::corrupt);
}

}  // namespace
}  // namespace llf::hub
