#include "url/url.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>

namespace llf {
namespace {

std::string origin_of(std::string_view text) {
  const auto url = Url::parse(text);
  return url ? url->origin() : url.error().message;
}

TEST(Url, has_one_origin_however_it_is_written) {
  EXPECT_EQ(origin_of("https://hf.co"), "https://hf.co:443");
  EXPECT_EQ(origin_of("HTTPS://HF.co:443/a?b#c"), "https://hf.co:443");
  EXPECT_EQ(origin_of("http://127.0.0.1:8080/x"), "http://127.0.0.1:8080");
  EXPECT_EQ(origin_of("http://[::1]/x"), "http://[::1]:80");
}

TEST(Url, takes_nothing_but_whole_http_urls_without_credentials) {
  for (const auto* wrong :
       {"", "hf.co", "/a", "file:///etc/passwd", "ftp://h/x", "http://", "https:x",
        "http://user@h/", "http://u:p@h/", "http://h\\@evil/", "http://h/ a", "http://h:70000/",
        "http://h:99999", "http://h:0", "javascript:alert(1)", "http://h:99999999/x\n"}) {
    EXPECT_FALSE(Url::parse(wrong)) << wrong;
  }
}

TEST(Url, resolves_where_a_redirect_leads) {
  const auto base = *Url::parse("https://hub.example/org/repo/resolve/main/a.gguf");
  const std::array<std::pair<std::string_view, std::string_view>, 5> kCases{{
      {"/api/x", "https://hub.example/api/x"},
      {"b.gguf", "https://hub.example/org/repo/resolve/main/b.gguf"},
      {"https://cdn.example/y?sig=a%2Fb", "https://cdn.example/y?sig=a%2Fb"},
      {"//other.example/z", "https://other.example/z"},
      {"?x=1", "https://hub.example/org/repo/resolve/main/a.gguf?x=1"},
  }};
  for (const auto& [location, expected] : kCases) {
    const auto url = base.resolve(location);
    ASSERT_TRUE(url) << location;
    EXPECT_EQ(url->str(), expected);
  }
  for (const auto* wrong : {"file:///etc/passwd", "http://u@h/", "\\\\h\\x"}) {
    EXPECT_FALSE(base.resolve(wrong)) << wrong;
  }
}

TEST(Url, tells_its_parts) {
  const auto url = *Url::parse("https://h.example/a/my%20model.gguf?sig=secret");
  EXPECT_EQ(url.shown(), "https://h.example/a/my%20model.gguf");
  EXPECT_EQ(url.file_name(), "my model.gguf");
  EXPECT_EQ(Url::parse("https://h.example")->file_name(), "");
  EXPECT_EQ(Url::parse("https://h.example")->at("api/x").str(), "https://h.example/api/x");
  EXPECT_EQ(url.host(), "h.example");
  EXPECT_EQ(url.port(), 443);
  EXPECT_EQ(url.target(), "/a/my%20model.gguf?sig=secret");
  EXPECT_EQ(Url::parse("http://[FE80::1]:8080")->host(), "fe80::1");
  EXPECT_EQ(Url::parse("http://[fe80::1]:8080")->port(), 8080);
  EXPECT_EQ(Url::parse("http://h.example?a=/b")->target(), "/?a=/b");
  EXPECT_EQ(Url::parse("https://h.example/mirror")->at("a").str(), "https://h.example/mirror/a");
}

}  // namespace
}  // namespace llf
