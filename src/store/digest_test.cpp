#include "store/digest.hpp"

#include <gtest/gtest.h>

#include <string>

namespace llf::store {
namespace {

// FIPS 180-4's example "abc".
constexpr auto kAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Digest, of_known_bytes) {
  EXPECT_EQ(sha256("abc").hex(), kAbc);
  Sha256 hash;
  hash.add(std::string_view("a"));
  hash.add(std::string_view("bc"));
  EXPECT_EQ(hash.finish().hex(), kAbc);
  hash.add(std::string_view("abc"));
  EXPECT_EQ(hash.finish().hex(), kAbc) << "it begins anew";
}

// SEC-30
TEST(Digest, is_64_lower_case_hexadecimal_digits_or_nothing) {
  ASSERT_TRUE(Digest::parse(kAbc));
  EXPECT_EQ(*Digest::parse(kAbc), sha256("abc"));
  const std::string good(kAbc);
  auto upper = good;
  upper[0] = 'B';
  auto nul = good;
  nul[10] = '\0';
  for (const auto& wrong : {std::string(), good.substr(1), good + "0", upper, nul,
                            "../" + good.substr(3), "%2e" + good.substr(3)}) {
    EXPECT_FALSE(Digest::parse(wrong)) << wrong;
  }
}

TEST(Digest, is_gone_on_with_from_a_state) {
  const std::string block(Sha256::kBlock, 'x');
  Sha256 first;
  first.add(block);
  const auto state = first.state();
  Sha256 second;
  second.resume(state, block.size());
  second.add(std::string_view("abc"));
  EXPECT_EQ(second.finish(), sha256(block + "abc"));
  // The length counts, too: beyond 512 MiB in another word.
  Sha256 far;
  far.resume(state, std::uint64_t{1} << 40U);
  Sha256 near;
  near.resume(state, block.size());
  EXPECT_NE(far.finish(), near.finish());
}

}  // namespace
}  // namespace llf::store
