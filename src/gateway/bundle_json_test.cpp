#include "gateway/bundle_json.hpp"

#include <gtest/gtest.h>

namespace llf::gateway {
namespace {

Expected<ExportRequest> read_request(std::string_view text) {
  return read_export_request(json::parse(text)->get_object());
}

TEST(BundleJson, a_request_is_read) {
  const auto request =
      read_request(R"({"model":"m","path":"/x","replace":true,"texts":{"a.json":"{}"}})");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->model, "m");
  EXPECT_EQ(request->existing, store::BundleOrder::Existing::replace);
  ASSERT_EQ(request->texts.size(), 1U);
  EXPECT_EQ(request->texts.front().content, "{}");
  EXPECT_EQ(read_request(R"({"path":"/x"})")->existing, store::BundleOrder::Existing::refuse);
}

TEST(BundleJson, a_wrong_request_is_refused) {
  for (const auto* text : {"{}", R"({"path":1})", R"({"path":"x"})", R"({"path":"/x","replace":1})",
                           R"({"path":"/x","texts":1})", R"({"path":"/x","texts":{"a":{}}})",
                           R"({"path":"/x","model":1})"}) {
    const auto request = read_request(text);
    ASSERT_FALSE(request) << text;
    EXPECT_EQ(request.error().kind, ErrorKind::invalid) << text;
  }
}

TEST(BundleJson, what_was_exported_and_imported) {
  const auto digest = store::sha256("");
  const auto exported = exported_json(
      {.model = "m",
       .repository = "o/r",
       .commit = {},
       .files = {{.name = "model/m.gguf", .path = "m.gguf", .size = 3, .sha256 = digest}}},
      "/x");
  EXPECT_EQ(json::write(exported),
            R"({"path":"/x","model":"m","repository":"o/r","commit":null,"size_bytes":3,)"
            R"("files":[{"name":"model/m.gguf","size_bytes":3,"sha256":")" +
                digest.hex() + R"("}]})");
  EXPECT_EQ(json::write(imported_json({{.from = "/a", .to = "/b", .how = "copy"}})),
            R"([{"from":"/a","to":"/b","how":"copy"}])");
}

}  // namespace
}  // namespace llf::gateway
