#include "hub/model_catalog.hpp"

#include <gtest/gtest.h>

#include <string>

namespace llf::hub {
namespace {

const std::string kEntry =
    R"({"name":"q:1b","repository":"o/r","title":"Q","about":"small","uses":["chat"],)"
    R"("license":"mit","parameters":1000,"context":4096,"layers":2,"kv_heads":3,"head_size":4,)"
    R"("quantisations":[{"name":"Q4_K_M","bytes":600}],"rank":5})";

TEST(ModelCatalog, is_read) {
  const auto catalog = parse_catalog(R"({"models":[)" + kEntry + "]}");
  ASSERT_TRUE(catalog) << catalog.error().message;
  ASSERT_EQ(catalog->size(), 1U);
  const auto* model = find_model(*catalog, "Q:1B");
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(model->active_parameters, 1000U);
  EXPECT_EQ(model->kv_per_token, 2U * 2 * 2 * 3 * 4);
  EXPECT_EQ(model->quantisations.front().size, ByteSize(600));
  EXPECT_EQ(find_model(*catalog, "q"), nullptr);
}

TEST(ModelCatalog, what_is_not_as_it_should_be_is_told) {
  auto no_name = kEntry;
  no_name.replace(no_name.find("name"), 4, "nome");
  auto bad_repository = kEntry;
  bad_repository.replace(bad_repository.find("o/r"), 3, "../");
  for (const auto& wrong :
       {std::string("{"), std::string("[]"), std::string("{}"), R"({"models":[1]})" + std::string(),
        R"({"models":[)" + no_name + "]}", R"({"models":[)" + bad_repository + "]}"}) {
    const auto catalog = parse_catalog(wrong);
    ASSERT_FALSE(catalog) << wrong;
    EXPECT_EQ(catalog.error().kind, ErrorKind::corrupt);
  }
  EXPECT_EQ(read_catalog("/nowhere").error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace llf::hub
