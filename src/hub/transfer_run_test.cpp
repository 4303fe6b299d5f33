#include "hub/transfer_run.hpp"

#include "base/clock.hpp"
#include "hub/test_transfer.hpp"
#include "os/process_facts.hpp"

#include <gmock/gmock.h>

namespace llf::hub {
namespace {

// F51, F58
TEST_F(TransferTest, goes_on_where_it_was_stopped) {
  std::atomic<bool> cuts = true;
  const TestServer server([&, this](const std::string& head) {
    const auto answer = good(head);
    const auto range = asked_range(head);
    const bool cut = cuts && range && range->size() > 1;
    return cut ? answer.substr(0, answer.size() / 2) : answer;
  });
  stop_at_ = kSize / 3;
  const auto stopped = run(order({&server}));
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, ErrorKind::cancelled);
  EXPECT_TRUE(std::filesystem::exists(PartFile::part_of(folder_ / "blob")));
  cuts = false;
  stop_ = {};
  stop_at_ = kSize + 1;
  const auto done = run(order({&server}));
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_LT(done->fetched, kSize * 2 / 3) << "what had come is not fetched again";
  expect_no_remains();
}

TEST_F(TransferTest, a_cut_answer_is_gone_on_with) {
  std::atomic<int> cuts = 0;
  const TestServer server([&, this](const std::string& head) {
    auto answer = good(head);
    const auto range = asked_range(head);
    if (range && range->size() > 100'000 && cuts++ < 3) answer.resize(answer.size() - 50'000);
    return answer;
  });
  const auto done = run(order({&server}));
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->fetched, kSize) << "nothing that came is fetched again";
  expect_no_remains();
}

// F54
TEST_F(TransferTest, an_answer_with_too_much_is_not_taken) {
  std::atomic<int> answers = 0;
  const TestServer server([&, this](const std::string& head) {
    const auto range = asked_range(head);
    if (!range || range->size() == 1 || answers++ > 0) return good(head);
    return fmt::format(
        "HTTP/1.1 206 X\r\nConnection: close\r\nETag: \"e\"\r\n"
        "Content-Range: bytes {}-{}/{}\r\n\r\n{}",
        range->begin, range->end - 1, kSize, content_ + "and more");
  });
  const auto done = run(order({&server}));
  ASSERT_TRUE(done) << done.error().message;
  expect_no_remains();
}

// F52
TEST_F(TransferTest, a_server_without_ranges_sends_all_of_it) {
  std::atomic<int> cuts = 0;
  const TestServer server([&, this](const std::string&) {
    auto answer = http_answer(200, "ETag: \"e\"\r\n", content_);
    if (cuts++ == 1) answer.resize(answer.size() / 2);
    return answer;
  });
  const auto done = run(order({&server}));
  ASSERT_TRUE(done) << done.error().message;
  expect_no_remains();
}

TEST_F(TransferTest, a_server_that_stops_giving_ranges_is_asked_for_all) {
  std::atomic<int> requests = 0;
  const TestServer server([&, this](const std::string& head) {
    return requests++ == 0 ? good(head) : http_answer(200, "ETag: \"e\"\r\n", content_);
  });
  const auto done = run(order({&server}));
  ASSERT_TRUE(done) << done.error().message;
  expect_no_remains();
}

// What is there is hashed already: a server that sends it again must not change it.
TEST_F(TransferTest, what_is_there_is_not_written_again) {
  {
    auto part = *PartFile::open(folder_ / "blob", {kSize, digest_.hex()},
                                {.boot = os::boot_id().value_or("")});
    ASSERT_TRUE(part.write(1'000'000, std::string_view(content_).substr(1'000'000, 1'000'000)));
    ASSERT_TRUE(part.note({1'000'000, 2'000'000}));
  }
  auto damaged = content_;
  damaged[1'500'000] ^= 1;
  const TestServer server(
      [&](const std::string&) { return http_answer(200, "ETag: \"e\"\r\n", damaged); });
  const auto done = run(order({&server}));
  ASSERT_TRUE(done) << done.error().message;
  expect_no_remains();
}

// Such answers add nothing that counts: they are given up after a while.
TEST_F(TransferTest, a_server_that_spoils_every_answer_is_given_up) {
  std::atomic<int> answers = 0;
  const TestServer server([&, this](const std::string& head) {
    const auto range = asked_range(head);
    if (!range || range->size() == 1) return good(head);
    ++answers;
    return fmt::format(
        "HTTP/1.1 206 X\r\nConnection: close\r\nETag: \"e\"\r\n"
        "Content-Range: bytes {}-{}/{}\r\n\r\n{}{}",
        range->begin, range->end - 1, kSize, content_.substr(range->begin, range->size()),
        std::string(100'000, 'x'));
  });
  const auto done = run(order({&server}));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::upstream);
  EXPECT_LT(answers, 50);
}

TEST_F(TransferTest, a_limit_of_the_speed_holds) {
  const TestServer server([this](const std::string& head) { return good(head); });
  auto limited = order({&server});
  os::RateLimit limit;
  limit.set(kSize / 2);
  limited.speed = &limit;
  const auto began = mono_now();
  const auto done = run(limited);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_GT(mono_now() - began, std::chrono::milliseconds(500)) << "it takes two seconds";
}

TEST_F(TransferTest, several_servers_share_the_work_and_one_that_fails_is_left_out) {
  std::atomic<int> second = 0;
  const TestServer first([this](const std::string& head) { return good(head); });
  const TestServer other([&, this](const std::string& head) {
    ++second;
    return good(head);
  });
  const TestServer broken([](const std::string&) { return http_answer(404, "", ""); });
  const auto done = run(order({&broken, &first, &other}));
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_GT(second, 0);
  expect_no_remains();
}

TEST_F(TransferTest, a_full_disk_ends_it_and_keeps_what_is_there) {
  const TestServer server([this](const std::string& head) { return good(head); });
  auto wanted = order({&server});
  wanted.size = std::uint64_t{1} << 52U;
  const auto done = run(wanted);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, testing::HasSubstr("too full"));
}

}  // namespace
}  // namespace llf::hub
