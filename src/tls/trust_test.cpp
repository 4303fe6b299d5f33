#include "tls/trust.hpp"

#include "os/test_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

namespace llf::tls {
namespace {

using testing::HasSubstr;

class TrustTest : public testing::Test {
 protected:
  TrustTest() {
    std::ofstream(file_) << "certificates";
    std::filesystem::create_directory(certificates_);
  }

  static Expected<Trust> find(const std::map<std::string, std::string>& variables) {
    return find_trust([&](const char* name) {
      const auto at = variables.find(name);
      return at == variables.end() ? std::nullopt : std::optional(at->second);
    });
  }

  os::TestFolder folder_;
  std::string file_ = (folder_ / "ca.pem").native();
  std::string certificates_ = (folder_ / "certificates").native();
};

TEST_F(TrustTest, is_the_systems_unless_a_variable_says_more) {
  for (const auto& variables :
       {std::map<std::string, std::string>{}, {{"CURL_CA_BUNDLE", ""}, {"SSL_CERT_FILE", ""}}}) {
    const auto trust = find(variables);
    ASSERT_TRUE(trust);
    EXPECT_EQ(trust->file, "");
    EXPECT_EQ(trust->folder, "");
  }
}

TEST_F(TrustTest, a_bundle_is_a_file_or_a_folder) {
  for (const auto* name : {"CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE"}) {
    EXPECT_EQ(find({{name, file_}})->file, file_);
    EXPECT_EQ(find({{name, certificates_}})->folder, certificates_);
    const auto wrong = find({{name, "/absent"}, {"SSL_CERT_FILE", file_}});
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().kind, ErrorKind::invalid);
    EXPECT_THAT(wrong.error().message, HasSubstr(std::string(name) + " names /absent"));
  }
  const auto first = find({{"REQUESTS_CA_BUNDLE", file_}, {"CURL_CA_BUNDLE", certificates_}});
  EXPECT_EQ(first->file, file_);
  EXPECT_EQ(first->folder, "");
}

TEST_F(TrustTest, openssls_own_go_together) {
  const auto trust = find({{"SSL_CERT_FILE", file_}, {"SSL_CERT_DIR", certificates_}});
  EXPECT_EQ(trust->file, file_);
  EXPECT_EQ(trust->folder, certificates_);
  EXPECT_EQ(find({{"SSL_CERT_DIR", certificates_ + ":/absent"}})->folder,
            certificates_ + ":/absent");
  EXPECT_FALSE(find({{"SSL_CERT_FILE", certificates_}}));
  EXPECT_FALSE(find({{"SSL_CERT_DIR", file_}}));
}

}  // namespace
}  // namespace llf::tls
