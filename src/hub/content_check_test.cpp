#include "hub/content_check.hpp"

#include "gguf/test_file.hpp"
#include "hub/test_transfer.hpp"

#include <gmock/gmock.h>

namespace llf::hub {
namespace {

using testing::HasSubstr;

class FrontCheckTest : public TransferTest {
 protected:
  /// What a front comes to that has come of servers which have `content_`, or what they answer.
  Expected<void> look(const std::string& front, const std::vector<const TestServer*>& servers) {
    std::ofstream(folder_ / "part") << front;
    origins_ = order(servers).origins;
    FrontCheck check(origins_, token_);
    for (std::uint64_t bytes = 0; bytes <= front.size(); bytes += 50) {
      if (auto looked = check.look(folder_ / "part", bytes, content_.size()); !looked) {
        return looked;
      }
    }
    return check.look(folder_ / "part", front.size(), content_.size());
  }

  std::string right_ = gguf::small_model().bytes();
  std::vector<Origin> origins_;
  std::stop_token token_ = stop_.get_token();
  const TestServer server_{[this](const std::string& head) { return good(head); }};
};

TEST_F(FrontCheckTest, of_a_right_file_nothing_is_asked) {
  const TestServer none([](const std::string&) {
    ADD_FAILURE();
    return http_answer(404, "", "");
  });
  content_ = right_;
  EXPECT_TRUE(look(right_, {&none}));
  EXPECT_TRUE(look(right_.substr(0, 100), {&none})) << "the rest is to come";
}

TEST_F(FrontCheckTest, what_is_no_model_at_its_origin_is_told) {
  content_ = "<html>" + right_;
  const auto wrong = look(content_.substr(0, 100), {&server_});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind, ErrorKind::invalid);
  EXPECT_THAT(wrong.error().message, HasSubstr("is no model"));
  content_ = right_;
  content_.resize(content_.size() - 1);
  EXPECT_FALSE(look(content_, {&server_})) << "shorter than its header says";
}

TEST_F(FrontCheckTest, what_was_damaged_on_the_way_is_not_judged) {
  content_ = right_;
  const auto damaged = "<html>" + right_.substr(6);
  EXPECT_TRUE(look(damaged, {&server_}));
  const TestServer down([](const std::string&) { return http_answer(404, "", ""); });
  EXPECT_TRUE(look(damaged, {&down}));
  const TestServer bad([this, &damaged](const std::string& head) {
    const auto range = *asked_range(head);
    return http_answer(206,
                       fmt::format("Content-Range: bytes {}-{}/{}\r\n", range.begin, range.end - 1,
                                   content_.size()),
                       damaged.substr(range.begin, range.size()));
  });
  EXPECT_TRUE(look(damaged, {&bad, &server_})) << "another one has it right";
  EXPECT_FALSE(look(damaged, {&bad, &down}));
}

TEST_F(FrontCheckTest, a_whole_file_is_a_model_or_is_not) {
  std::ofstream(folder_ / "right") << right_;
  EXPECT_TRUE(check_content(folder_ / "right"));
  std::ofstream(folder_ / "wrong") << "GGUF";
  EXPECT_THAT(check_content(folder_ / "wrong").error().message, HasSubstr("but is no model"));
  EXPECT_NE(check_content(folder_ / "absent").error().kind, ErrorKind::invalid);
}

}  // namespace
}  // namespace llf::hub
