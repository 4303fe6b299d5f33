// A URL that is taken is one for everybody: written and read again it is the same, and its parts
// make its origin; a request target has one path, which stays what it is when it is read again.
#include "net/target.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "url/url.hpp"

#include <string>

namespace llf::fuzz {
namespace {

void check_url(std::string_view input) {
  const auto url = Url::parse(input);
  if (!url) return;
  LLF_ASSERT(!url->host().empty() && url->target().starts_with('/'));
  LLF_ASSERT(url->encrypted() == url->origin().starts_with("https://"));
  LLF_ASSERT(url->origin().ends_with(":" + std::to_string(url->port())) || url->port() == 0);
  LLF_ASSERT(!url->str().contains('#'));
  const auto again = Url::parse(url->str());
  LLF_ASSERT(again && *again == *url);
  const auto further = url->resolve(input);
  LLF_ASSERT(further && further->origin() == url->origin());
}

void check_target(std::string_view method, std::string_view input) {
  const auto target = net::parse_target(method, input);
  if (!target) {
    LLF_ASSERT(target.error().status >= 400);
    return;
  }
  if (target->path == "*") return;
  LLF_ASSERT(target->path.starts_with('/'));
  for (const std::string_view dots : {"/./", "/../"}) {
    LLF_ASSERT(!(target->path + '/').contains(dots));
  }
}

}  // namespace

void check(std::string_view input) {
  check_url(input);
  for (const auto method : {"GET", "POST", "OPTIONS"}) check_target(method, input);
}

}  // namespace llf::fuzz
