#include "gateway/download_json.hpp"

#include "base/limits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::gateway {
namespace {

using testing::HasSubstr;

json::Object object(std::string_view text) {
  return json::parse(text).value().get_object();
}

/// As llfd finds it that was started with an HF_ENDPOINT.
HubOf started_with(std::string endpoint) {
  return [endpoint = std::move(endpoint)](const std::optional<Url>& named) {
    return hub::find_endpoint(
        [&](std::string_view name) -> std::optional<std::string> {
          if (name == "HF_ENDPOINT") return endpoint;
          return name == "HF_TOKEN" ? std::optional<std::string>("ours") : std::nullopt;
        },
        named);
  };
}

HubOf ours() {
  return started_with("https://hub.example");
}

TEST(DownloadJson, reads_what_is_asked_for) {
  const auto request = read_download_request(
      object(R"({"model":"o/r","mirrors":["https://a.example"],"sha256":)"
             R"("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"})"),
      ours());
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->model, "o/r");
  EXPECT_EQ(request->endpoint.token, "ours");
  EXPECT_EQ(request->mirrors.size(), 1U);
  EXPECT_EQ(request->sha256, store::sha256("abc"));
  json::Array mirrors(limits::kMirrors, "https://a.example");
  EXPECT_TRUE(read_download_request({{"model", "o/r"}, {"mirrors", mirrors}}, ours()));
  mirrors.push_back("https://a.example");
  EXPECT_FALSE(read_download_request({{"model", "o/r"}, {"mirrors", mirrors}}, ours()));
  for (const auto* wrong :
       {"{}", R"({"model":1})", R"({"model":"m","sha256":"AB"})", R"({"model":"m","mirrors":"x"})",
        R"({"model":"m","mirrors":[1]})", R"({"model":"m","mirrors":["x"]})",
        R"({"model":"m","endpoint":"x"})", R"({"model":"m","token":7})"}) {
    EXPECT_FALSE(read_download_request(object(wrong), ours())) << wrong;
  }
}

// SEC-33
TEST(DownloadJson, our_token_goes_to_no_endpoint_of_a_body) {
  EXPECT_EQ(read_endpoint(object(R"({"endpoint":"https://evil.example"})"), ours())->token, "");
  EXPECT_EQ(read_endpoint(object(R"({"endpoint":"http://hub.example"})"), ours())->token, "");
  EXPECT_EQ(read_endpoint(object(R"({"endpoint":"https://hub.example/"})"), ours())->token, "ours");
  EXPECT_EQ(read_endpoint(object(R"({"endpoint":"https://a.example","token":"t"})"), ours())->token,
            "t");
}

TEST(DownloadJson, a_bad_hub_of_ours_is_of_no_matter_where_a_body_names_one) {
  const auto bad = started_with("no URL");
  const auto named = read_endpoint(object(R"({"endpoint":"https://a.example","token":"t"})"), bad);
  ASSERT_TRUE(named) << named.error().message;
  EXPECT_EQ(named->url, *Url::parse("https://a.example"));
  EXPECT_EQ(named->token, "t");
  EXPECT_EQ(read_endpoint(object(R"({"endpoint":"https://a.example"})"), bad)->token, "");
  EXPECT_THAT(read_endpoint({}, bad).error().message, HasSubstr("which llfd was started with"));
}

TEST(DownloadJson, tells_a_download) {
  hub::DownloadStatus status{.model = "m", .state = hub::DownloadStatus::State::running};
  status.progress = {.done = 400, .size = 1000, .verified = 300, .connections = 4};
  status.rate = 100;
  const auto told = json::write(download_json(status));
  EXPECT_EQ(told,
            R"({"model":"m","state":"running","done_bytes":400,"size_bytes":1000,)"
            R"("verified_bytes":300,"bytes_per_s":100,"left_s":6,"connections":4,"trouble":null,)"
            R"("note":null,"error":null})");
}

TEST(DownloadJson, tells_a_plan) {
  const hub::DownloadPlan plan{
      .model = "m",
      .files = {{.path = "m.gguf", .size = ByteSize(5), .place = "/p", .present = true}}};
  const auto told = json::write(plan_json(plan));
  EXPECT_THAT(told, HasSubstr(R"("size_bytes":5,"missing_bytes":0,"notice":null,"shortage":null)"));
  EXPECT_THAT(told, HasSubstr(R"({"path":"m.gguf","size_bytes":5,"sha256":null,"present":true})"));
}

}  // namespace
}  // namespace llf::gateway
