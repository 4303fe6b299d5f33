#include "hub/download.hpp"

#include "gguf/test_file.hpp"
#include "hub/license.hpp"
#include "hub/test_transfer.hpp"
#include "store/digest_file.hpp"
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
    return {.cache = folder_ / "hub",
            .folder = folder_ / "own",
            .catalog = folder_ / "catalog.json",
            .marks = folder_ / "marks",
            .bases = folder_ / "bases"};
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
  EXPECT_EQ(load_license(folder_ / "bases", *plan->repository), "mit");
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
  const auto kept = store::kept_digest(folder_ / "own/my.gguf");
  ASSERT_TRUE(kept) << "for who checks it later";
  EXPECT_EQ(kept->sha256, digest_);
  EXPECT_EQ(kept->source, server.url("/x/my.gguf"));
  EXPECT_TRUE(store::load_marks(folder_ / "marks", digest_));
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

// Three parts of a model on a disk that has room for two: nothing of it comes.
TEST_F(DownloadTest, what_has_no_room_as_a_whole_is_not_begun) {
  const TestServer server([this](const std::string& head) { return answer(head); });
  auto plan = plan_download(request(server, "o/r"), places(), stop_.get_token());
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->shortage, "");
  plan->files.push_back(plan->files.front());
  plan->files.back().size = ByteSize(std::uint64_t{1} << 60U);
  plan->files.back().place += "-2";
  plan->origins.push_back(plan->origins.front());
  const auto done = fetch(*plan);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("too full"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "hub"));
}

TEST_F(DownloadTest, a_plan_without_room_says_so) {
  const TestServer server([this](const std::string& head) {
    if (!head.contains("GET /api/models/o/r")) return good(head);
    return http_answer(
        200, "",
        fmt::format(R"({{"sha":"{}","siblings":[{{"rfilename":"m-Q4_0.gguf","size":{},)"
                    R"("lfs":{{"sha256":"{}","size":{}}}}}]}})",
                    kCommit, std::uint64_t{1} << 60U, digest_.hex(), std::uint64_t{1} << 60U));
  });
  const auto plan = plan_download(request(server, "o/r"), places(), stop_.get_token());
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_THAT(plan->shortage, HasSubstr("too full"));
}

// What cannot be read of a file says nothing of the file.
TEST_F(DownloadTest, a_file_that_has_gone_is_not_called_no_model) {
  const TestServer server([this](const std::string& head) { return answer(head); });
  const auto plan = plan_download(request(server, "o/r"), places(), stop_.get_token());
  ASSERT_TRUE(plan);
  const auto part = PartFile::part_of(plan->files[0].place);
  const auto done =
      carry_out(*plan, {.places = places(),
                        .report = [&](const DownloadProgress&) { std::filesystem::remove(part); },
                        .stop = stop_.get_token()});
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, testing::Not(HasSubstr("is no model")));
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

TEST_F(DownloadTest, without_a_place_nothing_is_planned) {
  const TestServer server([this](const std::string& head) { return answer(head); });
  auto nowhere = places();
  nowhere.cache.clear();
  EXPECT_THAT(plan_download(request(server, "o/r"), nowhere, stop_.get_token()).error().message,
              HasSubstr("HF_HUB_CACHE"));
}

}  // namespace
}  // namespace llf::hub
