#include "cli/import_source.hpp"

#include "base/limits.hpp"
#include "os/test_folder.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace llf::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ImportSource : public ::testing::Test {
 protected:
  fs::path write(std::string_view name, std::string_view text) const {
    const auto path = folder_.path() / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path;
  }
  static std::vector<std::string> prompts(const fs::path& path) {
    const auto import = import_source(path, {});
    EXPECT_TRUE(import) << import.error().message;
    std::vector<std::string> names;
    if (!import) return names;
    for (const auto& one : import->prompts) names.push_back(one.name);
    return names;
  }
  static std::string error(const fs::path& path) {
    const auto import = import_source(path, {});
    return import ? "none" : import.error().message;
  }

  os::TestFolder folder_;
};

TEST_F(ImportSource, a_config_knows_its_project) {
  const auto file = write("project/configs/config.json", R"({"model_dir": "models"})");
  const auto folder_of = [&](const fs::path& root) {
    return std::string(import_source(file, root)->settings.at("models").at("folder").get_string());
  };
  EXPECT_EQ(folder_of({}), folder_.path() / "project/models");
  EXPECT_EQ(folder_of("/elsewhere"), "/elsewhere/models");
}

TEST_F(ImportSource, files_of_a_model_are_looked_at) {
  const auto model = write("p/models/m/a.gguf", "");
  const auto file = write("p/configs/x.json", R"({"local_llm_server": {"model_dir": "m",
                          "gguf_file": "a.gguf"}})");
  const auto import = import_source(file, {});
  ASSERT_TRUE(import);
  EXPECT_EQ(import->settings.at("profiles").at("a").at("model"), json::Value(model.native()));
}

TEST_F(ImportSource, prompts_and_templates_are_known_by_what_is_in_them) {
  const auto active = write("config_prompt.json", R"({"system_prompt": "S"})");
  write("templates/Super Cat/prompt.json", R"({"system_prompt": "S"})");
  write("templates/Super Cat/config.json", R"({"description": "D"})");
  write("templates/b/prompt.json", R"({"system_prompt": "S"})");
  write("templates/registry.json", "{}");
  write("templates/empty/x.json", "{}");
  using Names = std::vector<std::string>;
  EXPECT_EQ(prompts(active), Names{"config_prompt"});
  EXPECT_EQ(prompts(folder_.path() / "templates"), (Names{"super-cat", "b"}));
  EXPECT_EQ(prompts(folder_.path() / "templates/b/"), Names{"b"});
  EXPECT_EQ(prompts(folder_.path() / "templates/b/prompt.json"), Names{"b"});
}

TEST_F(ImportSource, a_broken_template_among_others_is_only_noted) {
  write("t/a/prompt.json", "{");
  write("t/b/prompt.json", R"({"system_prompt": "S"})");
  const auto import = import_source(folder_.path() / "t", {});
  ASSERT_TRUE(import);
  EXPECT_EQ(import->prompts.size(), 1U);
  EXPECT_EQ(import->notes.front().outcome, migration::Outcome::refused);
  EXPECT_THAT(import->notes.front().why, HasSubstr("line 1"));
  EXPECT_THAT(error(folder_.path() / "t/a"), HasSubstr("t/a: line 1"));
}

TEST_F(ImportSource, anything_else_is_refused) {
  EXPECT_THAT(error(write("a.json", "{\n1}")), HasSubstr("a.json: line 2, column 1"));
  EXPECT_THAT(error(write("b.json", "{}")), HasSubstr("no key of the Python llf"));
  EXPECT_THAT(error(folder_.path()), HasSubstr("holds no prompt templates"));
  EXPECT_THAT(error(folder_.path() / "none"), HasSubstr("none"));
  EXPECT_THAT(error(write("!.json", R"({"system_prompt": "S"})")), HasSubstr("rename it"));
  EXPECT_THAT(error(write("c.json", std::string(limits::kImportedFile.bytes() + 1, ' '))),
              HasSubstr("c.json"));
}

}  // namespace
}  // namespace llf::cli
