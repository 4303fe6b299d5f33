#include "tls/client.hpp"

#include "tls/ssl_cipher.hpp"
#include "tls/test_certificates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::tls {
namespace {

using test::State;
using testing::HasSubstr;

/// Empty when a client that wants `host` accepts a server of these names.
std::string refusal(const std::string& names, std::string_view host) {
  test::Authority authority;
  const auto clients = client_source(authority.trust());
  const auto servers = server_source(authority.server({.names = names})).value();
  const auto ends = test::ends_of(*clients, *servers, host);
  return test::shake_hands(ends) ? "" : ends.client->why().message;
}

TEST(ClientSource, names_and_addresses_are_checked_each_by_its_own) {
  EXPECT_EQ(refusal("DNS:a.example", "a.example"), "");
  EXPECT_EQ(refusal("DNS:a.example", "A.Example."), "");
  EXPECT_EQ(refusal("DNS:*.example.org", "a.example.org"), "");
  EXPECT_EQ(refusal("IP:127.0.0.1", "127.0.0.1"), "");
  EXPECT_EQ(refusal("IP:fd00::1", "fd00::1"), "");
  EXPECT_NE(refusal("DNS:a.example", "b.example"), "");
  EXPECT_NE(refusal("DNS:*.example.org", "a.b.example.org"), "");
  EXPECT_NE(refusal("DNS:a*.example.org", "ab.example.org"), "");
  EXPECT_NE(refusal("DNS:127.0.0.1", "127.0.0.1"), "");
  EXPECT_NE(refusal("IP:127.0.0.1", "127.0.0.2"), "");
  EXPECT_NE(refusal("IP:fd00::1", "fd00::2"), "");
}

TEST(ClientSource, an_address_is_not_told_as_a_name) {
  test::Authority authority;
  const auto clients = client_source(authority.trust());
  const auto servers = server_source(authority.server({.names = "IP:127.0.0.1"})).value();
  const auto ends = test::ends_of(*clients, *servers, "127.0.0.1");
  EXPECT_TRUE(test::shake_hands(ends));
  EXPECT_EQ(
      SSL_get_servername(static_cast<SslCipher&>(*ends.server).ssl(), TLSEXT_NAMETYPE_host_name),
      nullptr);
}

TEST(ClientSource, without_a_host_nothing_is_checked_and_so_nothing_begun) {
  test::Authority authority;
  const auto clients = client_source(authority.trust());
  for (const std::string_view host :
       {std::string_view(), std::string_view("."), std::string_view("a\0b", 3)}) {
    const auto cipher = clients->cipher_for(host);
    ASSERT_FALSE(cipher);
    EXPECT_EQ(cipher.error().kind, ErrorKind::invalid);
  }
  EXPECT_FALSE(clients->cipher_for(std::string(254, 'a')));
}

TEST(ClientSource, authorities_may_lie_in_a_folder) {
  test::Authority authority;
  const auto folder = authority.folder() / "authorities";
  std::filesystem::create_directory(folder);
  const auto hash = X509_subject_name_hash(authority.identity().certificate.get());
  authority.write(fmt::format("authorities/{:08x}.0", hash),
                  authority.identity().certificate_pem());
  const auto clients = client_source({.file = {}, .folder = "/absent:" + folder.native()});
  const auto servers = server_source(authority.server()).value();
  const auto ends = test::ends_of(*clients, *servers);
  EXPECT_TRUE(test::shake_hands(ends)) << ends.client->why().message;
}

TEST(ClientSource, ones_own_authorities_stand_in_place_of_the_systems) {
  test::Authority authority;
  const auto servers = server_source(authority.server()).value();
  const auto clients = client_source({});
  const auto ends = test::ends_of(*clients, *servers);
  EXPECT_FALSE(test::shake_hands(ends));
  EXPECT_THAT(ends.client->why().message, HasSubstr("does not know"));
}

TEST(ClientSource, authorities_that_cannot_be_read_are_an_error_each_time) {
  test::Authority authority;
  const auto empty = authority.write("empty.pem", "").native();
  for (const auto& file : {empty, std::string("/absent.pem")}) {
    const auto clients = client_source({.file = file, .folder = {}});
    for (int again = 0; again < 2; ++again) {
      const auto cipher = clients->cipher_for("server.example");
      ASSERT_FALSE(cipher);
      EXPECT_EQ(cipher.error().kind, ErrorKind::invalid);
      EXPECT_THAT(cipher.error().message, HasSubstr(file));
    }
  }
}

}  // namespace
}  // namespace llf::tls
