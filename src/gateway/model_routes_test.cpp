#include "gateway/test_gateway.hpp"
#include "gguf/test_file.hpp"

#include <gmock/gmock.h>

namespace llf::gateway {
namespace {

using testing::HasSubstr;

TEST_F(GatewayTest, control_models_tells_models_and_places) {
  const auto answer = ask("GET", "/llf/v1/models");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr(R"("id":"tiny")"));
  EXPECT_THAT(answer.body,
              HasSubstr(R"("places":[{"path":")" + folder_.native() + R"(","source":"folder"}])"));
}

TEST_F(GatewayTest, control_models_knows_whether_a_word_names_one) {
  EXPECT_THAT(ask("GET", "/llf/v1/models?word=TINY").body, HasSubstr(R"("named":true)"));
  EXPECT_THAT(ask("GET", "/llf/v1/models?word=tin").body,
              HasSubstr(R"("named":false,"begun":true)"));
}

TEST_F(GatewayTest, control_models_tells_what_a_word_means_and_why_nothing) {
  std::ofstream(folder_ / "tint.gguf") << "GGUF";
  EXPECT_THAT(ask("GET", "/llf/v1/models?word=tiny").body,
              HasSubstr(R"("meant":["tiny"],"absence":null)"));
  EXPECT_THAT(ask("GET", "/llf/v1/models?word=ti").body,
              HasSubstr(R"("meant":["tint","tiny"],"absence":"'ti' may be any of these)"));
  EXPECT_THAT(ask("GET", "/llf/v1/models?word=zzzz").body,
              HasSubstr(R"("meant":[],"absence":"no model 'zzzz' is here)"));
}

TEST_F(GatewayTest, a_model_whose_worker_failed_is_not_loaded) {
  EXPECT_THAT(ask("POST", "/llf/v1/load", R"({"model":"tiny"})").body, HasSubstr("error"));
  EXPECT_THAT(ask("GET", "/llf/v1/models").body, HasSubstr(R"("loaded":false)"));
}

TEST_F(GatewayTest, a_profile_is_no_short_name_for_its_model_when_that_is_removed) {
  settings_.profiles["pin"].model = "tiny";
  const auto refused = ask("POST", "/llf/v1/model/remove", R"({"model":"pi"})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("short for the profile 'pin' of tiny"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "tiny.gguf"));
  EXPECT_EQ(ask("POST", "/llf/v1/model/remove", R"({"model":"tin"})").status, 200);
}

TEST_F(GatewayTest, model_info_reads_the_file) {
  const auto path = folder_ / "small.gguf";
  std::ofstream(path, std::ios::binary) << gguf::small_model().bytes();
  for (const auto& name : {std::string("small"), path.native()}) {
    const auto answer = ask("GET", "/llf/v1/model?name=" + name);
    EXPECT_EQ(answer.status, 200) << name;
    EXPECT_THAT(answer.body, HasSubstr(R"("architecture":"llama")"));
    EXPECT_THAT(answer.body, HasSubstr(R"("context":4096)"));
  }
}

TEST_F(GatewayTest, model_info_tells_what_is_wrong) {
  EXPECT_EQ(ask("GET", "/llf/v1/model?name=none").status, 404);
  EXPECT_EQ(ask("GET", "/llf/v1/model?name=/nowhere/x.gguf").status, 404);
  const auto broken = ask("GET", "/llf/v1/model?name=tiny");
  EXPECT_EQ(broken.status, 400);
  EXPECT_THAT(broken.body, HasSubstr("at byte 4"));
}

TEST_F(GatewayTest, remove_model_says_what_goes_before_it_does) {
  const auto plan = ask("POST", "/llf/v1/model/remove", R"({"model":"tiny","dry_run":true})");
  EXPECT_EQ(plan.status, 200);
  EXPECT_THAT(plan.body, HasSubstr(R"("model":"tiny","removed":false,"freed_bytes":4)"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "tiny.gguf"));
  EXPECT_EQ(ask("POST", "/llf/v1/model/remove", R"({"model":"tiny"})").status, 200);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "tiny.gguf"));
  EXPECT_EQ(ask("POST", "/llf/v1/model/remove", R"({"model":"tiny"})").status, 404);
  EXPECT_EQ(ask("POST", "/llf/v1/model/remove", "{}").status, 400);
}

TEST_F(GatewayTest, a_brief_list_says_what_is_true_only) {
  EXPECT_THAT(
      ask("GET", "/llf/v1/models?brief=1").body,
      HasSubstr(R"({"models":[{"id":"tiny","size_bytes":4,"source":"folder","default":true}])"));
}

TEST_F(GatewayTest, prune_removes_what_serves_nothing) {
  std::ofstream(folder_ / "m.gguf.llf-part") << "half";
  const auto told = ask("POST", "/llf/v1/model/prune", R"({"dry_run":true})");
  EXPECT_THAT(told.body, HasSubstr(R"("kind":"unfinished")"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "m.gguf.llf-part"));
  const auto removed = ask("POST", "/llf/v1/model/prune", R"({"dry_run":false})");
  EXPECT_EQ(removed.status, 200) << removed.body;
  EXPECT_THAT(removed.body, HasSubstr(R"("removed":true)"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "m.gguf.llf-part"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "tiny.gguf"));
}

TEST_F(GatewayTest, verify_model_reads_all_of_it) {
  std::ofstream(folder_ / "small.gguf", std::ios::binary) << gguf::small_model().bytes();
  const auto right = ask("POST", "/llf/v1/model/verify", R"({"model":"small"})");
  EXPECT_EQ(right.status, 200);
  EXPECT_THAT(right.body, HasSubstr(R"("model":"small","source":"folder","right":true)"));
  EXPECT_THAT(ask("POST", "/llf/v1/model/verify", R"({"model":"tiny"})").body,
              HasSubstr(R"("right":false)"));
  EXPECT_EQ(ask("POST", "/llf/v1/model/verify", R"({"model":"none"})").status, 404);
}

}  // namespace
}  // namespace llf::gateway
