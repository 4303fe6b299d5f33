#include "tls/ssl_cipher.hpp"

#include "tls/test_certificates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::tls {
namespace {

using test::carry;
using test::read_all;
using test::State;
using testing::HasSubstr;

class SslCipherTest : public testing::Test {
 protected:
  test::Ends connected() {
    auto ends = test::ends_of(*clients_, *servers_);
    EXPECT_TRUE(test::shake_hands(ends)) << ends.client->why().message;
    return ends;
  }

  test::Authority authority_;
  std::shared_ptr<net::CipherSource> clients_ = client_source(authority_.trust());
  std::shared_ptr<net::CipherSource> servers_ = server_source(authority_.server()).value();
};

TEST_F(SslCipherTest, plain_bytes_come_out_as_they_went_in) {
  const auto ends = connected();
  const std::string large(100'000, 'x');
  EXPECT_EQ(ends.client->write("GET"), State::ok);
  EXPECT_THAT(ends.client->for_wire(), testing::Not(HasSubstr("GET")));
  carry(*ends.client, *ends.server);
  EXPECT_EQ(read_all(*ends.server), std::pair(std::string("GET"), State::starved));
  EXPECT_EQ(ends.server->write(large), State::ok);
  carry(*ends.server, *ends.client);
  EXPECT_EQ(read_all(*ends.client), std::pair(large, State::starved));
}

TEST_F(SslCipherTest, each_end_says_when_no_more_comes) {
  const auto ends = connected();
  EXPECT_EQ(ends.client->write("last"), State::ok);
  ends.client->finish();
  carry(*ends.client, *ends.server);
  EXPECT_EQ(read_all(*ends.server), std::pair(std::string("last"), State::end));
  EXPECT_EQ(read_all(*ends.server).second, State::end);
  // The other direction goes on.
  EXPECT_EQ(ends.server->write("answer"), State::ok);
  carry(*ends.server, *ends.client);
  EXPECT_EQ(read_all(*ends.client), std::pair(std::string("answer"), State::starved));
}

TEST_F(SslCipherTest, both_speak_http_1_1_and_a_client_names_whom_it_wants) {
  const auto ends = connected();
  auto* const ssl = static_cast<SslCipher&>(*ends.server).ssl();
  const unsigned char* chosen = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(ssl, &chosen, &size);
  EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(chosen), size), "http/1.1");
  EXPECT_STREQ(SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name), "server.example");
}

TEST_F(SslCipherTest, a_cut_wire_is_never_the_end) {
  // At each byte of the answer, which is the last, and at some of the handshake: many take long.
  constexpr std::size_t kStep = 17;
  constexpr std::size_t kAnswer = 80;
  std::size_t size = 1;
  std::size_t step = kStep;
  for (std::size_t cut = 0; cut < size; cut += step) {
    const auto ends = test::ends_of(*clients_, *servers_);
    std::size_t left = cut;
    size = 0;
    bool written = false;
    for (;;) {
      EXPECT_NE(ends.client->shake_hands(), State::failed) << cut;
      carry(*ends.client, *ends.server);
      if (ends.server->shake_hands() == State::ok && !std::exchange(written, true)) {
        EXPECT_EQ(ends.server->write("answer"), State::ok);
        ends.server->finish();
      }
      const auto down = ends.server->for_wire().size();
      if (down == 0) break;
      size += down;
      left -= carry(*ends.server, *ends.client, left);
    }
    // Without the handshake's last bytes the server was never through with it.
    step = written && size <= cut + kAnswer + kStep ? 1 : kStep;
    if (!written) size = cut + kStep + 1;
    // Signatures have different sizes, so this time it may have been whole.
    if (cut >= size) break;
    const auto [plain, end] = read_all(*ends.client);
    EXPECT_EQ(end, State::starved) << cut;
    EXPECT_TRUE(plain.empty() || plain == "answer") << cut;
  }
  EXPECT_GT(size, 500U);
}

TEST_F(SslCipherTest, a_changed_byte_is_refused_and_stays_so) {
  const auto ends = connected();
  EXPECT_EQ(ends.client->write("GET"), State::ok);
  ends.client->for_wire().back() ^= 1;
  carry(*ends.client, *ends.server);
  EXPECT_EQ(read_all(*ends.server).second, State::failed);
  EXPECT_EQ(ends.server->why().kind, ErrorKind::upstream);
  EXPECT_THAT(ends.server->why().message, HasSubstr("the TLS connection failed"));
  EXPECT_EQ(read_all(*ends.server).second, State::failed);
  EXPECT_EQ(ends.server->write("x"), State::failed);
  // Who sent it is told.
  carry(*ends.server, *ends.client);
  EXPECT_EQ(read_all(*ends.client).second, State::failed);
}

TEST_F(SslCipherTest, nothing_is_written_before_the_handshake) {
  const auto ends = test::ends_of(*clients_, *servers_);
  EXPECT_EQ(ends.client->write("secret"), State::failed);
  ends.client->finish();
  EXPECT_EQ(ends.client->for_wire(), "");
}

TEST_F(SslCipherTest, who_does_not_speak_tls_is_found_out) {
  for (const auto* words :
       {"HTTP/1.1 400 Bad Request\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"}) {
    for (const bool is_client : {true, false}) {
      auto ends = test::ends_of(*clients_, *servers_);
      auto& cipher = is_client ? *ends.client : *ends.server;
      EXPECT_EQ(cipher.shake_hands(), State::starved);
      cipher.take_wire(words);
      EXPECT_EQ(cipher.shake_hands(), State::failed);
      EXPECT_THAT(cipher.why().message, HasSubstr("does not speak TLS"));
    }
  }
}

}  // namespace
}  // namespace llf::tls
