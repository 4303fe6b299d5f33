// The end of a request's head is found wherever its bytes are cut, and what is understood of it can
// be said in one way only: written plainly and read again, it is the same.
#include "net/framing.hpp"
#include "net/target.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace llf::fuzz {
namespace {

using net::HeadScanner;

net::Framed<std::size_t> scan(std::string_view input, std::size_t size, HeadScanner::Kind kind) {
  HeadScanner scanner(kind);
  net::Framed<std::size_t> end = 0;
  std::size_t come = 0;
  for_each_piece(input, size, [&](std::string_view piece) {
    come += piece.size();
    if (end && *end == 0) end = scanner.scan(input.substr(0, come));
  });
  return end;
}

std::string plain(const net::RequestHead& head) {
  auto text = head.method + ' ' + head.target + " HTTP/1." + std::to_string(head.minor_version);
  for (const auto& [name, value] : head.headers) {
    text.append("\r\n").append(name).append(": ").append(value);
  }
  return text + "\r\n\r\n";
}

void check_request(std::string_view bytes) {
  const auto head = net::parse_request_head(bytes);
  if (!head) {
    LLF_ASSERT(head.error().status >= 400 && !head.error().code.empty());
    return;
  }
  LLF_ASSERT(head->path.starts_with('/') || head->path == "*");
  LLF_ASSERT(head->path.find('\0') == std::string::npos);
  LLF_ASSERT(head->body.kind != net::BodyKind::until_close);
  LLF_ASSERT((head->body.length != 0) == (head->body.kind == net::BodyKind::length));
  const auto again = net::parse_request_head(plain(*head));
  LLF_ASSERT(again && again->headers == head->headers && again->body == head->body);
  LLF_ASSERT(again->path == head->path && again->query == head->query);
  LLF_ASSERT(again->host == head->host && again->keep_alive == head->keep_alive);
}

}  // namespace

void check(std::string_view input) {
  for (const auto kind : {HeadScanner::Kind::request, HeadScanner::Kind::response}) {
    const auto whole = scan(input, input.size(), kind);
    for (const auto size : kPieces) LLF_ASSERT(scan(input, size, kind) == whole);
    if (!whole || *whole == 0) continue;
    LLF_ASSERT(*whole <= input.size());
    const auto head = input.substr(0, *whole);
    if (kind == HeadScanner::Kind::request) {
      check_request(head);
    } else {
      for (const auto method : {"GET", "HEAD"}) (void)net::parse_response_head(head, method);
    }
  }
}

}  // namespace llf::fuzz
