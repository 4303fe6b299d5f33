#include "cli/model_import_command.hpp"

#include "cli/test_command.hpp"

#include <gmock/gmock.h>

namespace llf::cli {
namespace {

using testing::HasSubstr;

class ModelImport : public CommandTest {
 protected:
  void answer_events(std::vector<std::string> events) {
    for (auto& event : events) event = "data: " + event + "\n\n";
    answer_with("/llf/v1/model/import",
                [events = std::move(events)](net::Request&, net::Responder& responder) {
                  return client::write_events(responder, events, client::StreamEnd::regular);
                });
  }
  void answer_bundle(const std::string& text) {
    answer_events(
        {R"({"done_bytes":1,"size_bytes":2})", text,
         R"({"model":"o/r:Q4","files":[{"from":"model/m","to":"/hub/m","how":"unpacked"}]})"});
  }
};

TEST_F(ModelImport, names_a_file_by_its_whole_path) {
  answer_events({R"({"files":[{"from":"/a","to":"/own/a","how":"hard link"}]})"});
  EXPECT_EQ(run({"model", "import", "/x/../a.gguf"}), 0) << err();
  EXPECT_EQ(out(), "/own/a  (hard link)\n");
  EXPECT_EQ(body_of("/llf/v1/model/import"), R"({"path":"/a.gguf","copy":false})");
  EXPECT_EQ(run({"model", "import", "/a.gguf", "--copy"}), 0);
  EXPECT_THAT(body_of("/llf/v1/model/import"), HasSubstr(R"("copy":true)"));
  EXPECT_EQ(run({"model", "import"}), 2);
}

TEST_F(ModelImport, a_bundle_brings_its_profiles) {
  answer_bundle(R"({"text":{"name":"profiles.json","content":"{\"coder\":{\"context\":4096}}"}})");
  EXPECT_EQ(run({"model", "import", "/m.llf"}), 0) << err();
  EXPECT_EQ(out(), "/hub/m  (unpacked)\nprofile coder  (added)\no/r:Q4 is there: llf run o/r:Q4\n");
  EXPECT_EQ(run({"config", "get", "profiles.coder.model"}), 0);
  EXPECT_THAT(out(), HasSubstr("\no/r:Q4\n"));
}

TEST_F(ModelImport, a_profile_with_the_name_of_a_model_is_left_out) {
  answer_bundle(R"({"text":{"name":"profiles.json","content":"{\"llf-nano\":{}}"}})");
  EXPECT_EQ(run({"model", "import", "/m.llf"}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("profile llf-nano: left out: it would hide the model"));
  EXPECT_EQ(run({"config", "get", "profiles.llf-nano.model"}), 1);
}

TEST_F(ModelImport, programs_are_told_what_became_of_the_settings) {
  answer_bundle(R"({"text":{"name":"prompts/No.json","content":"{}"}})");
  EXPECT_EQ(run({"--json", "model", "import", "/m.llf"}), 0) << err();
  EXPECT_THAT(out(), HasSubstr(R"("state": "refused")"));
  EXPECT_THAT(out(), HasSubstr(R"("model": "o/r:Q4")"));
}

TEST_F(ModelImport, an_error_is_told) {
  answer_events({R"({"error":{"message":"/m.llf is cut","code":"corrupt"}})"});
  EXPECT_EQ(run({"model", "import", "/m.llf"}), 1);
  EXPECT_THAT(err(), HasSubstr("/m.llf is cut"));
}

}  // namespace
}  // namespace llf::cli
