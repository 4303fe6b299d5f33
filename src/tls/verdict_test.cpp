#include "tls/verdict.hpp"

#include "tls/test_certificates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::tls {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// Why a client that trusts `authority` refuses what `server` has.
std::string refusal(test::Authority& authority, const CertificateFiles& server,
                    std::string_view host = "server.example") {
  const auto clients = client_source(authority.trust());
  const auto servers = server_source(server).value();
  const auto ends = test::ends_of(*clients, *servers, host);
  if (test::shake_hands(ends)) return "accepted";
  EXPECT_EQ(ends.client->why().kind, ErrorKind::upstream);
  return ends.client->why().message;
}

TEST(Verdict, says_what_is_wrong_and_what_to_do) {
  test::Authority authority;
  EXPECT_EQ(refusal(authority, authority.server()), "accepted");
  EXPECT_THAT(refusal(authority, authority.server({.from_days = -9, .until_days = -2})),
              AllOf(HasSubstr("expired on 20"), HasSubstr("renew")));
  EXPECT_THAT(refusal(authority, authority.server({.from_days = 2, .until_days = 9})),
              AllOf(HasSubstr("valid from 20"), HasSubstr("clock")));
  const auto own = test::make({});
  EXPECT_THAT(refusal(authority, authority.files_of(own)),
              AllOf(HasSubstr("self-signed"), HasSubstr("SSL_CERT_FILE")));
  test::Authority other;
  EXPECT_THAT(refusal(authority, other.server()),
              AllOf(HasSubstr("does not know"), HasSubstr("SSL_CERT_FILE")));
}

TEST(Verdict, names_whom_a_certificate_is_for) {
  test::Authority authority;
  const auto two = authority.server({.names = "DNS:a.example,IP:10.0.0.1"});
  EXPECT_THAT(refusal(authority, two), HasSubstr("is for a.example, 10.0.0.1, not for server.ex"));
  EXPECT_THAT(refusal(authority, two, "10.0.0.2"), HasSubstr("not for 10.0.0.2"));
  const auto many = authority.server(
      {.names = "DNS:a.example,DNS:b.example,DNS:c.example,DNS:d.example,IP:fd00::1"});
  EXPECT_THAT(refusal(authority, many), HasSubstr("c.example and others, not for"));
  const auto none = authority.server({.names = "email:me@example.org"});
  EXPECT_THAT(refusal(authority, none), HasSubstr("is for another name, not for"));
}

TEST(Verdict, an_authority_between_may_be_wrong_too) {
  test::Authority authority;
  const auto between = test::make(
      {.names = "DNS:between", .until_days = -1, .constraints = "CA:TRUE"}, &authority.identity());
  const auto server = test::make({}, &between);
  auto files = authority.files_of(server);
  authority.write("server.pem", server.certificate_pem() + between.certificate_pem());
  EXPECT_THAT(refusal(authority, files), HasSubstr("the certificate of its authority expired"));
  // Of one that is no authority at all.
  const auto nobody = test::make({}, &authority.identity());
  const auto pretended = test::make({}, &nobody);
  files = authority.files_of(pretended);
  authority.write("server.pem", pretended.certificate_pem() + nobody.certificate_pem());
  EXPECT_THAT(refusal(authority, files), HasSubstr("refused: "));
}

TEST(Verdict, dates_are_days) {
  ASN1_TIME* time = ASN1_TIME_new();
  ASN1_TIME_set_string(time, "20300102030405Z");
  EXPECT_EQ(date_of(time), "2030-01-02");
  ASN1_TIME_free(time);
}

}  // namespace
}  // namespace llf::tls
