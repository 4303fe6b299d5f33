#include "gateway/test_gateway.hpp"

namespace llf::gateway {
namespace {

using LogRoute = GatewayTest;

TEST_F(LogRoute, gives_the_last_lines_of_the_daemons_log) {
  std::ofstream(log_file()) << "one\ntwo\nthree\n";
  EXPECT_EQ(ask("GET", "/llf/v1/logs?source=daemon&lines=2").body, R"({"lines":["two","three"]})");
  EXPECT_EQ(ask("GET", "/llf/v1/logs").body, R"({"lines":["one","two","three"]})");
}

TEST_F(LogRoute, a_model_that_is_not_loaded_has_the_log_of_when_it_was) {
  const auto never = ask("GET", "/llf/v1/logs?source=tiny");
  EXPECT_EQ(never.status, 404);
  EXPECT_NE(never.body.find("tiny was never loaded"), std::string::npos);
  std::ofstream(std::filesystem::path(log_file()).parent_path() / "tiny.log") << "one\ntwo\n";
  EXPECT_EQ(ask("GET", "/llf/v1/logs?source=tiny&lines=1").body, R"({"lines":["two"]})");
  EXPECT_NE(ask("GET", "/llf/v1/logs?source=tinny").body.find("Did you mean 'tiny'"),
            std::string::npos);
}

TEST_F(LogRoute, what_is_no_number_of_lines_is_400) {
  for (const auto* lines : {"x", "-1", "1x", ""}) {
    EXPECT_EQ(ask("GET", std::string("/llf/v1/logs?lines=") + lines).status, 400) << lines;
  }
}

}  // namespace
}  // namespace llf::gateway
