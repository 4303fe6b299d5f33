#include "hub/download.hpp"

#include "gguf/test_file.hpp"
#include "hub/test_transfer.hpp"
#include "store/shelf.hpp"

#include <gmock/gmock.h>

namespace llf::hub {
namespace {

using testing::HasSubstr;

const std::string kCommit(40, 'a');

/// A hub with one repository and the file behind it.
class DownloadTest : public TransferTest {
 protected:
  DownloadTest() {
    content_ = gguf::small_model().bytes();
    digest_ = store::sha256(content_);
    std::ofstream(folder_ / "catalog.json") << R"({"models":[]})";
  }

  [[nodiscard]] std::string answer(const std::string& head) const {
    if (!head.contains("GET /api/models/o/r")) return good(head);
    return http_answer(
        200, "",
        fmt::format(R"({{"sha":"{}","cardData":{{"license":"mit"}},"siblings":[{{"rfilename":)"
                    R"("m-Q4_0.gguf","size":{},"lfs":{{"sha256":"{}","size":{}}}}}]}})",
                    kCommit, content_.size(), digest_.hex(), content_.size()));
  }
  [[nodiscard]] DownloadPlaces places() const {
    return {
        .cache = folder_ / "hub", .folder = folder_ / "own", .catalog = folder_ / "catalog.json"};
  }
  [[nodiscard]] DownloadRequest request(const TestServer& server, std::string model) const {
    return {.model = std::move(model), .endpoint = {.url = *Url::parse(server.url(""))}};
  }
  Expected<void> fetch(const DownloadPlan& plan) {
    return carry_out(plan, {.places = places(),
                            .report = [this](const DownloadProgress& now) { told_ = now; },
                            .stop = stop_.get_token()});
  }

  DownloadProgress told_;
};

TEST_F(DownloadTest, a_model_of_a_repository_is_there_for_everybody) {
  const TestServer server([this](const std::string& head) { return answer(head); });
  const auto plan = plan_download(request(server, "o/r"), places(), stop_.get_token());
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->model, "o/r:Q4_0");
  EXPECT_EQ(plan->license, "mit");
  EXPECT_EQ(plan->missing(), ByteSize(content_.size()));
  const auto done = fetch(*plan);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(told_.verified, content_.size());
  const auto models = store::scan({.root = folder_ / "hub", .source = store::Source::hugging_face},
                                  [](const auto&) {});
  ASSERT_EQ(models.size(), 1U);
  EXPECT_EQ(models[0].id, ModelId("o/r:Q4_0"));
  const auto again = plan_download(request(server, "o/r"), places(), stop_.get_token());
  EXPECT_EQ(again->missing(), ByteSize());
  EXPECT_TRUE(fetch(*again));
}

TEST_F(DownloadTest, a_file_of_another_server_goes_into_our_own_folder) {
  const TestServer server([this](const std::string& head) { return good(head); });
  const auto ask = [&](std::string_view path) {
    auto wanted = request(server, server.url(path));
    wanted.endpoint.url = *Url::parse("http://hub.example");
    return plan_download(wanted, places(), stop_.get_token());
  };
  const auto plan = ask("/x/my.gguf");
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->model, "my");
  ASSERT_TRUE(fetch(*plan));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "own/my.gguf"));
  for (const auto* wrong : {"/x/readme.txt", "/", "/a-00001-of-00002.gguf", "/..%2fx.gguf"}) {
    EXPECT_FALSE(ask(wrong)) << wrong;
  }
}

TEST_F(DownloadTest, a_sha256_beside_a_file_is_taken_for_its_promise) {
  std::string beside;
  const TestServer server([&](const std::string& head) {
    return head.contains(".sha256 ") ? http_answer(200, "", beside) : good(head);
  });
  const auto promised = [&](const std::string& text) {
    beside = text;
    auto wanted = request(server, server.url("/x/m.gguf?sig=1"));
    wanted.endpoint.url = *Url::parse("http://hub.example");
    const auto plan = plan_download(wanted, places(), stop_.get_token());
    return plan ? plan->files.front().sha256 : std::nullopt;
  };
  EXPECT_EQ(promised(digest_.hex() + "  m.gguf\n"), digest_);
  EXPECT_EQ(promised(digest_.hex() + " *./x/m.gguf"), digest_);
  EXPECT_EQ(promised(digest_.hex()), digest_);
  EXPECT_FALSE(promised(digest_.hex() + "  other.gguf\n"));
  EXPECT_FALSE(promised("<html>"));
  EXPECT_FALSE(promised(""));
}

TEST_F(DownloadTest, what_is_no_model_is_not_kept) {
  content_ = "<html>this is no model</html>";
  digest_ = store::sha256(content_);
  const TestServer server([this](const std::string& head) { return answer(head); });
  const auto plan = plan_download(request(server, "o/r"), places(), stop_.get_token());
  ASSERT_TRUE(plan);
  const auto done = fetch(*plan);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::corrupt);
  EXPECT_THAT(done.error().message, HasSubstr("is no model"));
  EXPECT_FALSE(std::filesystem::exists(plan->files[0].place));
}

TEST_F(DownloadTest, a_damaged_file_that_no_name_vouches_for_is_fetched_in_its_place) {
  const TestServer server([this](const std::string& head) { return answer(head); });
  const auto plan = plan_download(request(server, "o/r"), places(), stop_.get_token());
  ASSERT_TRUE(plan);
  std::filesystem::create_directories(plan->files[0].place.parent_path());
  std::ofstream(plan->files[0].place, std::ios::binary) << std::string(content_.size(), 'x');
  const auto again = plan_download(request(server, "o/r"), places(), stop_.get_token());
  const auto done = fetch(*again);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(store::hash_file(plan->files[0].place, [](auto) { return true; })->sha256, digest_);
}

TEST_F(DownloadTest, another_file_of_the_name_is_not_taken_for_it) {
  const TestServer server([this](const std::string& head) { return good(head); });
  auto wanted = request(server, server.url("/my.gguf"));
  wanted.endpoint.url = *Url::parse("http://hub.example");
  std::filesystem::create_directories(folder_ / "own");
  std::ofstream(folder_ / "own/my.gguf") << "another";
  EXPECT_EQ(plan_download(wanted, places(), stop_.get_token()).error().kind, ErrorKind::conflict);
  wanted.sha256 = digest_;
  EXPECT_EQ(plan_download(wanted, places(), stop_.get_token()).error().kind, ErrorKind::conflict);
  std::ofstream(folder_ / "own/my.gguf", std::ios::binary) << content_;
  EXPECT_EQ(plan_download(wanted, places(), stop_.get_token())->missing(), ByteSize());
  wanted.sha256.reset();
  EXPECT_EQ(plan_download(wanted, places(), stop_.get_token())->missing(), ByteSize());
  wanted.mirrors.push_back(*Url::parse("http://mirror.example/my.gguf"));
  EXPECT_EQ(plan_download(wanted, places(), stop_.get_token()).error().kind, ErrorKind::invalid);
}

TEST_F(DownloadTest, without_a_place_nothing_is_planned) {
  const TestServer server([this](const std::string& head) { return answer(head); });
  auto nowhere = places();
  nowhere.cache.clear();
  EXPECT_THAT(plan_download(request(server, "o/r"), nowhere, stop_.get_token()).error().message,
              HasSubstr("HF_HUB_CACHE"));
}

}  // namespace
}  // namespace llf::hub
