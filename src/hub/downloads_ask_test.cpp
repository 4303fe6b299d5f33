#include "hub/downloads.hpp"
#include "hub/test_server.hpp"
#include "net/run.hpp"
#include "os/test_folder.hpp"
#include "store/digest.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace llf::hub {
namespace {

class DownloadsAskTest : public testing::Test {
 protected:
  DownloadsAskTest() { std::ofstream(folder_ / "catalog.json") << R"({"models":[]})"; }

  [[nodiscard]] Downloads::Options options() const {
    return {.places = {.cache = folder_ / "hub",
                       .folder = folder_ / "own",
                       .catalog = folder_ / "catalog.json",
                       .marks = {},
                       .bases = {}},
            .journal = folder_ / "downloads.json",
            .speed_limit = {}};
  }

  os::TestFolder folder_;
  net::Loop loop_;
};

TEST_F(DownloadsAskTest, questions_are_answered_beside_the_loop) {
  const TestServer server([](const std::string& head) {
    return head.contains("GET /api/models?") ? http_answer(200, "", R"([{"id":"o/r"}])")
                                             : http_answer(404, "", "");
  });
  const Endpoint endpoint{.url = *Url::parse(server.url("")), .token = {}};
  Downloads downloads(loop_, options());
  const auto catalog = net::run_until_done(loop_, downloads.catalog());
  ASSERT_TRUE(catalog) << catalog.error().message;
  EXPECT_TRUE(catalog->empty());
  const auto found = net::run_until_done(loop_, downloads.search(endpoint, "r", 5));
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->front().name, "o/r");
  const auto plan =
      net::run_until_done(loop_, downloads.plan({.model = "o/absent", .endpoint = endpoint}));
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, ErrorKind::not_found);
}

// A dry run is no more than this.
TEST_F(DownloadsAskTest, a_plan_writes_nothing) {
  const auto sha256 = store::sha256("x").hex();
  const TestServer server([&](const std::string&) {
    return http_answer(200, "",
                       fmt::format(R"({{"sha":"{}","siblings":[{{"rfilename":"m-Q4_0.gguf",)"
                                   R"("size":1,"lfs":{{"sha256":"{}","size":1}}}}]}})",
                                   std::string(40, 'a'), sha256));
  });
  Downloads downloads(loop_, options());
  const Endpoint endpoint{.url = *Url::parse(server.url("")), .token = {}};
  const auto plan =
      net::run_until_done(loop_, downloads.plan({.model = "o/r", .endpoint = endpoint}));
  ASSERT_TRUE(plan) << plan.error().message;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    EXPECT_EQ(entry.path().filename(), "catalog.json");
  }
}

}  // namespace
}  // namespace llf::hub
