#include "store/name_match.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace llf::store {
namespace {

using testing::HasSubstr;

ModelFile model(const char* id, const char* repository = "") {
  return {.id = ModelId(id), .repository = repository};
}

const std::vector<ModelFile> kModels{
    model("Qwen/Qwen3-4B-GGUF:Q4_K_M", "Qwen/Qwen3-4B-GGUF"),
    model("Qwen/Qwen3-8B-GGUF:Q4_K_M", "Qwen/Qwen3-8B-GGUF"),
    model("Qwen/Qwen3-8B-GGUF:Q8_0", "Qwen/Qwen3-8B-GGUF"),
    model("llama3.2:3b"),
    model("llf-nano"),
};

std::string meant(std::string_view name) {
  const auto found = match_name(kModels, name);
  return found ? (*found)->id.str() : found.error().message;
}

TEST(NameMatch, takes_shorter_forms_where_one_model_fits) {
  const std::string four = "Qwen/Qwen3-4B-GGUF:Q4_K_M";
  for (const auto* name :
       {"Qwen/Qwen3-4B-GGUF:Q4_K_M", "qwen/qwen3-4b-gguf:q4_k_m", "Qwen/Qwen3-4B-GGUF",
        "Qwen3-4B-GGUF", "qwen3-4b", "qwen3-4b:q4_k_m", "qwen3-4", "qwen/qwen3-4",
        "hf.co/Qwen/Qwen3-4B-GGUF", "https://huggingface.co/Qwen/Qwen3-4B-GGUF/",
        "hf:Qwen/Qwen3-4B-GGUF:Q4_K_M"}) {
    EXPECT_EQ(meant(name), four) << name;
  }
  EXPECT_EQ(meant("qwen3-8b:q8_0"), "Qwen/Qwen3-8B-GGUF:Q8_0");
  EXPECT_EQ(meant("llama"), "llama3.2:3b");
}

TEST(NameMatch, leaves_out_owner_and_ending_and_cuts_the_quantisation_in_every_mixture) {
  const std::vector<ModelFile> models{model("org/small-GGUF:Q8_0", "org/small-GGUF"),
                                      model("org/small-GGUF:Q4_K_M", "org/small-GGUF"),
                                      model("org/vis-GGUF:Q4_K_M", "org/vis-GGUF")};
  for (const auto* base : {"org/small-GGUF", "small-GGUF", "org/small", "small"}) {
    for (const auto* quantisation : {":Q8_0", ":Q8", ":q"}) {
      const auto found = models_named(models, std::string(base) + quantisation);
      ASSERT_EQ(found.size(), quantisation == std::string_view(":q") ? 2U : 1U) << base;
      EXPECT_EQ(found.front()->id, models[0].id) << base << quantisation;
    }
  }
  for (const auto* name : {"org/vis", "org/vis:Q4_K_M", "vis:q4", "org/v", "vis-g"}) {
    const auto found = match_name(models, name);
    ASSERT_TRUE(found) << name;
    EXPECT_EQ((*found)->id, models[2].id) << name;
  }
  EXPECT_TRUE(is_model_name(models, "small:Q8_0"));
  EXPECT_FALSE(is_model_name(models, "small:Q8"));
}

TEST(NameMatch, knows_a_model_by_its_file) {
  const std::vector<ModelFile> models{
      {.id = ModelId("o/two:Q4_K_M"), .path = "/c/a-Q4_K_M.gguf", .repository = "o/two"}};
  const auto found = match_name(models, "o/two:a-Q4_K_M");
  ASSERT_TRUE(found);
  EXPECT_EQ((*found)->id, ModelId("o/two:Q4_K_M"));
}

TEST(NameMatch, asks_back_for_a_quantisation_that_several_files_have) {
  const std::vector<ModelFile> models{
      {.id = ModelId("o/r:a-Q4_0"), .path = "/c/a-Q4_0.gguf", .repository = "o/r"},
      {.id = ModelId("o/r:b-Q4_0"), .path = "/c/b-Q4_0.gguf", .repository = "o/r"}};
  const auto found = match_name(models, "o/r:Q4_0");
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("say which: o/r:a-Q4_0, o/r:b-Q4_0"));
}

TEST(NameMatch, a_word_that_only_begins_a_name_is_none) {
  for (const auto* name : {"llf-nano", "LLF-NANO", "qwen3-4b", "qwen3-8b", "qwen3-8b:q8_0"}) {
    EXPECT_TRUE(is_model_name(kModels, name)) << name;
  }
  for (const auto* word : {"", "ll", "llf", "qwen3", "hello"}) {
    EXPECT_FALSE(is_model_name(kModels, word)) << word;
  }
}

TEST(NameMatch, asks_back_where_several_fit) {
  EXPECT_EQ(meant("qwen3-8b"),
            "'qwen3-8b' may be any of these, say which: Qwen/Qwen3-8B-GGUF:Q4_K_M, "
            "Qwen/Qwen3-8B-GGUF:Q8_0");
  EXPECT_THAT(meant("ll"), HasSubstr("llama3.2:3b, llf-nano"));
}

TEST(NameMatch, tells_what_is_near) {
  EXPECT_THAT(meant("llf-nan0"), HasSubstr("Did you mean 'llf-nano'?"));
  EXPECT_THAT(meant("x"), HasSubstr("no model 'x' is here"));
  EXPECT_THAT(meant(""), HasSubstr("models.folder"));
  EXPECT_THAT(meant("https://huggingface.co/"), HasSubstr("no model"));
}

}  // namespace
}  // namespace llf::store
