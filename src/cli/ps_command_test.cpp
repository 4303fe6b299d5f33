#include "cli/ps_command.hpp"

#include "cli/test_command.hpp"

namespace llf::cli {
namespace {

using PsCommand = CommandTest;

constexpr std::string_view kWorkers =
    R"({"workers":[{"model":"llf-nano","state":"ready","pid":7,"new_field":1}]})";

TEST_F(PsCommand, workers_are_listed) {
  answer("/llf/v1/workers", kWorkers);
  EXPECT_EQ(run({"ps"}), 0);
  EXPECT_NE(out().find("llf-nano  ready"), std::string::npos);
  EXPECT_EQ(err(), "");
}

TEST_F(PsCommand, json_is_what_the_daemon_says_with_every_field) {
  answer("/llf/v1/workers", kWorkers);
  EXPECT_EQ(run({"ps", "--json"}), 0);
  const auto value = json::parse(out());
  ASSERT_TRUE(value);
  EXPECT_EQ(*value, json::parse(kWorkers).value());
}

TEST_F(PsCommand, tells_who_waits_and_when_asked_why_things_happened) {
  answer("/llf/v1/workers",
         R"({"workers":[],"waiting":[{"model":"big","what":"waits","ago_s":3,"why":"no room"}]})");
  EXPECT_EQ(run({"ps"}), 0);
  EXPECT_NE(out().find("3 s ago  big waits: no room"), std::string::npos) << out();
  answer("/llf/v1/workers",
         R"({"workers":[],"decisions":[{"model":"a","what":"ends","ago_s":9,"why":"unused"}]})");
  EXPECT_EQ(run({"ps", "--why"}), 0);
  EXPECT_NE(out().find("9 s ago  a ends: unused"), std::string::npos) << out();
}

TEST_F(PsCommand, without_a_daemon_the_list_is_empty_and_none_is_started) {
  EXPECT_EQ(run_without_daemon({"ps", "--json"}), 0);
  EXPECT_EQ(json::parse(out()).value(), json::parse(R"({"workers":[]})").value());
  EXPECT_EQ(err(), "");
}

TEST_F(PsCommand, a_daemon_of_another_protocol_is_told_apart) {
  answer("/llf/v1/status", R"({"version":"9.0","protocol":2})");
  EXPECT_EQ(run({"ps"}), 1);
  EXPECT_NE(err().find("llf server restart"), std::string::npos);
}

}  // namespace
}  // namespace llf::cli
