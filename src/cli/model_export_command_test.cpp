#include "cli/model_export_command.hpp"

#include "cli/test_command.hpp"

#include <gmock/gmock.h>

namespace llf::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class ModelExport : public CommandTest {
 protected:
  ModelExport() {
    answer_with("/llf/v1/model/export", [](net::Request&, net::Responder& responder) {
      return client::write_events(
          responder,
          {"data: {\"done_bytes\":1,\"size_bytes\":2}\n\n",
           "data: "
           "{\"path\":\"/m.llf\",\"model\":\"m\",\"size_bytes\":2000000,\"files\":[1,2]}\n\n"},
          client::StreamEnd::regular);
    });
    answer("/llf/v1/model", R"({"id":"m","files":["/hub/m"]})");
    answer("/llf/v1/models",
           R"({"models":[{"id":"coder","path":"/hub/m"},{"id":"m","path":"/hub/m"},)"
           R"({"id":"other","path":"/hub/o"}]})");
  }
  [[nodiscard]] std::string asked() const { return body_of("/llf/v1/model/export"); }
};

TEST_F(ModelExport, names_the_model_and_the_whole_path) {
  EXPECT_EQ(run({"model", "export", "m", "/x/../m.llf"}), 0) << err();
  EXPECT_EQ(out(), "/m.llf  (2.0 MB of m, 2 files)\n");
  EXPECT_EQ(asked(), R"({"model":"m","path":"/m.llf","replace":false,"texts":{}})");
  EXPECT_EQ(run({"model", "export", "m", "/m.llf", "--replace", "--json"}), 0);
  EXPECT_THAT(asked(), HasSubstr(R"("replace":true)"));
  EXPECT_THAT(out(), HasSubstr(R"("path": "/m.llf")"));
  EXPECT_EQ(run({"model", "export", "m"}), 2);
  EXPECT_EQ(run({"model", "export", "m", "-"}), 2);
  EXPECT_THAT(err(), HasSubstr("not to the standard output"));
}

TEST_F(ModelExport, profiles_of_the_model_go_with_it) {
  ASSERT_EQ(run({"config", "set", "profiles.coder.model", "m"}), 0) << err();
  ASSERT_EQ(run({"config", "set", "profiles.coder.context", "4096"}), 0) << err();
  ASSERT_EQ(run({"config", "set", "profiles.other.model", "o"}), 0) << err();
  EXPECT_EQ(run({"model", "export", "m", "/m.llf"}), 0) << err();
  EXPECT_THAT(asked(), HasSubstr(R"(coder)"));
  EXPECT_THAT(asked(), HasSubstr(R"(4096)"));
  EXPECT_THAT(asked(), Not(HasSubstr("other")));
  EXPECT_EQ(run({"model", "export", "other", "/m.llf"}), 0) << err();
  EXPECT_THAT(asked(), HasSubstr(R"("model":"other")"));
  EXPECT_THAT(asked(), Not(HasSubstr("coder")));
}

}  // namespace
}  // namespace llf::cli
