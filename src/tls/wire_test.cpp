#include "tls/wire.hpp"

#include <gtest/gtest.h>

#include <array>

namespace llf::tls {
namespace {

TEST(Wire, gives_what_came_in_order_and_then_asks_again) {
  Wire wire;
  const auto bio = wire.bio();
  ASSERT_TRUE(bio);
  std::array<char, 4> buffer{};
  EXPECT_EQ(BIO_read(bio.get(), buffer.data(), 4), -1);
  EXPECT_TRUE(BIO_should_read(bio.get()));
  wire.take("abc");
  EXPECT_EQ(BIO_read(bio.get(), buffer.data(), 2), 2);
  wire.take("defg");
  EXPECT_EQ(BIO_read(bio.get(), buffer.data(), 4), 4);
  EXPECT_EQ(std::string_view(buffer.data(), 4), "cdef");
  EXPECT_EQ(BIO_read(bio.get(), buffer.data(), 4), 1);
  EXPECT_EQ(BIO_read(bio.get(), buffer.data(), 4), -1);
}

TEST(Wire, keeps_what_is_to_go) {
  Wire wire;
  const auto bio = wire.bio();
  EXPECT_EQ(BIO_write(bio.get(), "ab", 2), 2);
  EXPECT_EQ(BIO_write(bio.get(), "c", 1), 1);
  EXPECT_EQ(BIO_flush(bio.get()), 1);
  EXPECT_EQ(wire.going(), "abc");
}

}  // namespace
}  // namespace llf::tls
