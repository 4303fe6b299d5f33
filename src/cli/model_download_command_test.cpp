#include "cli/model_download_command.hpp"

#include "cli/test_command.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace llf::cli {
namespace {

using testing::HasSubstr;

constexpr std::string_view kPlan =
    "data: {\"plan\":{\"model\":\"o/r:Q4_0\",\"size_bytes\":1000,\"missing_bytes\":1000,"
    "\"files\":[{\"path\":\"m-Q4_0.gguf\",\"size_bytes\":1000}],\"others\":[]}}\n\n";

std::string state(std::string_view state, int done, std::string_view more = "") {
  return fmt::format(
      "data: {{\"download\":{{\"model\":\"o/r:Q4_0\",\"state\":\"{}\",\"done_bytes\":{},"
      "\"size_bytes\":1000{}}}}}\n\n",
      state, done, more);
}

class ModelDownload : public CommandTest {
 protected:
  void answer_download(std::vector<std::string> events) {
    answer_with("/llf/v1/downloads",
                [events = std::move(events)](net::Request&, net::Responder& responder) {
                  return client::write_events(responder, events, client::StreamEnd::regular);
                });
  }
};

TEST_F(ModelDownload, says_what_comes_then_each_tenth_then_what_to_do) {
  answer_download({std::string(kPlan), state("running", 100), state("running", 120),
                   state("running", 900), state("done", 1000)});
  EXPECT_EQ(run({"pull", "o/r"}), 0) << err();
  EXPECT_EQ(out(), "o/r:Q4_0 is there: llf run o/r:Q4_0\n");
  EXPECT_EQ(err(),
            "o/r:Q4_0, 1.0 kB\n"
            "o/r:Q4_0: 10 %, 100 B of 1.0 kB\n"
            "o/r:Q4_0: 90 %, 900 B of 1.0 kB\n"
            "o/r:Q4_0: 100 %, 1.0 kB of 1.0 kB\n");
  EXPECT_THAT(body_of("/llf/v1/downloads"), HasSubstr(R"("model":"o/r","dry_run":false)"));
}

TEST_F(ModelDownload, a_dry_run_lists_files) {
  answer_download({std::string(kPlan)});
  EXPECT_EQ(run({"model", "download", "-n", "o/r", "--sha256", std::string(64, 'A'), "--mirror",
                 "http://a,http://b"}),
            0);
  EXPECT_THAT(out(), HasSubstr("m-Q4_0.gguf  1.0 kB  -"));
  EXPECT_THAT(body_of("/llf/v1/downloads"),
              HasSubstr(R"("dry_run":true,"sha256":")" + std::string(64, 'a') +
                        R"(","mirrors":["http://a","http://b"])"));
  EXPECT_EQ(run({"model", "download", "o/r", "--sha256", "ab"}), 2);
  EXPECT_THAT(err(), HasSubstr("--sha256 takes 64 hexadecimal digits"));
}

TEST_F(ModelDownload, a_failure_is_told) {
  answer_download({std::string(kPlan), state("failed", 10, ",\"error\":\"the disk is full\"")});
  EXPECT_EQ(run({"pull", "o/r"}), 1);
  EXPECT_THAT(err(), HasSubstr("the disk is full"));
  answer_download({std::string(kPlan), state("stopped", 10)});
  EXPECT_NE(run({"pull", "o/r"}), 0);
}

TEST_F(ModelDownload, json_is_a_line_for_each_event) {
  answer_download({std::string(kPlan), state("done", 1000, ",\"note\":\"repaired\"")});
  EXPECT_EQ(run({"--json", "pull", "o/r"}), 0);
  EXPECT_THAT(out(), testing::StartsWith("{\"plan\":{"));
  EXPECT_THAT(out(), HasSubstr("}\n{\"download\":{"));
}

TEST_F(ModelDownload, needs_a_name) {
  EXPECT_EQ(run({"pull"}), 2);
  EXPECT_THAT(err(), HasSubstr("llf model search"));
}

TEST_F(ModelDownload, downloads_are_listed_and_stopped) {
  answer("/llf/v1/downloads", R"({"downloads":[{"model":"o/r:Q4_0","state":"queued"}]})");
  answer("/llf/v1/downloads/stop", R"({"stopped":true})");
  EXPECT_EQ(run({"model", "downloads"}), 0);
  EXPECT_THAT(out(), HasSubstr("o/r:Q4_0  queued"));
  EXPECT_EQ(run({"model", "downloads", "--discard", "o/r:Q4_0"}), 0);
  EXPECT_EQ(body_of("/llf/v1/downloads/stop"), R"({"model":"o/r:Q4_0","discard":true})");
  EXPECT_EQ(run({"model", "downloads", "--stop", "o/r:Q4_0"}), 0);
  EXPECT_EQ(body_of("/llf/v1/downloads/stop"), R"({"model":"o/r:Q4_0","discard":false})");
  EXPECT_THAT(out(), HasSubstr("o/r:Q4_0 is stopped, and what had come of it discarded\n"
                               "stopped o/r:Q4_0: llf model download o/r:Q4_0 goes on with it\n"));
}

TEST_F(ModelDownload, of_one_that_is_done_nothing_is_discarded) {
  answer("/llf/v1/downloads", R"({"downloads":[{"model":"o/r:Q4_0","state":"done"}]})");
  answer("/llf/v1/downloads/stop", R"({"error":{"message":"not known","code":"not_found"}})", 404);
  EXPECT_EQ(run({"model", "downloads", "--discard", "R"}), 1);
  EXPECT_THAT(err(), HasSubstr("o/r:Q4_0 is downloaded already"));
  EXPECT_EQ(run({"model", "downloads", "--discard", "x"}), 1);
  EXPECT_THAT(err(), HasSubstr("llf: not known"));
}

TEST_F(ModelDownload, a_name_is_quoted_where_it_is_to_be_typed) {
  answer_download({R"(data: {"download":{"model":"sp ace","state":"done"}})"
                   "\n\n"});
  EXPECT_EQ(run({"pull", "http://h/sp%20ace.gguf"}), 0) << err();
  EXPECT_EQ(out(), "sp ace is there: llf run 'sp ace'\n");
}

TEST_F(ModelDownload, a_search_needs_words_and_finds_something) {
  answer("/llf/v1/search", R"({"models":[{"repository":"o/r","downloads":7}]})");
  EXPECT_EQ(run({"model", "search"}), 2);
  EXPECT_EQ(run({"model", "search", "big", "model", "--limit", "3"}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("o/r"));
  EXPECT_THAT(body_of("/llf/v1/search"), HasSubstr(R"("query":"big model","limit":3)"));
  answer("/llf/v1/search", R"({"models":[]})");
  EXPECT_EQ(run({"model", "search", "none"}), 1);
}

TEST_F(ModelDownload, a_file_of_this_machine_is_imported) {
  const auto answer_events = [&](const std::string& path, std::string event) {
    answer_with(path, [event = std::move(event)](net::Request&, net::Responder& responder) {
      return client::write_events(responder, {"data: " + event + "\n\n"},
                                  client::StreamEnd::regular);
    });
  };
  answer_events("/llf/v1/model/import", R"({"files":[{"to":"/own/m.gguf","how":"hard link"}]})");
  const std::string digest(64, 'a');
  answer_events("/llf/v1/model/verify",
                R"({"right":true,"files":[{"sha256":")" + digest + R"("}]})");
  EXPECT_EQ(run({"pull", "file:///disk/my%20m.gguf"}), 0) << err();
  EXPECT_THAT(body_of("/llf/v1/model/import"), HasSubstr(R"("path":"/disk/my m.gguf")"));
  EXPECT_EQ(out(), "/own/m.gguf  (hard link)\n");
  EXPECT_EQ(run({"pull", "file://localhost/m.gguf", "--sha256", digest}), 0) << err();
  EXPECT_EQ(run({"pull", "file:/m.gguf", "--sha256", std::string(64, 'b')}), 1);
  EXPECT_THAT(err(), HasSubstr("is not the file that was promised"));
  EXPECT_EQ(run({"pull", "file://server/m.gguf"}), 2);
  EXPECT_EQ(run({"pull", "file:m.gguf"}), 2);
  EXPECT_EQ(run({"pull", "file:/m.gguf", "--dry-run"}), 2);
}

}  // namespace
}  // namespace llf::cli
