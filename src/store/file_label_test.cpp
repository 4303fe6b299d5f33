#include "store/file_label.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace llf::store {
namespace {

using Kind = FileLabel::Kind;

struct Case {
  std::string_view path;
  Kind kind;
  std::string_view stem;
  std::string_view quantisation;
};

TEST(FileLabel, reads_the_names_that_repositories_use) {
  constexpr std::array kCases{
      Case{"Qwen3-4B-Q4_K_M.gguf", Kind::model, "Qwen3-4B-Q4_K_M", "Q4_K_M"},
      Case{"gemma-3-4b-it.Q5_K_S.gguf", Kind::model, "gemma-3-4b-it.Q5_K_S", "Q5_K_S"},
      Case{"Phi-4-IQ4_XS.gguf", Kind::model, "Phi-4-IQ4_XS", "IQ4_XS"},
      Case{"Qwen3-4B-UD-Q4_K_XL.gguf", Kind::model, "Qwen3-4B-UD-Q4_K_XL", "UD-Q4_K_XL"},
      Case{"qwen2.5-coder-7b-instruct-q4_k_m.gguf", Kind::model, "qwen2.5-coder-7b-instruct-q4_k_m",
           "Q4_K_M"},
      Case{"Meta-Llama-3-8B-BF16.gguf", Kind::model, "Meta-Llama-3-8B-BF16", "BF16"},
      Case{"model-f16.gguf", Kind::model, "model-f16", "F16"},
      Case{"gpt-oss-20b-mxfp4.gguf", Kind::model, "gpt-oss-20b-mxfp4", "MXFP4"},
      Case{"tiny_q8_0.gguf", Kind::model, "tiny_q8_0", "Q8_0"},
      Case{"Model-Q4_0_4_8.gguf", Kind::model, "Model-Q4_0_4_8", "Q4_0_4_8"},
      Case{"bitnet-TQ2_0.GGUF", Kind::model, "bitnet-TQ2_0", "TQ2_0"},
      Case{"Q6_K/model.gguf", Kind::model, "model", "Q6_K"},
      Case{"Q3-model.gguf", Kind::model, "Q3-model", "Q3"},
      Case{"plain.gguf", Kind::model, "plain", ""},
      Case{"qwen3-quick.gguf", Kind::model, "qwen3-quick", ""},
      Case{"mmproj-model-f16.gguf", Kind::projector, "mmproj-model-f16", "F16"},
      Case{"gemma-mmproj-BF16.gguf", Kind::projector, "gemma-mmproj-BF16", "BF16"},
      Case{"model.imatrix.gguf", Kind::other, "model.imatrix", ""},
      Case{"README.md", Kind::other, "", ""},
      Case{".gguf", Kind::other, "", ""},
      Case{"", Kind::other, "", ""},
  };
  for (const auto& one : kCases) {
    const auto label = label_of(one.path);
    EXPECT_EQ(label.kind, one.kind) << one.path;
    EXPECT_EQ(label.stem, one.stem) << one.path;
    EXPECT_EQ(label.quantisation, one.quantisation) << one.path;
    EXPECT_EQ(label.parts, 1U) << one.path;
  }
}

TEST(FileLabel, knows_the_parts_of_a_split_model) {
  const auto label = label_of("UD-Q2_K_XL/Big-UD-Q2_K_XL-00002-of-00003.gguf");
  EXPECT_EQ(label.kind, Kind::model);
  EXPECT_EQ(label.stem, "Big-UD-Q2_K_XL");
  EXPECT_EQ(label.quantisation, "UD-Q2_K_XL");
  EXPECT_EQ(label.part, 2U);
  EXPECT_EQ(label.parts, 3U);
}

TEST(FileLabel, takes_no_part_that_cannot_be) {
  EXPECT_EQ(label_of("a-00004-of-00003.gguf").kind, Kind::other);
  EXPECT_EQ(label_of("a-00000-of-00003.gguf").kind, Kind::other);
  EXPECT_EQ(label_of("a-00001-of-99999.gguf").kind, Kind::other);
  EXPECT_EQ(label_of("a-0001-of-0003.gguf").stem, "a-0001-of-0003");
}

TEST(FileLabel, SEC_31_no_model_has_a_name_that_leads_elsewhere) {
  for (const auto* path : {"...gguf", "..gguf", ".gguf", "a/...gguf", "..-00001-of-00002.gguf"}) {
    EXPECT_EQ(label_of(path).kind, Kind::other) << path;
  }
  EXPECT_EQ(label_of("....gguf").kind, Kind::model) << "an odd name, but one";
}

TEST(FileLabel, a_projector_needs_a_folder_of_its_own) {
  const auto folder = [](std::vector<std::string> paths) { return folder_of_their_own(paths); };
  EXPECT_EQ(folder({"m.gguf", "other.gguf"}), "");
  EXPECT_EQ(folder({"/a/mmproj.gguf", "/a/m-00001-of-00002.gguf", "/a/n.gguf"}), "m");
  EXPECT_EQ(folder({"m---x--y.gguf", "mmproj.gguf"}), "m-x-y") << "no repository's";
  EXPECT_EQ(folder({"mmproj.gguf"}), "");
}

TEST(FileLabel, knows_a_quantisation_in_any_case) {
  for (const auto* word : {"q4_k_m", "Q8_0", "iq2_xxs", "ud-q4_k_xl", "bf16", "Q4"}) {
    EXPECT_TRUE(is_quantisation(word)) << word;
  }
  for (const auto* word : {"", "Q", "Qwen3", "q4_", "4b", "it", "Q4KM", "latest", "q4-k"}) {
    EXPECT_FALSE(is_quantisation(word)) << word;
  }
}

}  // namespace
}  // namespace llf::store
