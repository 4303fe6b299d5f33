#include "store/scan_ollama.hpp"

#include "store/test_shelf.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::store {
namespace {

using testing::EndsWith;
using testing::UnorderedElementsAre;

std::string layer(std::string_view type, std::string_view digest) {
  return fmt::format(R"({{"mediaType":"application/vnd.ollama.image.{}","digest":"{}"}})", type,
                     digest);
}

std::string manifest(std::string_view layers) {
  return fmt::format(R"({{"schemaVersion":2,"layers":[{}]}})", layers);
}

std::string put_blob(const TestShelf& shelf, std::string_view content) {
  const auto hex = sha256(content).hex();
  shelf.put("blobs/sha256-" + hex, content);
  return "sha256:" + hex;
}

TEST(ScanOllama, reads_names_from_manifests) {
  const TestShelf shelf;
  const auto model = put_blob(shelf, "GGUF model");
  const auto projector = put_blob(shelf, "GGUF projector");
  const auto both = manifest(layer("model", model) + "," + layer("projector", projector));
  shelf.put("manifests/registry.ollama.ai/library/llava/7b", both);
  shelf.put("manifests/registry.ollama.ai/jane/own/latest", manifest(layer("model", model)));
  shelf.put("manifests/hf.co/org/repo/Q4_K_M", manifest(layer("model", model)));
  const auto models = shelf.models(Source::ollama);
  EXPECT_THAT(TestShelf::names(models),
              UnorderedElementsAre("llava:7b", "jane/own:latest", "hf.co/org/repo:Q4_K_M"));
  for (const auto& one : models) {
    EXPECT_EQ(one.size, ByteSize(10));
    const bool sees = one.id == ModelId("llava:7b");
    EXPECT_THAT(one.projector, EndsWith(sees ? sha256("GGUF projector").hex() : ""));
  }
}

TEST(ScanOllama, passes_over_what_it_cannot_trust) {
  const TestShelf shelf;
  const std::string folder = "manifests/registry.ollama.ai/library/bad/";
  shelf.put("passwd");
  shelf.put(folder + "path", manifest(layer("model", "sha256:../../passwd")));
  shelf.put(folder + "upper", manifest(layer("model", "sha256:" + std::string(64, 'A'))));
  shelf.put(folder + "absent", manifest(layer("model", "sha256:" + std::string(64, 'a'))));
  shelf.put(folder + "no-json", "{");
  shelf.put(folder + "list", "[]");
  shelf.put(folder + "types", R"({"layers":[1,{"mediaType":2},{"mediaType":"x"}]})");
  shelf.put("manifests/too-few/names", manifest(""));
  EXPECT_TRUE(shelf.models(Source::ollama).empty());
}

}  // namespace
}  // namespace llf::store
