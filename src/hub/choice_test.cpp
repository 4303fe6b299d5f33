#include "hub/choice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::hub {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

RemoteFile file(std::string path, std::uint64_t size) {
  return {.path = std::move(path), .size = ByteSize(size), .sha256 = store::sha256("x")};
}

Repository repository(std::vector<RemoteFile> files) {
  return {.name = *store::RepositoryName::parse("org/Model-GGUF"),
          .commit = std::string(40, 'a'),
          .license = {},
          .base_model = {},
          .files = std::move(files)};
}

const Repository& usual() {
  static const auto kUsual =
      repository({file("README.md", 1),
                  file("m-Q8_0.gguf", 80),
                  file("m-Q4_K_M.gguf", 40),
                  file("m-Q2_K.gguf", 20),
                  file("BF16/m-BF16-00002-of-00002.gguf", 60),
                  file("BF16/m-BF16-00001-of-00002.gguf", 100),
                  file("mmproj-F16.gguf", 5),
                  file("mmproj-F32.gguf", 9),
                  file("m-imatrix.gguf", 3),
                  file("Q6_K/m-00001-of-00002.gguf", 1),
                  {.path = "m-Q5_K_M.gguf", .size = ByteSize(50), .sha256 = {}}});
  return kUsual;
}

std::string chosen(const Repository& repository, std::string_view wanted,
                   std::optional<ByteSize> room = std::nullopt) {
  const auto choice = choose(repository, wanted, [&](const Choice& one) {
    return !room || one.size().bytes() <= room->bytes();
  });
  return choice ? choice->label : choice.error().message;
}

TEST(Choice, lists_whole_models_with_their_projector) {
  const auto choices = choices_of(usual());
  std::vector<std::string> labels;
  for (const auto& choice : choices) labels.push_back(choice.label);
  EXPECT_THAT(labels, ElementsAre("Q2_K", "Q4_K_M", "Q8_0", "BF16"));
  EXPECT_EQ(choices[0].size(), ByteSize(25));
  EXPECT_EQ(choices[3].size(), ByteSize(165));
  EXPECT_EQ(choices[3].files().at(0).path, "BF16/m-BF16-00001-of-00002.gguf");
  EXPECT_EQ(choices[3].files().at(2).path, "mmproj-F16.gguf");
}

TEST(Choice, takes_what_is_wanted) {
  for (const auto* wanted : {"q8_0", "Q8_0", "m-Q8_0.gguf", "m-q8_0", "M-Q8_0.gguf"}) {
    EXPECT_EQ(chosen(usual(), wanted), "Q8_0") << wanted;
  }
  EXPECT_EQ(chosen(usual(), "BF16/m-BF16-00001-of-00002.gguf"), "BF16");
  EXPECT_EQ(chosen(repository({file("m-UD-Q4_K_XL.gguf", 1)}), "q4_k_xl"), "UD-Q4_K_XL");
  EXPECT_EQ(chosen(usual(), "Q5_K_M"),
            "org/Model-GGUF has no 'Q5_K_M'. It has: Q2_K, Q4_K_M, Q8_0, BF16")
      << "a file without a SHA-256 is not offered";
}

TEST(Choice, is_the_usual_one_that_fits) {
  EXPECT_EQ(chosen(usual(), ""), "Q4_K_M");
  EXPECT_EQ(chosen(usual(), "", ByteSize(1000)), "Q4_K_M");
  EXPECT_EQ(chosen(usual(), "", ByteSize(30)), "Q2_K");
  EXPECT_EQ(chosen(usual(), "", ByteSize(3)), "Q2_K") << "none fits: the smallest";
  EXPECT_EQ(chosen(repository({file("a-Q8_0.gguf", 2), file("a-F32.gguf", 8)}), ""), "Q8_0");
  EXPECT_EQ(chosen(repository({file("plain.gguf", 2)}), ""), "plain");
}

TEST(Choice, models_of_one_quantisation_are_told_apart_by_their_files) {
  const auto two = repository({file("a-Q8_0.gguf", 2), file("b-Q8_0.gguf", 3)});
  EXPECT_EQ(chosen(two, "b-q8_0"), "b-Q8_0");
  EXPECT_THAT(chosen(two, "Q8_0"), HasSubstr("It has: a-Q8_0, b-Q8_0"));
}

TEST(Choice, a_repository_without_gguf_says_so) {
  EXPECT_THAT(chosen(repository({file("model.safetensors", 1)}), ""),
              HasSubstr("has no GGUF files"));
}

}  // namespace
}  // namespace llf::hub
