#include "store/digest.hpp"

#include "store/test_shelf.hpp"

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

TEST(Digest, of_a_file) {
  const TestShelf shelf;
  const auto path = shelf.put("a", "abc");
  std::uint64_t seen = 0;
  const auto digest = sha256_of_file(path, [&](std::uint64_t done) {
    seen = done;
    return true;
  });
  ASSERT_TRUE(digest);
  EXPECT_EQ(digest->hex(), kAbc);
  EXPECT_EQ(seen, 3U);
  const auto stopped = sha256_of_file(path, [](std::uint64_t) { return false; });
  EXPECT_EQ(stopped.error().kind, ErrorKind::cancelled);
  EXPECT_EQ(sha256_of_file(shelf.root() / "absent", [](auto) { return true; }).error().kind,
            ErrorKind::not_found);
}

}  // namespace
}  // namespace llf::store
