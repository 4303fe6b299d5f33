#include "migration/draft.hpp"

#include "base/limits.hpp"

#include <gmock/gmock.h>

namespace llf::migration {
namespace {

using testing::HasSubstr;

TEST(Draft, a_value_is_taken_to_its_place) {
  Draft draft;
  draft.take({.key = "p", .profile = "", .setting = "server.port", .value = 1});
  ASSERT_TRUE(draft.add_profile("x", "/m.gguf"));
  draft.take({.key = "c", .profile = "x", .setting = "context", .value = 4096, .why = "so"});
  draft.take_argument({.key = "a", .profile = "x", .setting = "threads", .value = 4});
  const auto import = std::move(draft).finish();
  EXPECT_EQ(json::write(import.settings),
            R"({"server":{"port":1},"profiles":{"x":{"model":"/m.gguf","context":4096,)"
            R"("arguments":{"threads":4}}}})");
  EXPECT_EQ(import.notes,
            (std::vector<Note>{{"p", Outcome::taken, "server.port", ""},
                               {"c", Outcome::taken, "profiles.x.context", "so"},
                               {"a", Outcome::taken, "profiles.x.arguments.threads", ""}}));
}

TEST(Draft, what_cannot_be_a_value_leaves_no_trace) {
  Draft draft;
  draft.take({.key = "p", .profile = "", .setting = "server.port", .value = 70000});
  draft.take({.key = "p", .profile = "", .setting = "engine.path", .value = "relative"});
  draft.take({.key = "p", .profile = "", .setting = "server.host", .value = "a\nb"});
  draft.take({.key = "p",
              .profile = "",
              .setting = "server.host",
              .value = json::Object{{"file", "/etc/passwd"}}});
  EXPECT_FALSE(draft.add_profile("x", "a\nb"));
  const auto import = std::move(draft).finish();
  EXPECT_TRUE(import.settings.empty());
  for (const auto& note : import.notes) EXPECT_EQ(note.outcome, Outcome::refused) << note.why;
}

TEST(Draft, the_first_of_two_values_stays) {
  Draft draft;
  draft.take({.key = "a", .profile = "", .setting = "server.port", .value = 1});
  draft.take({.key = "b", .profile = "", .setting = "server.port", .value = 2});
  draft.take({.key = "c", .profile = "", .setting = "server.port", .value = 1});
  EXPECT_TRUE(draft.add_profile("x", "/m.gguf"));
  EXPECT_FALSE(draft.add_profile("x", "/n.gguf"));
  const auto import = std::move(draft).finish();
  EXPECT_EQ(import.settings.at("server").at("port"), 1);
  EXPECT_THAT(import.notes.at(1).why, HasSubstr("another key says server.port already"));
  EXPECT_EQ(import.notes.at(2).outcome, Outcome::taken);
}

TEST(Draft, long_names_and_reasons_are_cut) {
  Draft draft;
  draft.skip(std::string(1000, 'k'), Outcome::refused, std::string(1000, 'w'));
  const auto import = std::move(draft).finish();
  EXPECT_EQ(import.notes.front().key.size(), limits::kImportedName);
  EXPECT_EQ(import.notes.front().why.size(), limits::kImportedReason);
}

}  // namespace
}  // namespace llf::migration
