#include "cli/model_command.hpp"

#include "cli/test_command.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <utility>

namespace llf::cli {
namespace {

using testing::HasSubstr;

class ModelCommand : public CommandTest {
 protected:
  ModelCommand() {
    answer("/llf/v1/model", R"({"id":"o/r:Q4_0","files":["/m/a.gguf"],"projector":null,
                               "chat_template":{"sha256":"ab","text":"{{ x }}","warnings":[]}})");
  }
  [[nodiscard]] std::string asked() const {
    const auto at = std::ranges::find(requests_, "/llf/v1/model", &net::Request::path);
    return at == requests_.end() ? "" : at->query;
  }
};

TEST_F(ModelCommand, info_tells_what_a_model_is) {
  EXPECT_EQ(run({"model", "info", "o/r:Q4_0"}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("name          o/r:Q4_0\n"));
  EXPECT_EQ(asked(), "name=o%2Fr%3AQ4_0");
  EXPECT_EQ(run({"show"}), 0);
  EXPECT_EQ(asked(), "name=");
  EXPECT_EQ(run({"model", "info", ""}), 2);
  EXPECT_THAT(err(), HasSubstr("which model?"));
}

TEST_F(ModelCommand, a_file_is_named_by_its_whole_path) {
  EXPECT_EQ(run({"model", "info", "/m/./x.gguf"}), 0);
  EXPECT_EQ(asked(), "name=%2Fm%2Fx.gguf");
  EXPECT_EQ(run({"model", "info", "y.gguf"}), 0);
  EXPECT_THAT(asked(), testing::EndsWith("%2Fy.gguf"));
}

TEST_F(ModelCommand, a_path_that_no_body_can_tell_is_refused) {
  EXPECT_EQ(*told_path("/m/\u00e9.gguf"), "/m/\u00e9.gguf");
  for (const auto* verb : {"verify", "import"}) {
    EXPECT_NE(run({"model", verb, "/m/\xe9.gguf"}), 0);
    EXPECT_THAT(err(), HasSubstr("no UTF-8"));
  }
}

TEST_F(ModelCommand, a_file_of_a_server_is_no_path) {
  for (const auto& [word, name] :
       {std::pair("https://h.example/x.gguf", "name=https%3A%2F%2Fh.example%2Fx.gguf"),
        std::pair("o/r:x.gguf", "name=o%2Fr%3Ax.gguf"),
        std::pair("hf.co/o/r/resolve/main/x.gguf",
                  "name=hf.co%2Fo%2Fr%2Fresolve%2Fmain%2Fx.gguf")}) {
    requests_.clear();
    EXPECT_EQ(run({"model", "info", word}), 0) << err();
    EXPECT_EQ(asked(), name);
  }
}

TEST_F(ModelCommand, only_the_template_or_json) {
  EXPECT_EQ(run({"model", "info", "--template"}), 0);
  EXPECT_EQ(out(), "{{ x }}") << "no terminal: its bytes";
  EXPECT_EQ(run({"--json", "model", "info"}), 0);
  EXPECT_THAT(out(), HasSubstr("\"sha256\": \"ab\""));
}

TEST_F(ModelCommand, a_template_is_compared_when_that_is_asked_for) {
  answer("/llf/v1/model/compare", R"({"model":"o/r:Q4_0","base":"o/base","template":"cd"})");
  answer("/llf/v1/model", R"({"id":"o/r:Q4_0","files":[],"chat_template":{"sha256":"ab",
                             "text":"x","warnings":[],"base":"o/base","as_base":false}})");
  EXPECT_EQ(run({"model", "info", "r", "--compare"}), 0) << err();
  EXPECT_THAT(body_of("/llf/v1/model/compare"), HasSubstr(R"("model":"r")"));
  EXPECT_THAT(out(), HasSubstr("another than o/base's"));
  answer("/llf/v1/model/compare", R"({"error":{"message":"o/r does not say"}})", 404);
  EXPECT_EQ(run({"model", "info", "r", "--compare"}), 1);
  EXPECT_THAT(err(), HasSubstr("o/r does not say"));
}

TEST_F(ModelCommand, where_lists_files_or_places) {
  EXPECT_EQ(run({"model", "where", "o/r"}), 0);
  EXPECT_EQ(out(), "/m/a.gguf\n");
  answer("/llf/v1/models", R"({"models":[],"places":[{"path":"/m","source":"folder"}]})");
  EXPECT_EQ(run({"model", "where"}), 0);
  EXPECT_THAT(out(), HasSubstr("/m     folder       0"));
  EXPECT_EQ(run({"--json", "model", "where", "o/r"}), 0);
  EXPECT_THAT(out(), HasSubstr("\"files\""));
}

TEST_F(ModelCommand, what_is_not_there_is_told) {
  answer("/llf/v1/model",
         R"({"error":{"message":"no model 'x' is here","code":"model_not_found"}})", 404);
  EXPECT_EQ(run({"model", "info", "x"}), 1);
  EXPECT_THAT(err(), HasSubstr("no model 'x' is here"));
}

}  // namespace
}  // namespace llf::cli
