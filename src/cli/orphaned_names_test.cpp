#include "cli/orphaned_names.hpp"

#include "cli/test_command.hpp"
#include "os/atomic_file.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

namespace llf::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kSettings = R"({"models":{"default":"fast"},"profiles":{
    "fast":{"model":"o/r:Q4_0"},"coder":{"model":"r","context":4096},"other":{"model":"b"}}})";

/// Through `llf model remove`, after which the daemon lists other models than before.
class OrphanedNamesTest : public CommandTest {
 protected:
  OrphanedNamesTest() {
    EXPECT_TRUE(os::ensure_dir(paths_.settings_file().parent_path()));
    EXPECT_TRUE(os::write_file_atomically(paths_.settings_file(), kSettings));
    answer("/llf/v1/model", R"({"id":"o/r:Q4_0"})");
    answer("/llf/v1/settings/compare", kNoChange);
    answer("/llf/v1/settings/reload", kNoChange);
    answer("/llf/v1/models",
           R"({"models":[{"id":"coder","path":"/m","size_bytes":1,"source":"profile"},
               {"id":"fast","path":"/m","size_bytes":1,"source":"profile"},
               {"id":"o/r:Q4_0","path":"/m","size_bytes":1,"source":"folder"},
               {"id":"other","path":"/b","size_bytes":1,"source":"profile"}]})");
    answer_with("/llf/v1/model/remove", [this](net::Request& request, net::Responder& responder) {
      if (request.body.contains("false")) answer("/llf/v1/models", after_);
      return reply(responder);
    });
  }
  static Task<void> reply(net::Responder& responder) {
    static_cast<void>(co_await responder.send(
        {.status = 200,
         .headers = {},
         .body = R"({"model":"o/r:Q4_0","freed_bytes":1,"files":["/m"],"kept":[]})"}));
  }
  [[nodiscard]] std::string settings() const {
    std::ifstream file(paths_.settings_file());
    return {std::istreambuf_iterator<char>(file), {}};
  }

  static constexpr std::string_view kNoChange =
      R"({"changes":[],"workers":[],"ending":[],"restart":[],"error":null})";
  std::string after_ =
      R"({"models":[{"id":"other","path":"/b","size_bytes":1,"source":"profile"}]})";
};

TEST_F(OrphanedNamesTest, aliases_and_the_default_go_with_their_model) {
  EXPECT_EQ(run({"model", "remove", "r", "--yes"}), 0) << err();
  EXPECT_THAT(err(), HasSubstr("its alias 'fast' is gone with it"));
  EXPECT_THAT(err(), HasSubstr("llf config set profiles.coder.model NAME"));
  EXPECT_THAT(err(), HasSubstr("the built-in model is that again"));
  EXPECT_THAT(settings(), Not(HasSubstr("fast")));
  EXPECT_THAT(settings(), HasSubstr("coder"));
  EXPECT_THAT(settings(), HasSubstr("other"));
}

TEST_F(OrphanedNamesTest, what_another_file_of_the_name_serves_stays) {
  after_ = R"({"models":[{"id":"fast","path":"/c","size_bytes":1,"source":"profile"},
               {"id":"coder","path":"/c","size_bytes":1,"source":"profile"},
               {"id":"o/r:Q4_0","path":"/c","size_bytes":1,"source":"ollama"}]})";
  EXPECT_EQ(run({"model", "remove", "r", "--yes"}), 0) << err();
  EXPECT_EQ(err(), "");
  EXPECT_EQ(settings(), kSettings);
}

TEST_F(OrphanedNamesTest, a_default_of_another_model_stays) {
  constexpr std::string_view kOther = R"({"models":{"default":"o"}})";
  answer("/llf/v1/model", R"({"id":"o"})");
  EXPECT_TRUE(os::write_file_atomically(paths_.settings_file(), kOther));
  EXPECT_EQ(run({"model", "remove", "r", "--yes"}), 0) << err();
  EXPECT_EQ(settings(), kOther);
}

TEST_F(OrphanedNamesTest, settings_that_cannot_be_read_are_no_reason_to_keep_a_model) {
  EXPECT_TRUE(os::write_file_atomically(paths_.settings_file(), R"({"nonsense":1})"));
  EXPECT_EQ(run({"model", "remove", "r", "--yes"}), 0) << err();
  EXPECT_THAT(err(), HasSubstr("stay in the settings"));
}

TEST_F(OrphanedNamesTest, an_alias_or_profile_is_not_the_model) {
  EXPECT_EQ(run({"model", "remove", "fast", "--yes"}), 2);
  EXPECT_THAT(err(), HasSubstr("an alias of o/r:Q4_0"));
  EXPECT_THAT(err(), HasSubstr("llf model alias --remove fast"));
  EXPECT_EQ(run({"model", "remove", "coder", "--yes"}), 2);
  EXPECT_THAT(err(), HasSubstr("'coder' is a profile"));
  EXPECT_EQ(settings(), kSettings);
}

TEST_F(OrphanedNamesTest, a_dry_run_changes_nothing) {
  EXPECT_EQ(run({"model", "remove", "r", "--dry-run"}), 0) << err();
  EXPECT_EQ(settings(), kSettings);
}

}  // namespace
}  // namespace llf::cli
