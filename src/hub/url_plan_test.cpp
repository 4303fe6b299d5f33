#include "hub/url_plan.hpp"

#include "hub/test_transfer.hpp"
#include "store/digest.hpp"

#include <gmock/gmock.h>

namespace llf::hub {
namespace {

using testing::HasSubstr;

class UrlPlanTest : public TransferTest {
 protected:
  [[nodiscard]] DownloadPlaces places() const {
    return {.cache = folder_ / "hub",
            .folder = folder_ / "own",
            .catalog = {},
            .marks = {},
            .bases = {}};
  }
  Expected<DownloadPlan> plan(const TestServer& server, std::string_view path) {
    return plan_url(request_, *Url::parse(server.url(path)), places(), stop_.get_token());
  }
  void put(std::string_view content) const {
    std::filesystem::create_directories(folder_ / "own");
    std::ofstream(folder_ / "own/my.gguf", std::ios::binary) << content;
  }

  DownloadRequest request_{.model = {}, .endpoint = {.url = *Url::parse("http://hub.example")}};
};

TEST_F(UrlPlanTest, a_sha256_beside_a_file_is_taken_for_its_promise) {
  std::string beside;
  const TestServer server([&](const std::string& head) {
    return head.contains(".sha256 ") ? http_answer(200, "", beside) : good(head);
  });
  const auto promised = [&](const std::string& text) {
    beside = text;
    const auto made = plan(server, "/x/m.gguf?sig=1");
    return made ? made->files.front().sha256 : std::nullopt;
  };
  EXPECT_EQ(promised(digest_.hex() + "  m.gguf\n"), digest_);
  EXPECT_EQ(promised(digest_.hex() + " *./x/m.gguf"), digest_);
  EXPECT_FALSE(promised(digest_.hex() + "  other.gguf\n"));
  EXPECT_FALSE(promised("<html>"));
}

TEST_F(UrlPlanTest, only_a_refusal_means_that_there_is_none) {
  std::atomic<int> status = 404;
  const TestServer server([&](const std::string& head) {
    // Nobody waits for so long.
    return head.contains(".sha256 ") ? http_answer(status, "Retry-After: 60\r\n", "") : good(head);
  });
  for (const int none : {404, 403, 410}) {
    status = none;
    const auto made = plan(server, "/m.gguf");
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_FALSE(made->files.front().sha256);
  }
  status = 503;
  const auto made = plan(server, "/m.gguf");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(made.error().message, HasSubstr("SHA-256"));
}

TEST_F(UrlPlanTest, another_file_of_the_name_is_not_taken_for_it) {
  const TestServer server([this](const std::string& head) {
    return head.contains(".sha256 ") ? http_answer(404, "", "") : good(head);
  });
  put("another");
  EXPECT_EQ(plan(server, "/my.gguf").error().kind, ErrorKind::conflict);
  request_.sha256 = digest_;
  EXPECT_EQ(plan(server, "/my.gguf").error().kind, ErrorKind::conflict);
  put(content_);
  EXPECT_EQ(plan(server, "/my.gguf")->missing(), ByteSize());
  request_.sha256.reset();
  EXPECT_EQ(plan(server, "/my.gguf")->missing(), ByteSize());
  request_.mirrors.push_back(*Url::parse("http://mirror.example/my.gguf"));
  EXPECT_EQ(plan(server, "/my.gguf").error().kind, ErrorKind::invalid);
}

TEST_F(UrlPlanTest, one_that_is_damaged_will_come_anew) {
  const TestServer server([this](const std::string& head) { return good(head); });
  put("damaged");
  request_.sha256 = digest_;
  request_.damaged = true;
  const auto made = plan(server, "/my.gguf");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_FALSE(made->files.front().present);
  EXPECT_EQ(made->files.front().size, ByteSize(content_.size()));
  const TestServer gone([](const std::string&) { return http_answer(404, "", ""); });
  EXPECT_EQ(plan(gone, "/my.gguf").error().kind, ErrorKind::not_found);
}

TEST_F(UrlPlanTest, what_names_no_whole_model_is_refused) {
  const TestServer server([this](const std::string& head) { return good(head); });
  for (const auto* wrong : {"/x/readme.txt", "/", "/a-00001-of-00002.gguf", "/..%2fx.gguf"}) {
    EXPECT_EQ(plan(server, wrong).error().kind, ErrorKind::invalid) << wrong;
  }
  EXPECT_THAT(plan(server, "/mmproj-F16.gguf").error().message, HasSubstr("is a projector"));
}

}  // namespace
}  // namespace llf::hub
