#include "gguf/facts.hpp"

#include "gguf/test_file.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace llf::gguf {
namespace {

Facts facts(const TestFile& file) {
  const auto read = read_header(file.bytes(), file.bytes().size());
  EXPECT_TRUE(read) << read.error().message;
  return read ? facts_of(std::get<Header>(*read)) : Facts();
}

TestFile values(std::uint64_t count) {
  TestFile file;
  file.head(0, count).pair("general.architecture", "llama");
  return file;
}

TEST(GgufFacts, say_what_a_model_is) {
  TestFile file;
  file.head(2, 13)
      .pair("general.architecture", "llama")
      .pair("general.name", "Small")
      .pair("general.license", "apache-2.0")
      .pair("general.file_type", 15)
      .pair("llama.context_length", 4096)
      .pair("llama.block_count", 2)
      .pair("llama.embedding_length", 256)
      .pair("llama.attention.head_count", 4)
      .pair("llama.expert_count", 8)
      .pair("llama.expert_used_count", 2)
      .pair("tokenizer.ggml.model", "gpt2")
      .list("tokenizer.ggml.tokens", ValueType::string, 1)
      .text("a")
      .pair("tokenizer.chat_template", "{{ system }}{{ tools }}")
      .tensor("a", {256, 2}, kQ4K, 0)
      .tensor("b", {4}, kF32, 288)
      .data(288 + 16);
  const auto found = facts(file);
  EXPECT_EQ(found.architecture, "llama");
  EXPECT_EQ(found.kind, "model");
  EXPECT_EQ(found.name, "Small");
  EXPECT_EQ(found.license, "apache-2.0");
  EXPECT_EQ(found.quantisation, "Q4_K_M");
  EXPECT_EQ(found.parameters, 516U);
  EXPECT_EQ(found.weights, ByteSize(288 + 16));
  EXPECT_EQ(found.context, 4096U);
  EXPECT_EQ(found.layers, 2U);
  EXPECT_EQ(found.embedding, 256U);
  EXPECT_EQ(found.heads, 4U);
  EXPECT_EQ(found.experts, 8U);
  EXPECT_EQ(found.experts_used, 2U);
  EXPECT_EQ(found.kv_per_token, ByteSize(2048));
  EXPECT_EQ(found.tokenizer, "gpt2");
  EXPECT_EQ(found.vocabulary, 1U);
  EXPECT_EQ(found.abilities, (Abilities{.system = true, .tools = true, .reasoning = false}));
  EXPECT_EQ(found.modalities, Modalities());
  EXPECT_EQ(found.split, Split());
}

TEST(GgufFacts, of_a_file_that_says_nothing_there_are_none) {
  TestFile file;
  file.head(0, 0);
  const auto found = facts(file);
  EXPECT_EQ(found.architecture + found.name + found.quantisation + found.chat_template, "");
  EXPECT_EQ(found.kind, "model");
  EXPECT_FALSE(found.kv_per_token);
}

TEST(GgufFacts, a_quantisation_that_is_not_named_is_that_of_most_weights) {
  EXPECT_EQ(facts(small_model()).quantisation, "Q4_K");
}

TEST(GgufFacts, a_context_takes_what_its_heads_take) {
  auto grouped = values(6);
  grouped.pair("llama.block_count", 3)
      .pair("llama.attention.head_count", 8)
      .pair("llama.attention.key_length", 128)
      .pair("llama.attention.value_length", 64)
      .list("llama.attention.head_count_kv", ValueType::uint32, 3)
      .put(2U)
      .put(0U)
      .put(4U);
  EXPECT_EQ(facts(grouped).kv_per_token, ByteSize(2304));
  auto compressed = values(4);
  compressed.pair("llama.block_count", 3)
      .pair("llama.attention.kv_lora_rank", 512)
      .pair("llama.rope.dimension_count", 64);
  EXPECT_EQ(facts(compressed).kv_per_token, ByteSize(3456));
}

TEST(GgufFacts, numbers_that_make_no_sense_come_to_nothing) {
  auto file = values(3);
  file.pair("llama.block_count", 4'000'000'000).pair("llama.attention.head_count", "many");
  EXPECT_FALSE(facts(file).kv_per_token);
  auto negative = values(2);
  negative.key("llama.context_length", ValueType::int32).put<std::int32_t>(-1);
  EXPECT_EQ(facts(negative).context, 0U);
}

TEST(GgufFacts, a_part_knows_its_place) {
  auto file = values(3);
  file.key("split.no", ValueType::uint16).put<std::uint16_t>(1);
  file.key("split.count", ValueType::uint16).put<std::uint16_t>(3);
  EXPECT_EQ(facts(file).split, (Split{.number = 2, .count = 3}));
}

TEST(GgufFacts, a_projector_says_what_it_takes_in) {
  TestFile file;
  file.head(0, 3)
      .pair("general.architecture", "clip")
      .key("clip.has_vision_encoder", ValueType::boolean)
      .put<std::uint8_t>(1)
      .key("clip.has_audio_encoder", ValueType::boolean)
      .put<std::uint8_t>(0);
  EXPECT_EQ(facts(file).kind, "mmproj");
  EXPECT_EQ(facts(file).modalities, (Modalities{.vision = true, .audio = false}));
}

TEST(GgufFacts, a_template_tells_its_abilities) {
  const auto of = [](std::string_view text) {
    auto file = values(2);
    file.pair("tokenizer.chat_template", text);
    return facts(file).abilities;
  };
  EXPECT_EQ(of(""), Abilities());
  EXPECT_TRUE(of("{% if enable_thinking %}<think>").reasoning);
  EXPECT_TRUE(of("{% for tool in tools %}").tools);
}

}  // namespace
}  // namespace llf::gguf
