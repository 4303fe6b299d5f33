#include "hub/base_template.hpp"

#include "hub/test_server.hpp"
#include "os/test_folder.hpp"
#include "store/digest.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace llf::hub {
namespace {

const auto kModel = *store::RepositoryName::parse("o/model-GGUF");

class BaseTemplateTest : public testing::Test {
 protected:
  [[nodiscard]] Expected<BaseTemplate> get() {
    TestServer server([this](const std::string& head) {
      const auto path = head.substr(4, head.find(' ', 4) - 4);
      const auto at = answers_.find(path);
      return at == answers_.end() ? http_answer(404, "", "") : http_answer(200, "", at->second);
    });
    auto connections = *Connections::create();
    const Endpoint endpoint{.url = *Url::parse(server.url("")), .token = {}};
    return get_base_template(
        {.connections = connections, .endpoint = endpoint, .stop = std::stop_token()}, kModel);
  }
  void add_model(const std::string& card) {
    answers_["/api/models/o/model-GGUF?blobs=true"] =
        R"({"sha":")" + std::string(40, 'a') + R"(","siblings":[],"cardData":{)" + card + "}}";
  }

  std::map<std::string, std::string> answers_;
};

TEST_F(BaseTemplateTest, is_a_file_of_its_own) {
  add_model(R"("base_model":["o/model"])");
  answers_["/o/model/resolve/main/chat_template.jinja"] = "{{ messages }}\n";
  EXPECT_EQ(get(), (BaseTemplate{"o/model", store::sha256("{{ messages }}").hex()}));
}

TEST_F(BaseTemplateTest, or_stands_in_the_settings_of_the_tokenizer) {
  add_model(R"("base_model":"o/model")");
  auto& settings = answers_["/o/model/resolve/main/tokenizer_config.json"];
  settings = R"({"chat_template":"text"})";
  EXPECT_EQ(get()->fingerprint, store::sha256("text").hex());
  settings = R"({"chat_template":[{"name":"tool_use","template":"a"},)"
             R"({"name":"default","template":"b"}]})";
  EXPECT_EQ(get()->fingerprint, store::sha256("b").hex());
  for (const auto* none : {"{}", "[]", "<", R"({"chat_template":[3]})"}) {
    settings = none;
    EXPECT_EQ(get().error().kind, ErrorKind::not_found) << none;
  }
}

TEST_F(BaseTemplateTest, a_model_may_have_no_base) {
  EXPECT_EQ(get().error().kind, ErrorKind::not_found);
  add_model("");
  EXPECT_EQ(get().error().kind, ErrorKind::not_found);
  add_model(R"("base_model":"../../x")");
  EXPECT_EQ(get().error().kind, ErrorKind::not_found);
}

TEST(BaseTemplate, white_space_at_the_end_is_no_difference) {
  EXPECT_EQ(template_fingerprint("{{ x }}"), template_fingerprint("{{ x }}\r\n "));
  EXPECT_NE(template_fingerprint("{{ x }}"), template_fingerprint(" {{ x }}"));
  EXPECT_EQ(template_fingerprint("\n"), template_fingerprint(""));
}

TEST(BaseTemplate, is_kept) {
  const os::TestFolder folder;
  const BaseTemplate base{.repository = "o/model", .fingerprint = "ab"};
  EXPECT_FALSE(load_base_template(folder / "bases", kModel));
  save_base_template(folder / "bases", kModel, base);
  EXPECT_EQ(load_base_template(folder / "bases", kModel), base);
  EXPECT_FALSE(load_base_template(folder / "bases", *store::RepositoryName::parse("o/other")));
}

}  // namespace
}  // namespace llf::hub
