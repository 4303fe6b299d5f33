#include "hub/transfer.hpp"

#include "hub/test_transfer.hpp"

#include <gmock/gmock.h>

namespace llf::hub {
namespace {

using testing::HasSubstr;

TEST_F(TransferTest, fetches_a_file_once_and_says_what_it_is) {
  const TestServer server([this](const std::string& head) { return good(head); });
  const auto done = run(order({&server}));
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->sha256, digest_);
  EXPECT_EQ(done->size, kSize);
  EXPECT_EQ(done->fetched, kSize);
  EXPECT_TRUE(fetched() == content_);
  expect_no_remains();
}

TEST_F(TransferTest, asks_for_size_and_hash_where_they_are_not_known) {
  const TestServer server([this](const std::string& head) { return good(head); });
  auto wanted = order({&server});
  wanted.size.reset();
  wanted.sha256.reset();
  const auto done = run(wanted);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->sha256, digest_);
  EXPECT_EQ(done->size, kSize);
}

TEST_F(TransferTest, a_file_without_bytes_is_one) {
  content_.clear();
  const TestServer server(
      [](const std::string&) { return http_answer(416, "Content-Range: bytes */0\r\n", ""); });
  auto wanted = order({&server});
  wanted.size = std::nullopt;
  wanted.sha256 = store::sha256("");
  const auto done = run(wanted);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_TRUE(std::filesystem::exists(wanted.place));
}

// F55, SEC-32: damaged on the way once, it is fetched anew, and told where.
TEST_F(TransferTest, a_damaged_range_is_repaired) {
  std::atomic<int> damaged = 0;
  const TestServer server([&, this](const std::string& head) {
    auto answer = good(head);
    const auto range = asked_range(head);
    if (range && range->size() > 1 && damaged++ == 0) answer.back() ^= 1;
    return answer;
  });
  const auto done = run(order({&server}));
  ASSERT_TRUE(done) << done.error().message;
  ASSERT_EQ(done->repaired.size(), 1U);
  expect_no_remains();
}

/// A server that damages the last byte of what it sends.
TestServer::Answer damaging(const TestServer::Answer& good) {
  return [good](const std::string& head) {
    auto answer = good(head);
    const auto range = asked_range(head);
    if (range && range->size() > 1) answer.back() ^= 1;
    return answer;
  };
}

// SEC-32
TEST_F(TransferTest, one_bad_mirror_is_found_out_and_named) {
  for (const bool good_first : {true, false}) {
    std::atomic<bool> bad_sends = false;
    const TestServer good([&](const std::string& head) {
      bad_sends.wait(false);  // else this one may send all of it
      return this->good(head);
    });
    const TestServer bad(damaging([&](const std::string& head) {
      if (asked_range(head)->size() > 1) bad_sends = true;
      bad_sends.notify_all();
      return this->good(head);
    }));
    const auto done = run(order(good_first ? std::vector{&good, &bad} : std::vector{&bad, &good}));
    ASSERT_TRUE(done) << done.error().message;
    ASSERT_EQ(done->blamed.size(), 1U);
    EXPECT_EQ(done->blamed.front().str(), bad.url("/file"));
    EXPECT_TRUE(fetched() == content_);
    std::filesystem::remove(folder_ / "blob");
  }
}

TEST_F(TransferTest, a_byte_that_one_mirror_always_damages_is_repaired_from_another) {
  for (const std::uint64_t place : {std::uint64_t{0}, kSize / 2, kSize - 1}) {
    const TestServer good([this](const std::string& head) { return this->good(head); });
    const TestServer bad([&, this](const std::string& head) {
      auto answer = this->good(head);
      const auto range = asked_range(head).value_or(Range{0, kSize});
      const auto body = answer.size() - range.size();
      if (range.begin <= place && place < range.end) answer[body + place - range.begin] ^= 1;
      return answer;
    });
    const auto done = run(order({&good, &bad, &good}));
    ASSERT_TRUE(done) << done.error().message;
    for (const auto& one : done->blamed) EXPECT_EQ(one.str(), bad.url("/file"));
    expect_no_remains();
    std::filesystem::remove(folder_ / "blob");
  }
}

TEST_F(TransferTest, where_all_are_bad_all_are_named) {
  const TestServer::Answer answer = [this](const std::string& head) { return good(head); };
  const TestServer first(damaging(answer));
  const TestServer second(damaging(answer));
  const auto done = run(order({&first, &second}));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::corrupt);
  EXPECT_THAT(done.error().message, HasSubstr(first.url("/file")));
  EXPECT_THAT(done.error().message, HasSubstr(second.url("/file")));
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

// A second source is no help where it cannot be asked.
TEST_F(TransferTest, a_damaged_range_is_repaired_while_the_only_mirror_is_down) {
  std::atomic<int> damaged = 0;
  const TestServer server([&, this](const std::string& head) {
    auto answer = good(head);
    const auto range = asked_range(head);
    if (range && range->size() > 1 && damaged++ == 0) answer.back() ^= 1;
    return answer;
  });
  const TestServer down([](const std::string&) { return http_answer(503, "", ""); });
  const auto done = run(order({&server, &down}));
  ASSERT_TRUE(done) << done.error().message;
  expect_no_remains();
}

TEST_F(TransferTest, a_wrong_file_is_never_kept) {
  const TestServer server([this](const std::string& head) { return good(head); });
  auto wanted = order({&server});
  wanted.sha256 = store::sha256("another");
  const auto done = run(wanted);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::corrupt);
  EXPECT_THAT(done.error().message, HasSubstr(digest_.hex()));
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

// F53
TEST_F(TransferTest, a_file_that_changes_meanwhile_is_fetched_from_the_beginning) {
  std::atomic<int> requests = 0;
  const auto old_content = content_;
  content_ = make_content();
  std::ranges::reverse(content_);
  const TestServer server([&, this](const std::string& head) {
    const bool is_old = requests++ < 2;  // the look and the first part
    const auto range = asked_range(head).value_or(Range{0, kSize});
    const auto& now = is_old ? old_content : content_;
    const auto part = is_old && range.size() > 1 ? range.size() / 2 : range.size();
    return fmt::format(
        "HTTP/1.1 206 X\r\nConnection: close\r\nContent-Length: {}\r\n"
        "ETag: \"{}\"\r\nContent-Range: bytes {}-{}/{}\r\n\r\n{}",
        range.size(), is_old ? "old" : "new", range.begin, range.end - 1, kSize,
        now.substr(range.begin, part));
  });
  auto wanted = order({&server});
  wanted.sha256.reset();
  const auto done = run(wanted);
  ASSERT_TRUE(done) << done.error().message;
  expect_no_remains();
}

// Without a hash nothing else tells two files apart.
TEST_F(TransferTest, of_a_file_that_nothing_names_no_parts_are_put_together) {
  std::atomic<int> requests = 0;
  auto other = content_;
  std::ranges::reverse(other);
  const TestServer server([&, this](const std::string& head) {
    const int number = requests++;
    const auto range = asked_range(head).value_or(Range{0, kSize});
    const auto& now = number < 2 ? other : content_;
    auto answer = http_answer(
        asked_range(head) ? 206 : 200,
        fmt::format("Content-Range: bytes {}-{}/{}\r\n", range.begin, range.end - 1, kSize),
        now.substr(range.begin, range.size()));
    if (number == 1) answer.resize(answer.size() / 2);
    return answer;
  });
  auto wanted = order({&server});
  wanted.sha256.reset();
  const auto done = run(wanted);
  ASSERT_TRUE(done) << done.error().message;
  expect_no_remains();
}

// A late end of an answer whose bytes are all there meets a round that has begun anew.
TEST_F(TransferTest, a_late_end_of_an_answer_does_no_harm) {
  const TestServer server([this](const std::string& head) {
    const auto range = asked_range(head).value_or(Range{0, kSize});
    auto bytes = content_.substr(range.begin, range.size());
    bytes.front() ^= 1;
    return fmt::format(
        "HTTP/1.1 206 X\r\nTransfer-Encoding: chunked\r\nETag: \"e\"\r\n"
        "Content-Range: bytes {}-{}/{}\r\n\r\n{:x}\r\n{}\r\n",
        range.begin, range.end - 1, kSize, bytes.size(), bytes);
  });
  auto wanted = order({&server});
  const auto done = run(wanted);
  ASSERT_FALSE(done);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()) || done.error().kind != ErrorKind::corrupt);
}

TEST_F(TransferTest, a_wrong_beginning_ends_it_early_and_nothing_stays) {
  const TestServer server([this](const std::string& head) { return good(head); });
  os::RateLimit speed;
  speed.set(500'000);
  auto wanted = order({&server});
  wanted.speed = &speed;
  wanted.check_front = [](const auto& part, std::uint64_t front, std::uint64_t size) {
    EXPECT_TRUE(std::filesystem::exists(part));
    EXPECT_EQ(size, kSize);
    EXPECT_LT(front, size) << "it is asked before all is there";
    return front > 0 ? failure(ErrorKind::invalid, "no model") : Expected<void>();
  };
  const auto ended = run(wanted);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().kind, ErrorKind::corrupt);
  EXPECT_EQ(ended.error().message, "no model");
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(TransferTest, of_a_damaged_file_only_what_is_wrong_comes) {
  auto damaged = content_;
  damaged[1'500'000] ^= 1;
  std::ofstream(folder_ / "blob") << damaged;
  std::atomic<bool> wrong = true;
  const TestServer server([&, this](const std::string& head) {
    auto answer = good(head);
    if (wrong) answer.back() ^= 1;
    return answer;
  });
  auto wanted = order({&server});
  wanted.damage = {{1'000'000, 2'000'000}};
  const auto failed = run(wanted);
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("the file that is here stays as it was"));
  EXPECT_TRUE(fetched() == damaged);
  wrong = false;
  const auto done = run(wanted);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->fetched, 1'000'000U);
  EXPECT_TRUE(fetched() == content_);
  expect_no_remains();
}

TEST_F(TransferTest, what_is_no_model_does_not_get_its_place) {
  const TestServer server([this](const std::string& head) { return good(head); });
  auto wanted = order({&server});
  wanted.check = [](const std::filesystem::path&) -> Expected<void> {
    return failure(ErrorKind::invalid, "no model");
  };
  EXPECT_EQ(run(wanted).error().kind, ErrorKind::corrupt);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
  wanted.check = [](const std::filesystem::path&) -> Expected<void> {
    return failure(ErrorKind::unavailable, "too many files are open");
  };
  EXPECT_EQ(run(wanted).error().kind, ErrorKind::unavailable);
  EXPECT_TRUE(std::filesystem::exists(PartFile::part_of(wanted.place))) << "it may be right";
}

}  // namespace
}  // namespace llf::hub
