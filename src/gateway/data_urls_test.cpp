#include "gateway/data_urls.hpp"

#include <gtest/gtest.h>

#include <string>

namespace llf::gateway {
namespace {

bool found_in(const std::string& body, std::string_view required = "messages") {
  DataUrls urls(required);
  EXPECT_TRUE(json::skim(body, [&](const json::Token& token) { urls.take(token); })) << body;
  return urls.found();
}

std::string part(std::string_view members) {
  return R"({"messages":[{"role":"user","content":[{)" + std::string(members) + "}]}]}";
}

TEST(DataUrls, SEC34_an_image_by_url_is_found_and_inline_data_is_not) {
  EXPECT_TRUE(found_in(part(R"("type":"image_url","image_url":{"url":"http://127.0.0.1/x.png"})")));
  EXPECT_TRUE(found_in(part(R"("image_url":"file:///etc/passwd")")));
  EXPECT_FALSE(found_in(part(R"("image_url":{"url":"data:image/png;base64,AA=="})")));
}

TEST(DataUrls, SEC34_so_is_sound_and_any_other_kind_of_data) {
  EXPECT_TRUE(found_in(part(R"("input_audio":{"url":"http://x/a.wav"})")));
  EXPECT_TRUE(found_in(part(R"("input_audio":{"data":"https://x/a.wav","format":"wav"})")));
  EXPECT_TRUE(found_in(part(R"("video_url":{"url":"ftp://x"})")));
  EXPECT_FALSE(found_in(part(R"("input_audio":{"data":"UklGRg==","format":"wav"})")));
}

TEST(DataUrls, a_url_in_a_text_is_a_text) {
  EXPECT_FALSE(found_in(part(R"("type":"text","text":"what is on http://x/ ?")")));
  EXPECT_FALSE(found_in(R"({"messages":[{"role":"user","content":"see http://x/"}]})"));
  EXPECT_FALSE(found_in(R"({"tools":[{"x":[{"image_url":"http://x/"}]}]})"));
}

TEST(DataUrls, SEC34_where_an_api_has_texts_there_are_no_objects) {
  EXPECT_TRUE(found_in(R"({"prompt":{"prompt_string":"a","multimodal_data":["x"]}})", "prompt"));
  EXPECT_TRUE(found_in(R"({"input":[{"content":[{"type":"image_url"}]}]})", "input"));
  EXPECT_FALSE(found_in(R"({"input":["a",[1,2]]})", "input"));
  EXPECT_FALSE(found_in(R"({"prompt":"http://x/"})", "prompt"));
  EXPECT_FALSE(found_in(R"({"input":{"x":1},"messages":[]})")) << "a field of another API";
}

}  // namespace
}  // namespace llf::gateway
