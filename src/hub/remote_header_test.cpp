#include "hub/remote_header.hpp"

#include "base/limits.hpp"
#include "gguf/test_file.hpp"
#include "hub/test_transfer.hpp"

#include <gmock/gmock.h>

namespace llf::hub {
namespace {

class RemoteHeader : public TransferTest {
 protected:
  /// A header that is longer than what is asked for first.
  static gguf::TestFile long_header() {
    gguf::TestFile file;
    file.head(1, 1)
        .pair("long", std::string(3'000'000, 'x'))
        .tensor("t", {1'000'000}, gguf::kF32, 0)
        .data(4'000'000);
    return file;
  }

  Expected<gguf::Header> read(const TestServer& server) {
    return read(server, ByteSize(content_.size()));
  }

  Expected<gguf::Header> read(const TestServer& server, ByteSize size) {
    const Endpoint endpoint{.url = *Url::parse(server.url("")), .token = {}};
    const auto token = stop_.get_token();
    return read_remote_header({.connections = connections_, .endpoint = endpoint, .stop = token},
                              *Url::parse(server.url("/m.gguf")), size);
  }

  Connections connections_ = *Connections::create();
};

TEST_F(RemoteHeader, fetches_as_much_as_it_needs) {
  content_ = long_header().bytes();
  std::atomic<std::uint64_t> sent = 0;
  const TestServer server([&, this](const std::string& head) {
    sent += asked_range(head)->size();
    return good(head);
  });
  const auto header = read(server);
  ASSERT_TRUE(header) << header.error().message;
  EXPECT_EQ(header->tensors.size(), 1U);
  EXPECT_LT(sent, 5'000'000U);
}

TEST_F(RemoteHeader, what_is_no_model_or_no_part_is_told) {
  content_ = std::string(100'000, 'x');
  const TestServer server([this](const std::string& head) { return good(head); });
  EXPECT_EQ(read(server).error().kind, ErrorKind::invalid);
  const TestServer other([this](const std::string&) {
    return http_answer(206, "Content-Range: bytes 5-9/100000\r\n", content_.substr(5, 5));
  });
  EXPECT_EQ(read(other).error().kind, ErrorKind::upstream);
}

TEST_F(RemoteHeader, of_a_server_without_ranges_the_beginning_is_read) {
  content_ = long_header().bytes();
  content_.resize(limits::kHubAnswer.bytes() + 1'000'000);
  const TestServer server([this](const std::string&) { return http_answer(200, "", content_); });
  const auto header = read(server);
  ASSERT_TRUE(header) << header.error().message;
  EXPECT_EQ(header->tensors.size(), 1U);
}

TEST_F(RemoteHeader, the_size_of_the_file_need_not_be_known) {
  content_ = long_header().bytes();
  const TestServer server([this](const std::string& head) { return good(head); });
  const TestServer whole([this](const std::string&) { return http_answer(200, "", content_); });
  for (const auto* one : {&server, &whole}) {
    const auto header = read(*one, ByteSize());
    ASSERT_TRUE(header) << header.error().message;
    EXPECT_EQ(header->tensors.size(), 1U);
  }
  content_ = gguf::small_model().bytes();
  EXPECT_TRUE(read(whole, ByteSize())) << "shorter than what is asked for first";
  content_.resize(content_.size() - 1);
  EXPECT_EQ(read(whole, ByteSize()).error().kind, ErrorKind::invalid);
}

}  // namespace
}  // namespace llf::hub
