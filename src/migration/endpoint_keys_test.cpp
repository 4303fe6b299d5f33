#include "migration/endpoint_keys.hpp"

#include <gmock/gmock.h>

namespace llf::migration {
namespace {

using testing::HasSubstr;

Note note_of(const Target& target, std::string_view key) {
  Draft draft;
  EndpointReader reader(draft, target);
  const json::Object members{{key, "sk-secret"}};
  read_key(reader, draft, "llm_endpoint.", *members.begin());
  auto import = std::move(draft).finish();
  return import.notes.size() == 1 ? import.notes.front() : Note{};
}

TEST(EndpointKeys, a_key_is_never_repeated) {
  for (const auto& target : {Target{}, Target{.endpoint = "office"}}) {
    const auto note = note_of(target, "api_key");
    EXPECT_EQ(note.key, "llm_endpoint.api_key");
    EXPECT_THAT(note.why, HasSubstr("*** is not copied"));
    EXPECT_THAT(note.why, testing::Not(HasSubstr("sk-secret")));
  }
}

TEST(EndpointKeys, a_model_name_is_what_it_stood_for) {
  EXPECT_EQ(note_of({.endpoint = "office"}, "model_name").to, "models.default");
  EXPECT_EQ(note_of({.named_profile = "a"}, "model_name").to, "profiles.a.model");
  EXPECT_EQ(note_of({.no_profile = "no file"}, "model_name").outcome, Outcome::refused);
  EXPECT_EQ(note_of({}, "model_name").outcome, Outcome::meaningless);
}

TEST(EndpointKeys, the_default_server_is_the_default_model) {
  EXPECT_EQ(note_of({.default_profile = "a"}, "default_local_server").to, "models.default");
  EXPECT_EQ(note_of({.no_default = "none"}, "default_local_server").why, "none");
}

}  // namespace
}  // namespace llf::migration
