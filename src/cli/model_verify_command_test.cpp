#include "cli/model_verify_command.hpp"

#include "cli/test_command.hpp"

#include <gmock/gmock.h>

namespace llf::cli {
namespace {

using testing::HasSubstr;

class ModelVerify : public CommandTest {
 protected:
  void answer_verification(std::string last) {
    answer_with("/llf/v1/model/verify", [last = std::move(last)](net::Request&,
                                                                 net::Responder& responder) {
      return client::write_events(
          responder, {"data: {\"done_bytes\":1,\"size_bytes\":2}\n\n", "data: " + last + "\n\n"},
          client::StreamEnd::regular);
    });
  }
};

TEST_F(ModelVerify, a_right_one) {
  answer_verification(R"({"model":"m","source":"folder","right":true,"files":[{"path":"/m",)"
                      R"("sha256":"ab","expected":"ab","right":true},{"path":"/n","sha256":"cd",)"
                      R"("right":true}]})");
  EXPECT_EQ(run({"model", "verify", "m"}), 0) << err();
  EXPECT_EQ(out(),
            "ab  /m\n  right, as its store says\n"
            "cd  /n\n  a model; nothing says what it should be\n");
}

TEST_F(ModelVerify, a_damaged_one_is_a_failure_with_a_way_out) {
  answer_verification(
      R"({"model":"o/r:Q4","source":"hugging face","right":false,"files":[{"path":"/m",)"
      R"("sha256":"ab","expected":"ef","right":false}]})");
  EXPECT_EQ(run({"model", "verify", "m"}), 1);
  EXPECT_THAT(out(), HasSubstr("DAMAGED: its SHA-256 should be ef"));
  EXPECT_THAT(out(), HasSubstr("llf model verify --repair o/r:Q4"));
}

TEST_F(ModelVerify, tells_which_bytes_are_damaged) {
  answer_verification(R"({"model":"o/r:Q4","source":"ollama","right":false,"files":[{"path":"/m",)"
                      R"("sha256":"ab","expected":"ef","right":false,)"
                      R"("damage":[[0,16777216],[33554432,33554433]]}]})");
  EXPECT_EQ(run({"model", "verify", "m"}), 1);
  EXPECT_THAT(out(), HasSubstr("should be ef\n  in bytes 0 to 16777215\n"
                               "  in bytes 33554432 to 33554432\n"));
}

TEST_F(ModelVerify, a_repair_downloads_what_is_damaged) {
  answer_verification(
      R"({"model":"o/r:Q4","source":"hugging face","right":false,"repair":"o/r:Q4",)"
      R"("files":[]})");
  answer_with("/llf/v1/downloads", [](net::Request&, net::Responder& responder) {
    return client::write_events(
        responder, {"data: {\"download\":{\"model\":\"o/r:Q4\",\"state\":\"done\"}}\n\n"},
        client::StreamEnd::regular);
  });
  EXPECT_EQ(run({"model", "verify", "--repair", "m"}), 0) << err();
  EXPECT_THAT(body_of("/llf/v1/model/verify"), HasSubstr(R"("repair":true)"));
  EXPECT_THAT(body_of("/llf/v1/downloads"), HasSubstr(R"("model":"o/r:Q4","follow":true)"));
  EXPECT_THAT(out(), HasSubstr("o/r:Q4 is there"));
}

TEST_F(ModelVerify, what_cannot_be_repaired_is_told) {
  answer_verification(
      R"({"model":"m","right":false,"repair":null,"repair_error":"nobody knows","files":[]})");
  EXPECT_NE(run({"model", "verify", "--repair", "m"}), 0);
  EXPECT_THAT(err(), HasSubstr("it cannot be repaired: nobody knows"));
}

TEST_F(ModelVerify, an_error_is_told) {
  answer_verification(R"({"error":{"message":"the disk is broken"}})");
  EXPECT_EQ(run({"model", "verify", "m"}), 1);
  EXPECT_THAT(err(), HasSubstr("the disk is broken"));
}

}  // namespace
}  // namespace llf::cli
