#include "migration/arguments.hpp"

#include "base/limits.hpp"
#include "migration/test_import.hpp"

#include <gmock/gmock.h>

namespace llf::migration {
namespace {

using testing::HasSubstr;
using testing::Not;

class ArgumentsImport : public ImportTest {
 protected:
  void read_parameters(std::string_view parameters) {
    read(R"({"local_llm_server": {"server_params": )" + std::string(parameters) +
         R"(, "gguf_file": "a.gguf"}})");
    profile_ = settings_.profiles.at("a");
  }
  [[nodiscard]] std::string note_of(std::string_view flag) const {
    return note("local_llm_server.server_params." + std::string(flag));
  }

  config::Profile profile_;
};

TEST_F(ArgumentsImport, W9_every_type_has_its_meaning) {
  read_parameters(R"({"no-mmap": true, "mlock": false, "jinja": null, "verbose-prompt": "",
                      "threads": 8, "temp": 0.5, "cache-type-k": "q8_0", "lora": ["/a", "/b"],
                      "flash-attn": true, "fa": false})");
  EXPECT_EQ(json::write(profile_.arguments),
            R"({"no-mmap":true,"jinja":true,"verbose-prompt":true,"threads":8,"temp":0.5,)"
            R"("cache-type-k":"q8_0","lora":["/a","/b"],"flash-attn":"on","fa":"off"})");
  EXPECT_EQ(note_of("threads"), "taken | profiles.a.arguments.threads | ");
  EXPECT_THAT(note_of("mlock"), HasSubstr("meaningless |  | false"));
  EXPECT_THAT(note_of("flash-attn"), HasSubstr("on, off or auto"));
}

TEST_F(ArgumentsImport, the_context_is_that_of_one_conversation) {
  read_parameters(R"({"ctx-size": 8192, "parallel": 4})");
  EXPECT_EQ(profile_.context, 2048);
  EXPECT_EQ(profile_.slots, 4);
  EXPECT_THAT(note_of("ctx-size"), HasSubstr("divided by 'parallel'"));
  read_parameters(R"({"c": "4096", "np": "2"})");
  EXPECT_EQ(profile_.context, 2048);
  EXPECT_EQ(profile_.slots, 2);
  read_parameters(R"({"c": 4096})");
  EXPECT_EQ(profile_.context, 4096);
  EXPECT_EQ(note_of("c"), "taken | profiles.a.context | ");
}

TEST_F(ArgumentsImport, impossible_numbers_are_told) {
  read_parameters(R"({"ctx-size": 0, "parallel": -1})");
  EXPECT_FALSE(profile_.context || profile_.slots);
  EXPECT_THAT(note_of("ctx-size"), HasSubstr("meaningless"));
  EXPECT_THAT(note_of("parallel"), HasSubstr("refused |  | -1 is not"));
  read_parameters(R"({"ctx-size": "big", "c": 100, "parallel": 99999999999})");
  EXPECT_FALSE(profile_.context || profile_.slots);
  EXPECT_THAT(note_of("ctx-size"), HasSubstr("refused |  | \"big\" is not a whole number"));
  EXPECT_THAT(note_of("c"), HasSubstr("refused"));
}

TEST_F(ArgumentsImport, what_llf_sets_itself_is_left_out) {
  read_parameters(R"({"host": "0.0.0.0", "port": 1, "model": "/m", "alias": "x",
                      "api-key": "sk-1", "hf-token": "hf_2", "hf_token": "hf_3"})");
  EXPECT_TRUE(profile_.arguments.empty());
  EXPECT_THAT(note_of("host"), HasSubstr("meaningless"));
  EXPECT_THAT(note_of("api-key"), HasSubstr("refused |  | llf sets --api-key itself"));
  for (const auto& one : import_.notes) {
    EXPECT_THAT(line(one), Not(testing::AnyOf(HasSubstr("sk-1"), HasSubstr("hf_2"))));
  }
}

TEST_F(ArgumentsImport, names_are_those_of_llama_server) {
  read_parameters(R"({"--batch_size": 512, "-t": 4, "_note": "x", "Threads": 4, "": 1, "--": 1,
                      "batch-size": 1, "a b": 1})");
  EXPECT_EQ(json::write(profile_.arguments), R"({"batch-size":512,"t":4})");
  EXPECT_THAT(note_of("Threads"), HasSubstr("refused"));
  EXPECT_THAT(note_of("batch-size"), HasSubstr("another key says"));
}

TEST_F(ArgumentsImport, values_that_are_no_words_are_told) {
  read_parameters(R"({"a1": {"env": "HOME"}, "b1": [[1]], "c1": "x\ny"})");
  EXPECT_TRUE(profile_.arguments.empty());
  EXPECT_THAT(note_of("a1"), HasSubstr("refused"));
  EXPECT_THAT(note_of("c1"), HasSubstr("control characters"));
}

TEST_F(ArgumentsImport, there_is_an_end_of_them) {
  std::string parameters = R"({"x0": 1)";
  for (std::size_t i = 1; i <= limits::kMostArguments; ++i) {
    parameters += ",\"x" + std::to_string(i) + "\": 1";
  }
  read_parameters(parameters + "}");
  EXPECT_EQ(profile_.arguments.size(), limits::kMostArguments);
  EXPECT_THAT(note_of("x200"), HasSubstr("more than 200"));
}

}  // namespace
}  // namespace llf::migration
