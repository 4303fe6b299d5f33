#include "gateway/discreet.hpp"

#include <gtest/gtest.h>

namespace llf::gateway {
namespace {

TEST(Discreet, SEC16_only_the_last_name_of_a_path_stays) {
  EXPECT_EQ(discreet("loading '/srv/models/tiny.gguf' failed"), "loading '…/tiny.gguf' failed");
  EXPECT_EQ(discreet("/usr/lib/x.so: not found"), "…/x.so: not found");
  EXPECT_EQ(discreet("(/a/b), \"/c/d\""), "(…/b), \"…/d\"");
  EXPECT_EQ(discreet("in /srv/models/"), "in …/");
  EXPECT_EQ(discreet("unix:/run/llf/w-1.sock: closed"), "unix:…/w-1.sock: closed");
}

TEST(Discreet, SEC16_addresses_are_left_out) {
  EXPECT_EQ(discreet("at 0x7ffe12345678, pc=0xDEADBEEF"), "at 0x…, pc=0x…");
  EXPECT_EQ(discreet("flags 0x1f"), "flags 0x1f");
}

TEST(Discreet, other_text_stays) {
  for (const auto* text :
       {"", "run `./quickstart` or `tools/engine install`", "and/or", "1/2 / 3", "unix://w-1.sock",
        "http://127.0.0.1:8000/v1", "/one", "a 10x12 image"}) {
    EXPECT_EQ(discreet(text), text);
  }
}

}  // namespace
}  // namespace llf::gateway
