#include "client/answers.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace llf::client {
namespace {

json::Value value(std::string_view text) {
  auto parsed = json::parse(text);
  EXPECT_TRUE(parsed);
  return parsed.value_or(json::Value());
}

TEST(Answers, a_whole_status_is_read) {
  const auto status = read_status(value(R"({"version":"0.1.0","protocol":1,"pid":12,"uptime_s":3,
      "home":"/h","socket":"/s","log_file":"/l","on_demand":true,
      "listen":{"address":"127.0.0.1","port":8000,"tls":true,"error":"port 8000 is taken"},
      "engine":{"path":"/e","version":"b1","origin":"PATH"},"workers":1,"requests_active":2})"));
  ASSERT_TRUE(status);
  EXPECT_EQ(status->version, "0.1.0");
  EXPECT_EQ(status->pid, 12);
  EXPECT_TRUE(status->on_demand);
  EXPECT_EQ(status->listen.port, 8000);
  EXPECT_TRUE(status->listen.tls);
  EXPECT_EQ(status->listen.error, "port 8000 is taken");
  ASSERT_TRUE(status->engine);
  EXPECT_EQ(status->engine->origin, "PATH");
  EXPECT_EQ(status->requests_active, 2);
}

TEST(Answers, lost_log_lines_are_read_and_none_when_absent) {
  const auto status = read_status(value(R"({"version":"1","log_lines_dropped":3})"));
  ASSERT_TRUE(status);
  EXPECT_EQ(status->log_lines_dropped, 3);
  EXPECT_EQ(read_status(value(R"({"version":"1"})"))->log_lines_dropped, 0);
}

TEST(Answers, what_is_null_or_absent_is_not_there) {
  const auto status = read_status(
      value(R"({"version":"1","engine":null,"listen":{"port":0,"error":null},"new":{}})"));
  ASSERT_TRUE(status);
  EXPECT_FALSE(status->engine);
  EXPECT_FALSE(status->listen.tls);
  EXPECT_FALSE(status->listen.error);
}

TEST(Answers, a_field_of_a_wrong_type_is_the_daemons_error) {
  const auto status = read_status(value(R"({"version":"1","pid":"x"})"));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::upstream);
  EXPECT_NE(status.error().message.find("'pid'"), std::string::npos);
  EXPECT_FALSE(read_status(value("[]")));
  EXPECT_FALSE(read_status(value(R"({"version":"1","listen":3})")));
}

TEST(Answers, models_are_read) {
  const auto models = read_models(value(
      R"({"models":[{"id":"a","size_bytes":5,"source":"built-in","loaded":true},{"id":"b"}]})"));
  ASSERT_TRUE(models);
  ASSERT_EQ(models->size(), 2U);
  EXPECT_EQ((*models)[0].size_bytes, 5);
  EXPECT_TRUE((*models)[0].loaded);
  EXPECT_EQ((*models)[1].id, "b");
}

TEST(Answers, names_are_read_with_what_a_word_has_to_do_with_them) {
  const auto answer = value(R"({"models":[{"id":"a"}],"named":false,"begun":true,"meant":["a"],
                                "absence":null,"download":null})");
  const auto model = read_known_names(answer, "x", Word::is_model);
  ASSERT_TRUE(model);
  EXPECT_EQ(model->names, (std::vector<std::string>{"a", "x"}));
  EXPECT_EQ(model->absence, "");
  EXPECT_EQ(read_known_names(answer, "x", Word::may_be_prompt)->names,
            std::vector<std::string>{"a"});
  const auto coming =
      read_known_names(value(R"({"models":[],"meant":[],"absence":"it comes","download":"o/x"})"),
                       "x", Word::is_model);
  EXPECT_EQ(coming->absence, "it comes");
  EXPECT_FALSE(coming->unheard_of);
  EXPECT_TRUE(read_known_names(value(R"({"models":[]})"), "x", Word::is_model)->unheard_of);
}

TEST(Answers, a_list_that_is_missing_or_wrong_is_an_error) {
  for (const std::string_view text :
       {"{}", "[]", R"({"models":{}})", R"({"models":[3]})", R"({"models":[{"id":3}]})"}) {
    const auto models = read_models(value(text));
    ASSERT_FALSE(models) << text;
    EXPECT_EQ(models.error().kind, ErrorKind::upstream);
  }
}

TEST(Answers, workers_are_read) {
  const auto workers =
      read_workers(value(R"({"workers":[{"model":"a","state":"starting","pid":null,"progress":0.5,
          "error":null},{"model":"b","state":"failed","pid":4,"progress":null,"error":"x"}]})"));
  ASSERT_TRUE(workers);
  ASSERT_EQ(workers->size(), 2U);
  EXPECT_FALSE((*workers)[0].pid);
  EXPECT_EQ((*workers)[0].progress, 0.5);
  EXPECT_EQ((*workers)[1].pid, 4);
  EXPECT_FALSE((*workers)[1].progress);
  EXPECT_EQ((*workers)[1].error, "x");
}

TEST(Answers, log_lines_are_read) {
  EXPECT_EQ(read_lines(value(R"({"lines":["a","b"]})")), (std::vector<std::string>{"a", "b"}));
  EXPECT_FALSE(read_lines(value("{}")));
}

TEST(Answers, an_error_keeps_its_message_and_kind) {
  const auto error = read_error(
      404, R"({"error":{"message":"no model 'x'","type":"t","param":null,"code":"not_found"}})");
  EXPECT_EQ(error, (Error{ErrorKind::not_found, "no model 'x'"}));
}

TEST(Answers, a_code_of_its_own_leaves_the_kind_to_the_status) {
  const auto error = read_error(404, R"({"error":{"message":"m","code":"model_not_found"}})");
  EXPECT_EQ(error.kind, ErrorKind::not_found);
}

TEST(Answers, what_the_daemon_refuses_as_invalid_is_no_wrong_usage_of_ours) {
  const std::string_view error = R"({"message":"the prompt is too long","code":"invalid"})";
  const Error expected{ErrorKind::upstream, "the prompt is too long"};
  EXPECT_EQ(read_error(400, fmt::format(R"({{"error":{}}})", error)), expected);
  EXPECT_EQ(read_error_object(value(error)), expected);
}

TEST(Answers, an_answer_without_an_error_object_is_told_by_its_status) {
  EXPECT_EQ(read_error(503, "<html>"), (Error{ErrorKind::unavailable, "llfd answered 503"}));
  EXPECT_EQ(read_error(418, "").kind, ErrorKind::upstream);
  EXPECT_EQ(read_error(500, "{}").kind, ErrorKind::internal);
}

TEST(Answers, another_protocol_says_what_to_run) {
  DaemonStatus status;
  status.version = "9.9";
  status.protocol = kProtocol;
  EXPECT_TRUE(check_protocol(status));
  status.protocol = kProtocol + 1;
  const auto checked = check_protocol(status);
  ASSERT_FALSE(checked);
  EXPECT_NE(checked.error().message.find("llf server restart"), std::string::npos);
  EXPECT_NE(checked.error().message.find("9.9"), std::string::npos);
}

}  // namespace
}  // namespace llf::client
