#include "cli/prompt_command.hpp"

#include "base/limits.hpp"
#include "cli/test_command.hpp"
#include "json/json.hpp"
#include "os/atomic_file.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

namespace llf::cli {
namespace {

namespace fs = std::filesystem;

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::StartsWith;

class PromptCommand : public CommandTest {
 protected:
  using Words = std::vector<std::string>;

  /// Runs `llf prompt WORDS`.
  int prompt(Words words) {
    words.insert(words.begin(), "prompt");
    return run_without_daemon(std::move(words));
  }
  [[nodiscard]] fs::path own(const std::string& name) const {
    return paths_.prompts_dir() / (name + ".json");
  }
  static void write(const fs::path& path, std::string_view text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  static std::string text_of(const fs::path& path) {
    return os::read_file(path, limits::kPromptFile).value_or("(no file)");
  }
  /// What was printed as JSON.
  [[nodiscard]] json::Object printed() const {
    const auto value = json::parse(out());
    EXPECT_TRUE(value && value->is_object()) << out();
    return value && value->is_object() ? value->get_object() : json::Object();
  }
};

TEST_F(PromptCommand, own_and_shipped_templates_are_listed) {
  write(own("aaa"), R"({"description": "mine"})");
  write(own("coder"), R"({"description": "better"})");
  EXPECT_EQ(prompt({"list"}), 0);
  EXPECT_THAT(out(), StartsWith("NAME        FROM     DESCRIPTION\n"
                                "aaa         own      mine\n"
                                "assistant   shipped  "));
  EXPECT_THAT(out(), HasSubstr("\ncoder       own      better\n"));
  EXPECT_THAT(out(), HasSubstr("\nwriter      shipped  "));
}

TEST_F(PromptCommand, broken_files_are_listed_with_what_is_wrong) {
  write(own("aaa"), "{\n \"sytem\": 1}");
  EXPECT_EQ(prompt({"list"}), 0);
  EXPECT_THAT(out(), ContainsRegex("aaa +own +broken: /[^ ]*/aaa.json: line 2, column 2: "
                                   "a prompt template has no 'sytem'. Did you mean 'system'"));
  EXPECT_EQ(prompt({"show", "aaa"}), 2);
  EXPECT_THAT(err(), HasSubstr("aaa.json: line 2, column 2: "));
}

TEST_F(PromptCommand, the_list_for_programs_has_everything) {
  write(own("aaa"), R"({"description": "d", "category": "c", "tags": ["t"], "system": "{{v}}"})");
  write(own("aab"), "[");
  EXPECT_EQ(prompt({"list", "--json"}), 0);
  const auto all = printed()["prompts"].as_array();
  EXPECT_EQ(all.at(0), (json::Object{{"name", "aaa"},
                                     {"from", "own"},
                                     {"description", "d"},
                                     {"category", "c"},
                                     {"tags", {"t"}},
                                     {"variables", {"v"}}}));
  EXPECT_EQ(all.at(1).at("name"), "aab");
  EXPECT_TRUE(all.at(1).at("error").is_string());
}

TEST_F(PromptCommand, one_is_shown_as_llf_writes_it) {
  write(own("x"), "{ // mine\n \"system\": \"a\\nb\", }");
  EXPECT_EQ(prompt({"show", "x"}), 0);
  EXPECT_EQ(out(), "{\n  \"system\": [\n    \"a\",\n    \"b\"\n  ]\n}\n");
}

TEST_F(PromptCommand, one_is_shown_to_programs_with_its_place) {
  write(own("x"), R"({"system": "{{v}}"})");
  EXPECT_EQ(prompt({"show", "x", "--json"}), 0);
  EXPECT_EQ(printed(), (json::Object{{"name", "x"},
                                     {"from", "own"},
                                     {"path", own("x").native()},
                                     {"variables", {"v"}},
                                     {"template", {{"system", "{{v}}"}}}}));
}

TEST_F(PromptCommand, one_that_is_not_there_gets_the_nearest) {
  EXPECT_EQ(prompt({"show", "codr"}), 1);
  EXPECT_EQ(err(), "llf: there is no prompt template 'codr'. Did you mean 'coder'?\n");
  EXPECT_EQ(out(), "");
}

TEST_F(PromptCommand, a_new_one_is_made) {
  EXPECT_EQ(prompt({"create", "x", "--system", "You are x.", "--description", "d"}), 0);
  EXPECT_EQ(out(), own("x").native() + "\n");
  EXPECT_EQ(err(), "");
  EXPECT_EQ(text_of(own("x")), "{\n  \"description\": \"d\",\n  \"system\": \"You are x.\"\n}\n");
}

TEST_F(PromptCommand, a_new_one_is_made_of_another) {
  write(own("a"), R"({"description": "d", "system": "s", "opening": "o"})");
  EXPECT_EQ(prompt({"create", "b", "--from", "a", "-s", "t", "--json"}), 0);
  EXPECT_EQ(printed(), (json::Object{{"name", "b"}, {"path", own("b").native()}}));
  const auto made = json::parse(text_of(own("b")));
  EXPECT_EQ(made, (json::Value{{"description", "d"}, {"system", "t"}, {"opening", "o"}}));
  EXPECT_EQ(prompt({"create", "c", "--from", "nothing"}), 1);
  EXPECT_FALSE(fs::exists(own("c")));
}

TEST_F(PromptCommand, one_that_hides_a_shipped_one_says_so) {
  EXPECT_EQ(prompt({"create", "coder", "--from", "coder"}), 0);
  EXPECT_EQ(err(), "llf: it hides the 'coder' that came with llf\n");
  EXPECT_EQ(prompt({"create", "coder"}), 1);
  EXPECT_THAT(err(), HasSubstr("you have a prompt template 'coder' already"));
}

TEST_F(PromptCommand, a_wrong_name_is_refused) {
  for (const auto* name : {"My Prompt", "../x", "none", "selected", ""}) {
    EXPECT_EQ(prompt({"create", name}), 2) << name;
  }
  EXPECT_THAT(err(), StartsWith("llf: 'My Prompt' is no name for a prompt template: it has 1 to "));
  EXPECT_FALSE(fs::exists(paths_.prompts_dir()));
}

TEST_F(PromptCommand, a_deleted_one_is_kept) {
  write(own("x"), R"({"system": "s"})");
  EXPECT_EQ(prompt({"delete", "x"}), 0);
  EXPECT_THAT(err(), StartsWith("llf: 'x' is deleted, and kept in " +
                                (paths_.prompts_dir() / "backups/x-").native()));
  EXPECT_EQ(out(), "");
  EXPECT_FALSE(fs::exists(own("x")));
  EXPECT_EQ(prompt({"delete", "x"}), 1);
  EXPECT_EQ(prompt({"delete", "coder"}), 1);
  EXPECT_THAT(err(), HasSubstr("'coder' came with llf"));
}

TEST_F(PromptCommand, what_is_kept_is_told_to_programs) {
  write(own("x"), R"({"system": "s"})");
  EXPECT_EQ(prompt({"delete", "x", "--json"}), 0);
  EXPECT_EQ(printed()["name"], "x");
  EXPECT_EQ(text_of(std::string(printed()["path"].as_string())), R"({"system": "s"})");
}

TEST_F(PromptCommand, a_file_is_imported_under_a_name_made_of_its_own) {
  write(folder_ / "My Best.json", R"({"system": "s"})");
  EXPECT_EQ(prompt({"import", (folder_ / "My Best.json").native()}), 0);
  EXPECT_EQ(out(), own("my-best").native() + "\n");
  EXPECT_EQ(text_of(own("my-best")), R"({"system": "s"})");
}

TEST_F(PromptCommand, an_import_replaces_only_when_told) {
  write(own("x"), R"({"system": "old"})");
  write(folder_ / "x.json", R"({"system": "new"})");
  const auto file = (folder_ / "x.json").native();
  EXPECT_EQ(prompt({"import", file}), 1);
  EXPECT_THAT(err(), HasSubstr("--replace or --name"));
  EXPECT_EQ(text_of(own("x")), R"({"system": "old"})");
  EXPECT_EQ(prompt({"import", file, "--replace"}), 0);
  EXPECT_THAT(text_of(own("x")), HasSubstr("new"));
  EXPECT_EQ(prompt({"import", file, "--name", "y"}), 0);
  EXPECT_THAT(text_of(own("y")), HasSubstr("new"));
}

TEST_F(PromptCommand, a_wrong_file_is_told_with_its_place_and_not_imported) {
  write(folder_ / "x.json", "{\n  \"system\" \"s\"}");
  EXPECT_EQ(prompt({"import", (folder_ / "x.json").native()}), 2);
  EXPECT_THAT(err(), StartsWith("llf: " + (folder_ / "x.json").native() + ": line 2, column 12: "));
  EXPECT_EQ(prompt({"import", (folder_ / "nowhere.json").native()}), 1);
  EXPECT_EQ(prompt({"import", (folder_ / "x.json").native(), "--name", "X"}), 2);
  EXPECT_FALSE(fs::exists(paths_.prompts_dir()));
}

TEST_F(PromptCommand, a_file_without_a_usable_name_needs_one) {
  write(folder_ / "\xC3\xA4.json", R"({"system": "s"})");
  EXPECT_EQ(prompt({"import", (folder_ / "\xC3\xA4.json").native()}), 2);
  EXPECT_THAT(err(), HasSubstr("--name"));
  EXPECT_EQ(prompt({"import", (folder_ / "\xC3\xA4.json").native(), "--name", "ae"}), 0);
}

TEST_F(PromptCommand, a_prompt_of_the_predecessor_is_imported_with_notes) {
  write(folder_ / "config_prompt.json", R"({"system_prompt": "s", "custom_format": {"a": 1}})");
  EXPECT_EQ(prompt({"import", (folder_ / "config_prompt.json").native()}), 0);
  EXPECT_EQ(text_of(own("config_prompt")), "{\n  \"system\": \"s\"\n}\n");
  EXPECT_EQ(err(), "llf: 'custom_format' was not taken: it never had an effect\n");
}

TEST_F(PromptCommand, a_templates_folder_of_the_predecessor_is_imported) {
  const auto folder = folder_ / "prompt_templates/Super_Cat";
  write(folder / "prompt.json", R"({"system_prompt": "s"})");
  EXPECT_EQ(prompt({"import", folder.native()}), 0);
  write(folder / "config.json", R"({"description": "d"})");
  EXPECT_EQ(prompt({"import", folder.native() + "/", "--replace"}), 0);
  EXPECT_EQ(text_of(own("super_cat")), "{\n  \"description\": \"d\",\n  \"system\": \"s\"\n}\n");
  EXPECT_EQ(prompt({"import", folder.parent_path().native()}), 1);
  EXPECT_THAT(err(), HasSubstr("there is no " + (folder.parent_path() / "prompt.json").native()));
}

TEST_F(PromptCommand, one_is_exported_and_imported_as_the_same) {
  EXPECT_EQ(prompt({"export", "tutor"}), 0);
  const auto exported = out();
  const auto file = folder_ / "t.json";
  EXPECT_EQ(prompt({"export", "tutor", file.native()}), 0);
  EXPECT_EQ(text_of(file), exported);
  EXPECT_EQ(out(), exported + file.native() + "\n");
  EXPECT_EQ(prompt({"import", file.native()}), 0);
  EXPECT_EQ(text_of(own("t")), exported);
}

TEST_F(PromptCommand, an_export_overwrites_only_when_told) {
  write(folder_ / "t.json", "mine");
  const auto file = (folder_ / "t.json").native();
  EXPECT_EQ(prompt({"export", "tutor", file}), 1);
  EXPECT_EQ(err(), "llf: " + file + " is there already: --replace overwrites it\n");
  EXPECT_EQ(text_of(file), "mine");
  EXPECT_EQ(prompt({"export", "tutor", file, "--replace"}), 0);
  EXPECT_THAT(text_of(file), StartsWith("{"));
  EXPECT_EQ(prompt({"export", "tutor", folder_.path().native()}), 0);
  EXPECT_EQ(text_of(folder_ / "tutor.json"), text_of(file));
}

TEST_F(PromptCommand, verbs_need_their_words) {
  for (const auto* verb : {"show", "create", "delete", "import", "export"}) {
    EXPECT_EQ(prompt({verb}), 2) << verb;
  }
  EXPECT_THAT(err(), HasSubstr("it is: llf prompt export NAME [FILE]"));
  EXPECT_EQ(prompt({}), 2);
  EXPECT_THAT(err(), HasSubstr("There is: list, show, "));
}

}  // namespace
}  // namespace llf::cli
