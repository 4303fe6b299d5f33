#include "store/bundle_plan.hpp"

#include "base/limits.hpp"
#include "gguf/test_file.hpp"
#include "store/catalog.hpp"
#include "store/test_shelf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::store {
namespace {

using testing::HasSubstr;

const std::string kPlanCommit(40, 'c');

class BundlePlanTest : public testing::Test {
 protected:
  [[nodiscard]] BundlePlan plan(const ModelFile& model,
                                const std::vector<BundleText>& texts = {}) const {
    auto plan = plan_bundle(model, texts, shelf_.root());
    EXPECT_TRUE(plan) << plan.error().message;
    return plan ? *std::move(plan) : BundlePlan{};
  }

  TestShelf shelf_;
  std::string content_ = gguf::small_model().bytes();
};

TEST_F(BundlePlanTest, repository_and_commit_are_known_of_what_stands_in_the_cache) {
  shelf_.put_cached("models--o--r", kPlanCommit, "Q4_0/m.gguf", content_);
  shelf_.put_cached("models--o--r", kPlanCommit, "mmproj-m.gguf", content_ + "x");
  const auto models = shelf_.models(Source::hugging_face);
  ASSERT_EQ(models.size(), 1U);
  const auto planned = plan(models.front(), {{.name = "profiles.json", .content = "{}"}});
  EXPECT_EQ(planned.manifest.repository, "o/r");
  EXPECT_EQ(planned.manifest.commit, kPlanCommit);
  ASSERT_EQ(planned.manifest.files.size(), 3U);
  EXPECT_EQ(planned.manifest.files[0].name, "model/Q4_0/m.gguf");
  EXPECT_EQ(planned.manifest.files[0].path, "Q4_0/m.gguf");
  EXPECT_EQ(planned.manifest.files[0].sha256, sha256(content_));
  EXPECT_EQ(planned.manifest.files[1].path, "mmproj-m.gguf");
  EXPECT_EQ(planned.manifest.files[2].sha256, sha256("{}"));
  EXPECT_EQ(planned.sources.size(), 2U);
}

TEST_F(BundlePlanTest, of_another_folder_the_name_and_perhaps_the_repository) {
  const auto path = shelf_.put("x/a b.gguf", content_).native();
  ModelFile model{.id = ModelId("a b"), .path = path};
  EXPECT_EQ(plan(model).manifest.files[0].name, "model/0.gguf");
  EXPECT_EQ(plan(model).manifest.files[0].path, "a b.gguf");
  EXPECT_EQ(plan(model).manifest.repository, "");
  model.repository = "o/r";
  EXPECT_EQ(plan(model).manifest.repository, "o/r");
  EXPECT_EQ(plan(model).manifest.commit, "");
}

TEST_F(BundlePlanTest, a_content_without_a_name_gets_the_models) {
  const auto path = shelf_.put("blobs/sha256-" + sha256(content_).hex(), content_).native();
  const auto other = shelf_.put("blobs/sha256-" + std::string(64, '1'), content_).native();
  const ModelFile model{
      .id = ModelId("qwen3:4b"), .path = path, .source = Source::ollama, .projector = other};
  const auto planned = plan(model);
  EXPECT_EQ(planned.manifest.files[0].path, "qwen3-4b.gguf");
  EXPECT_EQ(planned.manifest.files[1].path, "mmproj-qwen3-4b.gguf");
}

TEST_F(BundlePlanTest, what_is_no_model_and_texts_past_the_limit_are_refused) {
  const ModelFile broken{.id = ModelId("b"), .path = shelf_.put("b.gguf", "GGUF").native()};
  EXPECT_THAT(plan_bundle(broken, {}, {}).error().message, HasSubstr("at byte 4"));
  const ModelFile gone{.id = ModelId("g"), .path = "/nowhere/g.gguf"};
  EXPECT_EQ(plan_bundle(gone, {}, {}).error().kind, ErrorKind::not_found);
  const ModelFile model{.id = ModelId("m"), .path = shelf_.put("m.gguf", content_).native()};
  const auto with = [&](std::string name, std::size_t size) {
    return plan_bundle(model, {{.name = std::move(name), .content = std::string(size, ' ')}}, {});
  };
  EXPECT_TRUE(with("a.json", limits::kPromptFile.bytes()));
  EXPECT_EQ(with("a.json", limits::kPromptFile.bytes() + 1).error().kind, ErrorKind::too_large);
  EXPECT_EQ(with("../a.json", 1).error().kind, ErrorKind::invalid);
}

}  // namespace
}  // namespace llf::store
