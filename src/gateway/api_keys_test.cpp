#include "gateway/api_keys.hpp"

#include "os/atomic_file.hpp"
#include "os/paths.hpp"
#include "os/test_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

namespace llf::gateway {
namespace {

class ApiKeysTest : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path file() const { return folder_ / "data/keys.json"; }
  [[nodiscard]] ApiKeys opened() const {
    ApiKeys keys(file());
    EXPECT_TRUE(keys.load());
    return keys;
  }

  os::TestFolder folder_;
};

TEST_F(ApiKeysTest, a_key_is_accepted_until_it_is_revoked) {
  auto keys = opened();
  const auto key = keys.create("laptop");
  ASSERT_TRUE(key);
  EXPECT_THAT(*key, testing::StartsWith("llf-"));
  EXPECT_EQ(key->size(), 52);
  EXPECT_TRUE(keys.accepts(*key));
  EXPECT_FALSE(keys.accepts(key->substr(1)));
  EXPECT_FALSE(keys.accepts(""));
  EXPECT_TRUE(keys.revoke("laptop"));
  EXPECT_FALSE(keys.accepts(*key));
}

TEST_F(ApiKeysTest, are_there_after_a_restart_and_not_in_the_file) {
  auto keys = opened();
  const auto first = keys.create("a").value();
  const auto second = keys.create("b").value();
  EXPECT_NE(first, second);
  const auto again = opened();
  EXPECT_TRUE(again.accepts(first));
  EXPECT_TRUE(again.accepts(second));
  ASSERT_EQ(again.all().size(), 2);
  EXPECT_EQ(again.all().front().name, "a");
  EXPECT_GT(again.all().front().created, 1'700'000'000);
  const auto text = os::read_file(file(), ByteSize::mib(1)).value();
  EXPECT_THAT(text, testing::Not(testing::HasSubstr(first)));
  struct stat facts{};
  ASSERT_EQ(::stat(file().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST_F(ApiKeysTest, a_name_is_one_word_and_not_taken) {
  auto keys = opened();
  for (const auto* name : {"", "a b", "a\nb", "\xC3\xBC", "a/b"}) {
    EXPECT_EQ(keys.create(name).error().kind, ErrorKind::invalid) << name;
  }
  EXPECT_FALSE(keys.create(std::string(100, 'a')));
  ASSERT_TRUE(keys.create("a"));
  EXPECT_EQ(keys.create("a").error().kind, ErrorKind::conflict);
  const auto unknown = keys.revoke("b");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, ErrorKind::not_found);
}

TEST_F(ApiKeysTest, a_broken_file_is_told_and_not_overwritten) {
  ASSERT_TRUE(os::ensure_dir(folder_ / "data"));
  for (const auto* text : {"", "{", "[]", R"({"keys":3})", R"({"keys":[{"name":"a"}]})",
                           R"({"keys":[{"name":"a","sha256":"zz"}]})"}) {
    ASSERT_TRUE(os::write_file_atomically(file(), text));
    ApiKeys keys(file());
    const auto loaded = keys.load();
    ASSERT_FALSE(loaded) << text;
    EXPECT_EQ(loaded.error().kind, ErrorKind::corrupt);
    EXPECT_EQ(os::read_file(file(), ByteSize::mib(1)), text);
  }
}

TEST_F(ApiKeysTest, what_cannot_be_saved_is_not_made) {
  auto keys = opened();
  ASSERT_TRUE(os::write_file_atomically(folder_ / "data", "a file in its place"));
  EXPECT_FALSE(keys.create("a"));
  EXPECT_TRUE(keys.all().empty());
}

}  // namespace
}  // namespace llf::gateway
