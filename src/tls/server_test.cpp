#include "tls/server.hpp"

#include "base/limits.hpp"
#include "tls/ssl_cipher.hpp"
#include "tls/test_certificates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::tls {
namespace {

using test::State;
using testing::AllOf;
using testing::HasSubstr;

Error refusal(CertificateFiles files) {
  const auto source = server_source(std::move(files));
  EXPECT_FALSE(source);
  return source ? Error{} : source.error();
}

/// The serial number of the certificate that a server shows.
long shown_by(net::CipherSource& servers, test::Authority& authority) {
  const auto clients = client_source(authority.trust());
  const auto ends = test::ends_of(*clients, servers);
  EXPECT_TRUE(test::shake_hands(ends)) << ends.client->why().message;
  const auto* shown = SSL_get0_peer_certificate(static_cast<SslCipher&>(*ends.client).ssl());
  return ASN1_INTEGER_get(X509_get0_serialNumber(shown));
}

long serial_of(const test::Identity& identity) {
  return ASN1_INTEGER_get(X509_get0_serialNumber(identity.certificate.get()));
}

TEST(ServerSource, the_chain_goes_along) {
  test::Authority authority;
  const auto between =
      test::make({.names = "DNS:between", .constraints = "CA:TRUE"}, &authority.identity());
  const auto server = test::make({}, &between);
  const auto files = authority.files_of(server);
  authority.write("server.pem", server.certificate_pem() + between.certificate_pem());
  EXPECT_EQ(shown_by(*server_source(files).value(), authority), serial_of(server));
}

TEST(ServerSource, one_file_may_be_both) {
  test::Authority authority;
  const auto server = test::make({}, &authority.identity());
  const auto both = authority.write("both.pem", server.key_pem() + server.certificate_pem());
  const auto source = server_source({.certificate = both, .key = both});
  ASSERT_TRUE(source) << source.error().message;
  EXPECT_EQ(shown_by(**source, authority), serial_of(server));
}

TEST(ServerSource, a_key_that_others_can_read_is_refused) {
  test::Authority authority;
  const auto files = authority.server();
  std::filesystem::permissions(files.key, std::filesystem::perms::group_read,
                               std::filesystem::perm_options::add);
  const auto error = refusal(files);
  EXPECT_EQ(error.kind, ErrorKind::forbidden);
  EXPECT_THAT(error.message, AllOf(HasSubstr(files.key.native()), HasSubstr("chmod 600")));
}

TEST(ServerSource, a_key_of_another_certificate_is_refused) {
  test::Authority authority;
  const auto files = authority.server();
  authority.write("server.key", test::make({}).key_pem());
  const auto error = refusal(files);
  EXPECT_EQ(error.kind, ErrorKind::invalid);
  EXPECT_THAT(error.message, AllOf(HasSubstr("does not belong"), HasSubstr(files.key.native()),
                                   HasSubstr(files.certificate.native())));
}

TEST(ServerSource, what_is_no_certificate_or_no_key_is_refused) {
  test::Authority authority;
  const auto server = test::make({}, &authority.identity());
  const auto files = authority.files_of(server);
  EXPECT_EQ(refusal({.certificate = files.certificate, .key = "/absent"}).kind,
            ErrorKind::not_found);
  EXPECT_EQ(refusal({.certificate = "/absent", .key = files.key}).kind, ErrorKind::not_found);
  EXPECT_THAT(refusal({.certificate = files.key, .key = files.key}).message,
              HasSubstr("holds no certificates"));
  EXPECT_THAT(refusal({.certificate = files.certificate, .key = files.certificate}).message,
              HasSubstr("holds no private key"));
  authority.write("server.key", server.key_pem("password"));
  EXPECT_THAT(refusal(files).message, HasSubstr("is encrypted"));
  authority.write("server.key", server.key_pem());
  auto broken = server.certificate_pem();
  broken.resize(broken.size() / 2);
  authority.write("server.pem", server.certificate_pem() + broken);
  EXPECT_THAT(refusal(files).message, HasSubstr("holds no certificates"));
  authority.write("server.pem", std::string(limits::kCertificateFile.bytes() + 1, '\n'));
  EXPECT_EQ(refusal(files).kind, ErrorKind::too_large);
}

TEST(ServerSource, one_that_has_expired_is_used_and_only_warned_of) {
  test::Authority authority;
  EXPECT_TRUE(server_source(authority.server({.from_days = -9, .until_days = -2})));
  EXPECT_TRUE(server_source(authority.server({.from_days = 2, .until_days = 9})));
}

TEST(ServerSource, a_renewed_certificate_is_used_from_the_next_client_on) {
  test::Authority authority;
  const auto first = test::make({}, &authority.identity());
  const auto source = server_source(authority.files_of(first)).value();
  EXPECT_EQ(shown_by(*source, authority), serial_of(first));
  const auto second = test::make({}, &authority.identity());
  // As it is renewed: one file after the other, and the old pair holds between.
  const auto files = authority.files_of(second, "renewed");
  std::filesystem::rename(files.certificate, authority.folder() / "server.pem");
  EXPECT_EQ(shown_by(*source, authority), serial_of(first));
  std::filesystem::rename(files.key, authority.folder() / "server.key");
  EXPECT_EQ(shown_by(*source, authority), serial_of(second));
  std::filesystem::remove(authority.folder() / "server.key");
  EXPECT_EQ(shown_by(*source, authority), serial_of(second));
}

/// What becomes of a client that has these limits.
std::string with_client(net::CipherSource& servers, int most_version, std::string_view protocols) {
  const auto context = new_context(TLS_client_method());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context.get(), most_version);
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_alpn_protos(context.get(), reinterpret_cast<const unsigned char*>(protocols.data()),
                          static_cast<unsigned int>(protocols.size()));
  auto client = SslCipher::create(*context).value();
  SSL_set_connect_state(client->ssl());
  const test::Ends ends{.client = std::move(client), .server = servers.cipher_for({}).value()};
  return test::shake_hands(ends) ? SSL_get_version(static_cast<SslCipher&>(*ends.client).ssl())
                                 : ends.server->why().message;
}

TEST(ServerSource, speaks_tls_1_2_and_1_3_and_http_1_1) {
  test::Authority authority;
  const auto source = server_source(authority.server()).value();
  EXPECT_EQ(with_client(*source, TLS1_3_VERSION, "\x08http/1.1"), "TLSv1.3");
  EXPECT_EQ(with_client(*source, TLS1_2_VERSION, "\x02h2\x08http/1.1"), "TLSv1.2");
  EXPECT_EQ(with_client(*source, TLS1_2_VERSION, ""), "TLSv1.2");
  EXPECT_THAT(with_client(*source, TLS1_1_VERSION, ""), HasSubstr("no TLS 1.2 or later"));
  EXPECT_THAT(with_client(*source, TLS1_3_VERSION, "\x02h2"), HasSubstr("protocol"));
}

}  // namespace
}  // namespace llf::tls
