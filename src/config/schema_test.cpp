#include "config/schema.hpp"

#include "config/declarations.hpp"

#include <gtest/gtest.h>

namespace llf::config {
namespace {

const json::Value& at(const json::Value& value, std::string_view path) {
  boost::system::error_code error;
  const auto* found = value.find_pointer(path, error);
  EXPECT_NE(found, nullptr) << path;
  static const json::Value kNone;
  return found == nullptr ? kNone : *found;
}

TEST(Schema, has_every_setting_with_its_help_default_and_range) {
  const json::Value schema = settings_schema();
  for (const auto& one : declarations()) {
    const auto path = fmt::format("/properties/{}/properties/{}", one.section(), one.key());
    EXPECT_EQ(at(schema, path + "/description"), json::Value(one.help));
    at(schema, path + "/default");
  }
  EXPECT_EQ(at(schema, "/properties/server/properties/port/anyOf/0/maximum"), 65535);
  EXPECT_EQ(at(schema, "/properties/server/additionalProperties"), false);
  EXPECT_EQ(at(schema, "/properties/server/properties/port/x-llf-effect"), "restart");
  EXPECT_EQ(at(schema, "/properties/profiles/additionalProperties/required/0"), "model");
}

TEST(Schema, shows_no_secret_and_takes_references) {
  const json::Value schema = settings_schema();
  EXPECT_EQ(at(schema, "/properties/server/properties/api_key/default"), "");
  EXPECT_EQ(at(schema, "/properties/server/properties/api_key/anyOf/1/$ref"), "#/$defs/reference");
}

}  // namespace
}  // namespace llf::config
