#include "hub/model_reference.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::hub {
namespace {

using testing::HasSubstr;

/// "ORG/REPO|WANTED|REVISION", "URL", or the error.
std::string read(std::string_view text) {
  const std::vector<CatalogModel> catalog{{.name = "qwen3:4b", .repository = "Qwen/Qwen3-4B-GGUF"}};
  const auto hub = *Url::parse("http://hub.example:8080");
  const auto reference = read_reference(text, hub, catalog);
  if (!reference) return reference.error().message;
  if (reference->url) return reference->url->str();
  return fmt::format("{}|{}|{}", reference->repository->str(), reference->wanted,
                     reference->revision);
}

TEST(ModelReference, names_a_repository_in_every_usual_way) {
  EXPECT_EQ(read("o/r"), "o/r||");
  EXPECT_EQ(read("o/r:Q8_0"), "o/r|Q8_0|");
  EXPECT_EQ(read("o/r@dev:Q8_0"), "o/r|Q8_0|dev");
  EXPECT_EQ(read("hf.co/o/r:Q8_0"), "o/r|Q8_0|");
  EXPECT_EQ(read("https://huggingface.co/o/r"), "o/r||");
  EXPECT_EQ(read("https://huggingface.co/o/r/tree/main"), "o/r||");
  EXPECT_EQ(read("https://huggingface.co/o/r/resolve/main/Q8/m.gguf?download=true"),
            "o/r|Q8/m.gguf|");
  EXPECT_EQ(read("https://huggingface.co/o/r/blob/abc/m.gguf"), "o/r|m.gguf|abc");
  EXPECT_EQ(read("http://hub.example:8080/o/r"), "o/r||");
  EXPECT_EQ(read("https://huggingface.co/o/r/resolve/main/My%20Model.gguf"), "o/r|My Model.gguf|");
  EXPECT_EQ(read("hf.co/o/r/blob/refs%2Fpr%2F1/m.gguf"), "o/r|m.gguf|refs/pr/1");
  EXPECT_EQ(read("o/r:My%20Model.gguf"), "o/r|My%20Model.gguf|") << "no URL, but a file's name";
}

TEST(ModelReference, names_of_the_catalog_are_short) {
  EXPECT_EQ(read("qwen3:4b"), "Qwen/Qwen3-4B-GGUF||");
  EXPECT_EQ(read("QWEN3:4B:q8_0"), "Qwen/Qwen3-4B-GGUF|q8_0|");
  EXPECT_THAT(read("qwen3:5b"), HasSubstr("Did you mean 'qwen3:4b'?"));
  EXPECT_THAT(read("Qwen3"), HasSubstr("say which: qwen3:4b"));
}

TEST(ModelReference, any_other_url_is_a_file) {
  EXPECT_EQ(read("https://example.org/m.gguf"), "https://example.org/m.gguf");
  EXPECT_EQ(read("http://h.example/x.gguf?sig=1"), "http://h.example/x.gguf?sig=1");
  EXPECT_THAT(read("ftp://h.example/x.gguf"), HasSubstr("neither http"));
  EXPECT_THAT(read("https://user@example.org/m.gguf"), HasSubstr("user name"));
}

TEST(ModelReference, nonsense_is_refused) {
  for (const auto* wrong : {"a/b/c", "../..", "o/r/../x", "/etc/passwd", "o /r"}) {
    EXPECT_THAT(read(wrong), HasSubstr("is not the name of a repository")) << wrong;
  }
  EXPECT_THAT(read(""), HasSubstr("which model"));
}

}  // namespace
}  // namespace llf::hub
