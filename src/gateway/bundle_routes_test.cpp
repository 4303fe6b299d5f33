#include "gateway/test_gateway.hpp"
#include "gguf/test_file.hpp"

#include <gmock/gmock.h>

namespace llf::gateway {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class BundleRoutes : public GatewayTest {
 protected:
  /// A model in a folder, and where.
  fs::path put(const std::string& name) const {
    const auto path = folder_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << gguf::small_model().bytes();
    return path;
  }
  Answer export_to(const fs::path& path, const std::string& more = {}) {
    return ask("POST", "/llf/v1/model/export",
               R"({"model":"small","path":")" + path.native() + "\"" + more + "}");
  }
  Answer import_from(const fs::path& path) {
    return ask("POST", "/llf/v1/model/import", R"({"path":")" + path.native() + "\"}");
  }
};

TEST_F(BundleRoutes, import_model_takes_files_by_absolute_paths) {
  const auto imported = import_from(put("from/small.gguf"));
  EXPECT_EQ(imported.status, 200) << imported.body;
  EXPECT_THAT(imported.body, HasSubstr(R"(data: {"files":[{"from":)"));
  EXPECT_TRUE(fs::exists(folder_ / "own/small.gguf"));
  EXPECT_EQ(import_from("relative.gguf").status, 400);
  EXPECT_EQ(import_from("/nowhere/x.gguf").status, 404);
  EXPECT_EQ(ask("POST", "/llf/v1/model/import", "{}").status, 400);
}

TEST_F(BundleRoutes, a_bundle_is_made_and_taken_with_its_texts) {
  const auto model = put("small.gguf");
  const auto bundle = folder_ / "m.llf";
  const auto exported = export_to(bundle, R"(,"texts":{"profiles.json":"{\"a\":{}}"})");
  EXPECT_EQ(exported.status, 200);
  EXPECT_THAT(exported.body, HasSubstr(R"("model":"small")"));
  EXPECT_THAT(exported.body, HasSubstr(R"("name":"profiles.json","size_bytes":8,)"));
  fs::remove(model);
  const auto imported = import_from(bundle);
  EXPECT_EQ(imported.status, 200);
  EXPECT_THAT(imported.body,
              HasSubstr(R"(data: {"text":{"name":"profiles.json","content":"{\"a\":{}}"}})"));
  EXPECT_THAT(imported.body, HasSubstr(R"("model":"small")"));
  EXPECT_THAT(imported.body, HasSubstr(R"("how":"unpacked")"));
  EXPECT_TRUE(fs::exists(model));
}

TEST_F(BundleRoutes, what_goes_wrong_is_told) {
  static_cast<void>(put("small.gguf"));
  const auto bundle = folder_ / "m.llf";
  EXPECT_EQ(export_to("relative").status, 400);
  EXPECT_EQ(export_to(bundle, R"(,"texts":{"a":1})").status, 400);
  EXPECT_EQ(export_to(bundle, R"(,"texts":[])").status, 400);
  EXPECT_EQ(ask("POST", "/llf/v1/model/export", R"({"model":"none","path":"/x"})").status, 404);
  std::ofstream(bundle) << "mine";
  EXPECT_THAT(export_to(bundle).body, HasSubstr(R"("code":"conflict")"));
  EXPECT_THAT(export_to(bundle, R"(,"replace":true)").body, HasSubstr(R"("model":"small")"));
  fs::resize_file(bundle, fs::file_size(bundle) / 2);
  const auto cut = import_from(bundle);
  EXPECT_THAT(cut.body, HasSubstr("cut or damaged"));
}

}  // namespace
}  // namespace llf::gateway
