#include "cli/endpoint_command.hpp"

#include "cli/test_command.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

namespace llf::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class EndpointCommand : public CommandTest {
 protected:
  EndpointCommand() {
    answer("/llf/v1/settings/compare",
           R"({"changes":[],"workers":[],"ending":[],"restart":[],"error":null})");
    answer("/llf/v1/settings/reload",
           R"({"changes":[],"workers":[],"ending":[],"restart":[],"error":null})");
  }
  [[nodiscard]] std::string settings() const {
    std::ifstream file(paths_.settings_file());
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_F(EndpointCommand, each_is_listed_with_its_models_and_its_trouble) {
  answer("/llf/v1/endpoints",
         R"({"endpoints":[{"name":"office","url":"http://h/v1","state":"good","pause_s":null,)"
         R"("active":1,"models":["a","b"],"error":null},{"name":"old","url":"http://o/v1",)"
         R"("state":"paused","pause_s":7,"active":0,"models":[],"error":"refused"}]})");
  EXPECT_EQ(run({"endpoint", "list"}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("office  http://h/v1  ready"));
  EXPECT_THAT(out(), HasSubstr("a, b"));
  EXPECT_THAT(out(), HasSubstr("left alone for 7 s"));
  EXPECT_THAT(out(), HasSubstr("old: refused\n"));
}

TEST_F(EndpointCommand, one_is_added_and_taken_out) {
  EXPECT_EQ(run({"endpoint", "add", "office", "http://h:8000/v1", "--key-env", "OFFICE_KEY",
                 "--models", "a,b", "--dialect", "vllm"}),
            0)
      << err();
  EXPECT_THAT(settings(), HasSubstr(R"("url":"http://h:8000/v1")"));
  EXPECT_THAT(settings(), HasSubstr("OFFICE_KEY"));
  EXPECT_THAT(settings(), HasSubstr("vllm"));
  EXPECT_EQ(run({"endpoint", "add", "office", "http://other/"}), 1);
  EXPECT_THAT(settings(), Not(HasSubstr("other")));
  EXPECT_EQ(run({"endpoint", "remove", "office"}), 0) << err();
  EXPECT_THAT(settings(), Not(HasSubstr("office")));
  EXPECT_EQ(run({"endpoint", "remove", "office"}), 1);
}

TEST_F(EndpointCommand, what_cannot_be_one_is_refused_and_nothing_is_written) {
  EXPECT_EQ(run({"endpoint", "add", "office"}), 2);
  EXPECT_EQ(run({"endpoint", "remove"}), 2);
  EXPECT_EQ(run({"endpoint", "add", "a", "http://h/", "--key-env", "A", "--key-file", "b"}), 2);
  EXPECT_NE(run_without_daemon({"endpoint", "add", "a", "ftp://h/"}), 0);
  EXPECT_THAT(err(), HasSubstr("neither http:// nor https://"));
  EXPECT_EQ(settings(), "");
}

}  // namespace
}  // namespace llf::cli
