#include "cli/render_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

json::Object object(std::string_view text) {
  return json::parse(text).value().get_object();
}

TEST(RenderModel, tells_what_is_known_and_leaves_the_rest_out) {
  const auto sheet = render_model(object(R"({
    "id": "o/r:Q4_K_M", "size_bytes": 2500000000, "parameters": 4020000000, "context": 40960,
    "files": ["/m/a.gguf", "/m/b.gguf"], "title": null, "kv_bytes_per_token": 147456,
    "abilities": {"tools": true, "vision": true, "audio": false}, "tokenizer": "gpt2",
    "vocabulary": 151936,
    "chat_template": {"sha256": "abc", "text": "x", "warnings": ["it has a loop"]}})"));
  EXPECT_EQ(sheet,
            "name          o/r:Q4_K_M\n"
            "size          2.5 GB in 2 files\n"
            "parameters    4.02 B\n"
            "context       40960 tokens\n"
            "context cost  147.5 kB a token\n"
            "tokenizer     gpt2, 151936 tokens\n"
            "abilities     tools, images\n"
            "template      sha256 abc\n"
            "              look at it: it has a loop\n"
            "file          /m/a.gguf\n"
            "file          /m/b.gguf\n");
}

TEST(RenderModel, makes_what_files_say_safe) {
  const auto sheet = render_model(object(R"({"id": "a", "title": "\u001b[2Jx\ny"})"));
  EXPECT_THAT(sheet, Not(HasSubstr("\x1b")));
  EXPECT_THAT(sheet, HasSubstr("title         x"));
  EXPECT_THAT(sheet, HasSubstr("template      none"));
  const auto model = object(R"({"chat_template": {"text": "a\u001b[2J\nb"}})");
  EXPECT_EQ(chat_template_of(model, TemplateLook::safe), "a\nb\n");
  EXPECT_EQ(chat_template_of(model, TemplateLook::raw), "a\x1b[2J\nb");
  EXPECT_EQ(chat_template_of(object("{}"), TemplateLook::safe), "");
}

TEST(RenderModel, lists_files_and_places) {
  EXPECT_EQ(render_files(object(R"({"files": ["/a", "/b"], "projector": "/p"})")), "/a\n/b\n/p\n");
  const auto places = render_places(object(R"({
    "places": [{"path": "/m", "source": "folder"}, {"path": "/m2", "source": "ollama"}],
    "models": [{"path": "/m/x/a.gguf", "source": "folder"},
               {"path": "/m/x/a.gguf", "source": "profile"}]})"));
  EXPECT_THAT(places, HasSubstr("/m     folder       1"));
  EXPECT_THAT(places, HasSubstr("/m2    ollama       0"));
}

}  // namespace
}  // namespace llf::cli
