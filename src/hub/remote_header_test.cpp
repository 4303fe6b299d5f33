#include "hub/remote_header.hpp"

#include "gguf/test_file.hpp"
#include "hub/test_transfer.hpp"

#include <gmock/gmock.h>

namespace llf::hub {
namespace {

class RemoteHeader : public TransferTest {
 protected:
  Expected<gguf::Header> read(const TestServer& server) {
    const Endpoint endpoint{.url = *Url::parse(server.url("")), .token = {}};
    const auto token = stop_.get_token();
    return read_remote_header({.connections = connections_, .endpoint = endpoint, .stop = token},
                              *Url::parse(server.url("/m.gguf")), ByteSize(content_.size()));
  }

  Connections connections_ = *Connections::create();
};

TEST_F(RemoteHeader, fetches_as_much_as_it_needs) {
  gguf::TestFile file;
  file.head(1, 1)
      .pair("long", std::string(3'000'000, 'x'))
      .tensor("t", {1'000'000}, gguf::kF32, 0)
      .data(4'000'000);
  content_ = file.bytes();
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
  const TestServer whole([this](const std::string&) { return http_answer(200, "", content_); });
  EXPECT_EQ(read(whole).error().kind, ErrorKind::upstream);
}

}  // namespace
}  // namespace llf::hub
