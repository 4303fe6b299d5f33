#include "migration/server.hpp"

#include "base/limits.hpp"
#include "migration/test_import.hpp"

#include <gmock/gmock.h>

namespace llf::migration {
namespace {

using testing::HasSubstr;

using ServerImport = ImportTest;

TEST_F(ServerImport, profile_names_are_made_of_any_text) {
  EXPECT_EQ(as_profile_name("fast"), "fast");
  EXPECT_EQ(as_profile_name(" my  big/one "), "my-big-one-");
  EXPECT_EQ(as_profile_name("_$x"), "x");
  EXPECT_EQ(as_profile_name("größe"), "größe");
  EXPECT_EQ(as_profile_name(" / "), "");
  EXPECT_EQ(as_profile_name("\n\x7f"), "");
  EXPECT_LE(as_profile_name(std::string(300, 'a') + "ö").size(), limits::kProfileName);
}

TEST_F(ServerImport, only_loopback_is_taken) {
  const auto host_of = [this](std::string_view host) {
    read(R"({"local_llm_server": {"server_host": ")" + std::string(host) + "\"}}");
    return settings_.server.host;
  };
  EXPECT_EQ(host_of("localhost"), "127.0.0.1");
  EXPECT_EQ(host_of("::1"), "::1");
  EXPECT_EQ(host_of("127.0.0.3"), "127.0.0.3");
  for (const auto* host : {"0.0.0.0", "192.168.0.1", "::", "example.org"}) {
    EXPECT_EQ(host_of(host), "127.0.0.1");
    EXPECT_FALSE(import_.settings.contains("server")) << host;
    EXPECT_THAT(note("local_llm_server.server_host"), HasSubstr("refused |  | other machines"));
  }
}

TEST_F(ServerImport, an_engine_that_is_not_there_is_not_taken) {
  read(R"({"local_llm_server": {"llama_server_path": "../llama.cpp/llama-server"}})");
  EXPECT_THAT(note("local_llm_server.llama_server_path"),
              HasSubstr("meaningless |  | there is no such file"));
  files_ = {"/opt/llama-server"};
  read(R"({"local_llm_server": {"llama_server_path": "/opt/llama-server"}})");
  EXPECT_EQ(settings_.engine.path, "/opt/llama-server");
}

TEST_F(ServerImport, a_model_is_found_in_either_folder) {
  const auto* const text = R"({"model_dir": "/big", "local_llm_server": {"model_dir": "m",
                              "gguf_file": "a.gguf"}})";
  read(text);
  EXPECT_EQ(settings_.profiles.at("a").model, "/llf/models/m/a.gguf");
  EXPECT_THAT(note("local_llm_server.gguf_file"), HasSubstr("there is no such file now"));
  files_ = {"/big/m/a.gguf"};
  read(text);
  EXPECT_EQ(settings_.profiles.at("a").model, "/big/m/a.gguf");
  EXPECT_EQ(settings_.models.folder, "/big");
}

TEST_F(ServerImport, W30_what_is_no_gguf_has_no_profile) {
  read(R"({"local_llm_server": {"model_dir": "hf", "server_params": {"c": 1}},
           "llm_endpoint": {"model_name": "org/safetensors"}})");
  for (const auto* key : {"local_llm_server.model_dir", "local_llm_server.server_params"}) {
    EXPECT_THAT(note(key), HasSubstr("refused |  | no gguf_file")) << key;
  }
  read(R"({"local_llm_server": {}, "llm_endpoint": {"model_name": "org/safetensors"}})");
  EXPECT_THAT(note("llm_endpoint.model_name"), HasSubstr(".gguf files only"));
  read(R"({"local_llm_server": {"gguf_file": "a.bin"}})");
  EXPECT_THAT(note("local_llm_server.gguf_file"), HasSubstr("does not end in .gguf"));
  read(R"({"local_llm_servers": [{"name": "/", "gguf_file": "a.gguf"}]})");
  EXPECT_THAT(note("local_llm_servers[0].name"), HasSubstr("no name for a profile"));
  EXPECT_EQ(settings_text(), "{}");
}

TEST_F(ServerImport, the_last_server_that_was_emptied_is_nothing) {
  read(R"({"local_llm_servers": [{"name": "default", "llama_server_path": "x", "model_dir": null,
           "gguf_file": "", "server_port": 8000}]})");
  EXPECT_EQ(settings_text(), R"({"server":{"port":8000}})");
  EXPECT_THAT(note("local_llm_servers[0].model_dir"), HasSubstr("it is empty"));
}

}  // namespace
}  // namespace llf::migration
