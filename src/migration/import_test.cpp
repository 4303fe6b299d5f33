#include "migration/import.hpp"

#include "migration/prompt_import.hpp"
#include "migration/test_import.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace llf::migration {
namespace {

using testing::HasSubstr;
using testing::Not;

using ConfigImport = ImportTest;

TEST_F(ConfigImport, flat_keys_are_a_server_with_a_profile) {
  files_ = {"/llama.cpp/llama-server", "/llf/models/Qwen--Coder-GGUF/coder-q5.gguf"};
  read(R"({"llama_server_path": "../llama.cpp/llama-server", "server_host": "127.0.0.1",
           "server_port": 8001, "healthcheck_interval": 2.0, "gguf_file": "coder-q5.gguf",
           "api_base_url": "http://127.0.0.1:8001/v1", "api_key": "EMPTY",
           "model_name": "Qwen/Coder-GGUF", "model_dir": "models", "cache_dir": ".cache",
           "log_level": "ERROR",
           "inference_params": {"temperature": 0.7, "max_tokens": 2048, "top_p": 0.9, "top_k": 50,
                                "repetition_penalty": 1.1}})");
  EXPECT_EQ(settings_text(),
            R"({"profiles":{"coder-q5":{"model":"/llf/models/Qwen--Coder-GGUF/coder-q5.gguf"}},)"
            R"("engine":{"path":"/llama.cpp/llama-server"},)"
            R"("server":{"host":"127.0.0.1","port":8001},"models":{"default":"coder-q5",)"
            R"("folder":"/llf/models"},"log":{"level":"error"},"inference":{"temperature":0.7,)"
            R"("max_tokens":2048,"top_p":0.9,"top_k":50,"repeat_penalty":1.1}})");
  EXPECT_EQ(note("server_port"), "taken | server.port | ");
  EXPECT_THAT(note("gguf_file"), HasSubstr("taken | profiles.coder-q5.model | "));
  EXPECT_THAT(note("gguf_file"), HasSubstr("taken | models.default | "));
  EXPECT_THAT(note("model_name"), HasSubstr("taken | profiles.coder-q5.model | "));
  EXPECT_THAT(note("api_base_url"), HasSubstr("meaningless"));
  EXPECT_THAT(note("cache_dir"), HasSubstr("meaningless"));
  EXPECT_THAT(note("healthcheck_interval"), HasSubstr("meaningless"));
}

TEST_F(ConfigImport, the_oldest_names_of_all_are_known) {
  read(R"({"default_llm": {"model_name": "a/b", "gguf_file": "c.gguf", "x": 1, "_x": 1}})");
  EXPECT_EQ(settings_.profiles.at("c").model, "/llf/models/a--b/c.gguf");
  EXPECT_EQ(settings_.models.default_model, "c");
  EXPECT_THAT(note("default_llm.gguf_file"),
              HasSubstr("profiles.c.model | there is no such file now"));
  EXPECT_THAT(note("default_llm.x"), HasSubstr("meaningless"));
  read(R"({"default_llm": {"gguf_file": "c.gguf"}, "gguf_file": "d.gguf", "llm_endpoint": {}})");
  EXPECT_TRUE(settings_.profiles.contains("d"));
  EXPECT_THAT(note("default_llm.gguf_file"), HasSubstr("a newer key"));
}

TEST_F(ConfigImport, one_server_is_found_with_its_model) {
  files_ = {"/llf/models/coder/c.gguf"};
  read(R"({"local_llm_server": {"server_port": 9000, "model_dir": "coder", "gguf_file": "c.gguf",
             "server_params": {"ctx-size": 8192}}, "server_port": 1,
           "llm_endpoint": {"model_name": "x", "tools": [], "tool_execution_mode": "dual_pass_all"},
           "api_key": "sk-flat"})");
  EXPECT_EQ(settings_.profiles.at("c").model, "/llf/models/coder/c.gguf");
  EXPECT_EQ(settings_.profiles.at("c").context, 8192);
  EXPECT_EQ(settings_.server.port, 9000);
  EXPECT_EQ(settings_.models.default_model, "c");
  EXPECT_THAT(note("server_port"), HasSubstr("a newer key"));
  EXPECT_THAT(note("api_key"), HasSubstr("a newer key"));
  EXPECT_THAT(note("llm_endpoint.model_name"), HasSubstr("meaningless"));
  EXPECT_THAT(note("llm_endpoint.tools"), HasSubstr("never had an effect"));
  EXPECT_THAT(note("llm_endpoint.tool_execution_mode"), HasSubstr("meaningless"));
}

TEST_F(ConfigImport, several_servers_are_a_profile_each) {
  files_ = {"/bin/a", "/bin/b"};
  read(R"({"local_llm_servers": [
             {"name": "fast one", "llama_server_path": "/bin/a", "server_port": 8000,
              "model_dir": "f", "gguf_file": "f.gguf", "auto_start": false},
             {"name": "big", "llama_server_path": "/bin/b", "server_port": 8001,
              "server_host": "127.0.0.2", "model_dir": "b", "gguf_file": "b.gguf"},
             {"name": "big", "model_dir": "c", "gguf_file": "c.gguf"}, 7],
           "local_llm_server": {"server_port": 1},
           "llm_endpoint": {"default_local_server": "big"}})");
  EXPECT_EQ(settings_.profiles.size(), 2U);
  EXPECT_EQ(settings_.profiles.at("fast-one").model, "/llf/models/f/f.gguf");
  EXPECT_EQ(settings_.models.default_model, "big");
  EXPECT_EQ(settings_.engine.path, "/bin/b");
  EXPECT_EQ(settings_.server.port, 8001);
  EXPECT_EQ(settings_.server.host, "127.0.0.2");
  EXPECT_EQ(note("llm_endpoint.default_local_server"), "taken | models.default | ");
  EXPECT_EQ(note("local_llm_servers[1].name"), "taken | profiles.big | ");
  EXPECT_THAT(note("local_llm_servers[0].name"), HasSubstr("profiles.fast-one | a profile's name"));
  EXPECT_THAT(note("local_llm_servers[0].server_port"), HasSubstr("one address"));
  EXPECT_THAT(note("local_llm_servers[0].llama_server_path"), HasSubstr("one engine"));
  EXPECT_THAT(note("local_llm_servers[2].gguf_file"), HasSubstr("another server is named 'big'"));
  EXPECT_THAT(note("local_llm_servers[3]"), HasSubstr("not an object"));
  EXPECT_THAT(note("local_llm_server"), HasSubstr("a newer key"));
}

TEST_F(ConfigImport, a_default_that_is_none_is_told) {
  read(R"({"local_llm_servers": [{"name": "a"}, {"name": "b"}],
           "llm_endpoint": {"default_local_server": "c"}})");
  EXPECT_THAT(note("llm_endpoint.default_local_server"), HasSubstr("refused |  | no server"));
  read(R"({"llm_endpoint": {"default_local_server": "c"}})");
  EXPECT_THAT(note("llm_endpoint.default_local_server"), HasSubstr("refused |  | no server"));
}

TEST_F(ConfigImport, W10_a_server_elsewhere_is_an_endpoint_and_its_key_is_secret) {
  for (const auto& [url, name] : {std::pair("https://api.openai.com/v1", "api.openai.com"),
                                  std::pair("http://192.168.1.7:8000/v1", "192.168.1.7"),
                                  std::pair("http://localhost:11434/v1", "localhost")}) {
    read(fmt::format(R"({{"llm_endpoint": {{"api_base_url": "{}", "api_key": "sk-secret",
                                            "model_name": "gpt-4"}}}})",
                     url));
    EXPECT_THAT(note("llm_endpoint.api_base_url"),
                HasSubstr(fmt::format("taken | endpoints.{}.url", name)));
    EXPECT_THAT(note("llm_endpoint.api_key"), HasSubstr("refused |  | *** is not copied"));
    EXPECT_THAT(note("llm_endpoint.model_name"), HasSubstr("taken | models.default"));
    EXPECT_EQ(
        settings_text(),
        fmt::format(R"({{"endpoints":{{"{}":{{"url":"{}"}}}},"models":{{"default":"gpt-4"}}}})",
                    name, url));
    for (const auto& one : import_.notes) EXPECT_THAT(line(one), Not(HasSubstr("sk-"))) << url;
  }
}

TEST_F(ConfigImport, a_url_with_a_password_is_not_repeated) {
  read(R"({"llm_endpoint": {"api_base_url": "http://u:sk-url@192.168.1.7:8000/v1"}})");
  EXPECT_THAT(note("llm_endpoint.api_base_url"), HasSubstr("refused |  | a URL with a user name"));
  EXPECT_EQ(settings_text(), "{}");
}

TEST_F(ConfigImport, comments_are_noted_once_wherever_they_stand) {
  read(R"({"_comment": "a", "local_llm_server": {"_note": 1, "server_params": {"_x": 1}},
           "llm_endpoint": {"_a": 1}, "inference_params": {"_note": "W6", "top_k": 1},
           "default_llm": {"_b": 1}})");
  EXPECT_EQ(std::ranges::count(import_.notes, "_…", &Note::key), 1);
  EXPECT_EQ(settings_text(), R"({"inference":{"top_k":1}})");
}

TEST_F(ConfigImport, W8_the_penalty_has_its_right_name_now) {
  read(R"({"inference_params": {"repetition_penalty": 1.1, "repeat_penalty": 1.2, "stop": ["x"],
           "temperature": 9, "max_tokens": -1, "top_p": null}})");
  EXPECT_EQ(settings_.inference.repeat_penalty, 1.1);
  EXPECT_THAT(note("inference_params.repetition_penalty"),
              HasSubstr("taken | inference.repeat_penalty | it has an effect now"));
  EXPECT_THAT(note("inference_params.repeat_penalty"), HasSubstr("refused"));
  EXPECT_THAT(note("inference_params.stop"), HasSubstr("a request may say it"));
  EXPECT_EQ(note("inference_params.temperature"), "refused |  | 9 is not a number from 0 to 5");
  EXPECT_THAT(note("inference_params.max_tokens"), HasSubstr("refused |  | -1 is not"));
  EXPECT_THAT(note("inference_params.top_p"), HasSubstr("it is empty"));
}

TEST_F(ConfigImport, log_levels_are_those_of_llf) {
  for (const auto& [old, now] :
       {std::pair("DEBUG", log::Level::debug), std::pair("INFO", log::Level::info),
        std::pair("warning", log::Level::warn), std::pair("ERROR", log::Level::error),
        std::pair("CRITICAL", log::Level::error)}) {
    read(std::string(R"({"log_level": ")") + old + "\"}");
    EXPECT_EQ(settings_.log.level, now) << old;
  }
  read(R"({"log_level": "LOUD"})");
  EXPECT_THAT(note("log_level"), HasSubstr("refused"));
}

TEST_F(ConfigImport, values_of_wrong_types_are_told_and_left) {
  read(R"({"local_llm_server": {"server_port": "8001", "server_host": 1, "gguf_file": 7,
             "model_dir": [], "llama_server_path": {}, "server_params": 1, "name": 1},
           "llm_endpoint": {"api_base_url": 1, "api_key": {}, "model_name": []},
           "inference_params": {"temperature": "0.7", "top_k": {"env": "HOME"},
                                "max_tokens": {"file": "/etc/passwd"}, "top_p": true},
           "model_dir": 1, "cache_dir": 1, "log_level": 5, "local_llm_servers": "x",
           "unheard": "of"})");
  EXPECT_EQ(settings_text(), "{}");
  EXPECT_EQ(note("local_llm_server.server_port"),
            "refused |  | \"8001\" is not a whole number from 0 to 65535");
  EXPECT_THAT(note("inference_params.top_k"), HasSubstr("an object"));
  EXPECT_THAT(note("unheard"), HasSubstr("knew no such key"));
  read(R"({"local_llm_server": 1, "llm_endpoint": [], "inference_params": "x", "default_llm": 1})");
  EXPECT_EQ(settings_text(), "{}");
  EXPECT_EQ(import_.notes.size(), 4U);
  read(R"({"model_dir": "a\nb", "gguf_file": "a\u0000.gguf", "model_name": ""})");
  EXPECT_EQ(settings_text(), "{}");
}

TEST_F(ConfigImport, an_empty_object_is_nothing) {
  read("{}");
  EXPECT_TRUE(import_.notes.empty());
  EXPECT_EQ(settings_text(), "{}");
  EXPECT_FALSE(is_config("{}"));
}

TEST_F(ConfigImport, what_is_no_json_object_is_told_with_its_place) {
  const auto place = [this](std::string_view text) {
    const auto imported = import_config(text, around_);
    return imported ? "none" : imported.error().message;
  };
  EXPECT_THAT(place("{\n  \"model_dir\": \"models\"\n  \"log_level\": 1}"),
              HasSubstr("line 3, column 3"));
  EXPECT_THAT(place("[]"), HasSubstr("line 1, column 1"));
  EXPECT_THAT(place(""), HasSubstr("line 1, column 1"));
  EXPECT_THAT(place(std::string(limits::kImportedFile.bytes() + 1, ' ')), HasSubstr("at most"));
}

TEST_F(ConfigImport, more_servers_than_can_be_taken_are_told) {
  std::string text = R"({"local_llm_servers": [{})";
  for (std::size_t i = 0; i < limits::kImportedServers; ++i) text += ",{}";
  read(text + "]}");
  EXPECT_EQ(note("local_llm_servers"), "refused |  | the servers after the first 64");
}

TEST_F(ConfigImport, a_file_is_known_by_its_keys) {
  EXPECT_TRUE(is_config(R"({"llm_endpoint": {}})"));
  EXPECT_TRUE(is_config(R"({"log_level": 1})"));
  EXPECT_FALSE(is_config(R"({"system_prompt": ""})"));
  EXPECT_FALSE(is_config(R"({"server": {}, "models": {}})"));
  EXPECT_FALSE(is_config("[]"));
  EXPECT_FALSE(is_config("{"));
}

/// Two files, of which the second is what `note` tells of then.
class MergedImport : public ImportTest {
 protected:
  void read_both(std::string_view first, std::string_view second) {
    read(first);
    auto all = std::move(import_);
    const auto begin = static_cast<std::ptrdiff_t>(all.notes.size());
    read(second);
    merge(all, std::move(import_));
    for (const auto& note : all.notes) {
      EXPECT_NE(note.outcome == Outcome::taken, note.to.empty()) << line(note);
    }
    first_.assign(all.notes.begin(), all.notes.begin() + begin);
    all.notes.erase(all.notes.begin(), all.notes.begin() + begin);
    import_ = std::move(all);
  }

  std::vector<Note> first_;
};

TEST_F(MergedImport, the_first_file_that_gives_a_setting_holds) {
  read_both(R"({"server_port": 1, "server_host": "127.0.0.1", "log_level": "DEBUG"})",
            R"({"server_port": 2, "server_host": "127.0.0.1", "log_level": "INFO",
                "inference_params": {"top_k": 5}})");
  EXPECT_EQ(settings_text(), R"({"server":{"port":1,"host":"127.0.0.1"},)"
                             R"("log":{"level":"debug"},"inference":{"top_k":5}})");
  EXPECT_TRUE(
      std::ranges::all_of(first_, [](const Note& note) { return note.outcome == Outcome::taken; }));
  EXPECT_EQ(note("server_port"), "refused |  | an earlier file says server.port already");
  EXPECT_EQ(note("server_host"), "taken | server.host | ") << "the same value";
  EXPECT_EQ(note("log_level"), "refused |  | an earlier file says log.level already");
  EXPECT_EQ(note("inference_params.top_k"), "taken | inference.top_k | ");
}

TEST_F(MergedImport, a_profile_is_of_one_file) {
  read_both(R"({"local_llm_servers": [{"name": "b", "model_dir": "one", "gguf_file": "x.gguf",
                  "server_params": {"threads": 4}}]})",
            R"({"local_llm_servers": [
                  {"name": "b", "model_dir": "two", "gguf_file": "y.gguf",
                   "server_params": {"mlock": true, "c": 512, "port": 1}},
                  {"name": "b.5", "model_dir": "two", "gguf_file": "z.gguf"},
                  {"name": "bc", "model_dir": "two", "gguf_file": "z.gguf"}],
                "llm_endpoint": {"default_local_server": "bc"}})");
  EXPECT_EQ(settings_text(),
            R"({"profiles":{"b":{"model":"/llf/models/one/x.gguf",)"
            R"("arguments":{"threads":4}},"b.5":{"model":"/llf/models/two/z.gguf"},)"
            R"("bc":{"model":"/llf/models/two/z.gguf"}},)"
            R"("models":{"default":"b"}})");
  for (const auto* key : {"name", "gguf_file", "server_params.mlock", "server_params.c"}) {
    EXPECT_EQ(note(std::string("local_llm_servers[0].") + key),
              "refused |  | an earlier file has another profile 'b'")
        << key;
  }
  EXPECT_THAT(note("local_llm_servers[0].server_params.port"), HasSubstr("meaningless"));
  EXPECT_EQ(note("local_llm_servers[1].name"), "taken | profiles.b.5 | ");
  EXPECT_THAT(note("local_llm_servers[1].gguf_file"), HasSubstr("taken | profiles.b.5.model"));
  EXPECT_EQ(note("local_llm_servers[2].name"), "taken | profiles.bc | ");
  EXPECT_THAT(note("llm_endpoint.default_local_server"), HasSubstr("says models.default already"));
}

TEST_F(MergedImport, the_same_file_twice_is_the_same) {
  constexpr std::string_view kText = R"({"gguf_file": "a.gguf", "server_port": 1,
      "server_params": {"threads": 4}, "inference_params": {"temperature": 0.5}})";
  read(kText);
  const auto once = settings_text();
  read_both(kText, kText);
  EXPECT_EQ(settings_text(), once);
  EXPECT_EQ(import_.notes, first_);
}

TEST_F(MergedImport, of_two_prompts_of_a_name_the_first_stays) {
  const auto from = [](std::string_view name, std::string_view text) {
    return *import_prompt(name, {.prompt = text, .facts = {}}, PromptUse::active);
  };
  auto all = from("a", R"({"system_prompt": "first"})");
  const auto notes = all.notes;
  merge(all, from("a", R"({"system_prompt": "first"})"));
  merge(all, from("b", R"({"system_prompt": "first"})"));
  ASSERT_EQ(all.prompts.size(), 2U);
  EXPECT_EQ(all.notes[2], notes[0]) << "the same is no other one";
  merge(all, from("a", R"({"system_prompt": "second"})"));
  ASSERT_EQ(all.prompts.size(), 2U);
  EXPECT_EQ(all.prompts[0].system, "first");
  EXPECT_EQ(all.notes[0], notes[0]);
  EXPECT_EQ(line(all.notes[6]), "a | refused |  | an earlier file has another prompt template 'a'");
  EXPECT_EQ(line(all.notes[7]), "a | refused |  | an earlier file has another prompt template 'a'");
}

}  // namespace
}  // namespace llf::migration
