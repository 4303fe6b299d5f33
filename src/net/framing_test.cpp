#include "net/framing.hpp"

#include "base/limits.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace llf::net {
namespace {

/// 0: accepted; else the status of the refusal.
int request_status(std::string_view bytes) {
  HeadScanner scanner(HeadScanner::Kind::request);
  const auto size = scanner.scan(bytes);
  if (!size) return size.error().status;
  if (*size == 0) return -1;
  const auto head = parse_request_head(bytes.substr(0, *size));
  return head ? 0 : head.error().status;
}

struct Case {
  const char* name;
  std::string bytes;
  int status;
};

std::string get(std::string_view fields) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n";
}

std::string post_head(std::string_view fields) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n";
}

std::string line(std::string_view request_line) {
  return std::string(request_line) + "\r\nHost: a\r\n\r\n";
}

std::string host(std::string_view value) {
  return "GET / HTTP/1.1\r\nHost:" + std::string(value) + "\r\n\r\n";
}

const std::vector<Case> kAccepted{
    {"plain", get(""), 0},
    {"one empty line before", "\r\n" + get(""), 0},
    {"any token as method", line("FROBNICATE / HTTP/1.1"), 0},
    {"1.0 without Host", "GET / HTTP/1.0\r\n\r\n", 0},
    {"1.0 with Host", "GET / HTTP/1.0\r\nHost: a\r\n\r\n", 0},
    {"1.0 with length", "POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\n", 0},
    {"length", post_head("Content-Length: 13\r\n"), 0},
    {"length 0", post_head("Content-Length: 0\r\n"), 0},
    {"length with zeros", post_head("Content-Length: 0013\r\n"), 0},
    {"length in blanks", post_head("Content-Length: \t 13 \t\r\n"), 0},
    {"chunked", post_head("Transfer-Encoding: chunked\r\n"), 0},
    {"chunked in capitals", post_head("transfer-encoding: ChUnKeD\r\n"), 0},
    {"empty value", get("X:\r\n"), 0},
    {"tab in value", get("X: a\tb\r\n"), 0},
    {"beyond ASCII in value", get("X: \xc3\xa9\r\n"), 0},
    {"token characters in name", get("!#$%&'*+-.^_`|~0aZ: x\r\n"), 0},
    {"absolute form", "GET http://a/x?y HTTP/1.1\r\nHost: a\r\n\r\n", 0},
    {"absolute form, other case", "GET HTTP://A/x HTTP/1.1\r\nHost: a\r\n\r\n", 0},
    {"asterisk", line("OPTIONS * HTTP/1.1"), 0},
    {"expect", post_head("Content-Length: 1\r\nExpect: 100-continue\r\n"), 0},
    {"host with port", host(" localhost:8000"), 0},
    {"host IPv6", host(" [::1]:8000"), 0},
    {"host mapped IPv4", host(" [::ffff:127.0.0.1]"), 0},
    {"host with trailing dot", host(" localhost."), 0},
    {"host without blank", host("a"), 0},
    {"query with odd characters", line("GET /?a={b}|c^d HTTP/1.1"), 0},
};

const std::vector<Case> kRefused{
    // Transfer-Encoding
    {"TE gzip", post_head("Transfer-Encoding: gzip\r\n"), 501},
    {"TE xchunked", post_head("Transfer-Encoding: xchunked\r\n"), 501},
    {"TE chunked, identity", post_head("Transfer-Encoding: chunked, identity\r\n"), 501},
    {"TE gzip, chunked", post_head("Transfer-Encoding: gzip, chunked\r\n"), 501},
    {"TE identity", post_head("Transfer-Encoding: identity\r\n"), 501},
    {"TE chunked, chunked", post_head("Transfer-Encoding: chunked, chunked\r\n"), 400},
    {"TE twice", post_head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
    {"TE empty", post_head("Transfer-Encoding:\r\n"), 400},
    {"TE quoted", post_head("Transfer-Encoding: \"chunked\"\r\n"), 400},
    {"TE with parameter", post_head("Transfer-Encoding: chunked;a=b\r\n"), 400},
    {"TE with vertical tab",
     post_head("Transfer-Encoding: \x0b"
               "chunked\r\n"),
     400},
    {"TE and CL", post_head("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), 400},
    {"CL and TE", post_head("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), 400},
    {"TE on 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
    // Content-Length
    {"CL twice the same", post_head("Content-Length: 13\r\nContent-Length: 13\r\n"), 400},
    {"CL twice different", post_head("Content-Length: 13\r\nContent-Length: 14\r\n"), 400},
    {"CL list", post_head("Content-Length: 13, 13\r\n"), 400},
    {"CL +13", post_head("Content-Length: +13\r\n"), 400},
    {"CL -1", post_head("Content-Length: -1\r\n"), 400},
    {"CL 2^64", post_head("Content-Length: 18446744073709551616\r\n"), 400},
    {"CL 2^64 + 13", post_head("Content-Length: 18446744073709551629\r\n"), 400},
    {"CL hexadecimal", post_head("Content-Length: 0x10\r\n"), 400},
    {"CL empty", post_head("Content-Length:\r\n"), 400},
    {"CL with a blank inside", post_head("Content-Length: 1 3\r\n"), 400},
    {"CL fraction", post_head("Content-Length: 1.0\r\n"), 400},
    // Host
    {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
    {"two Hosts", get("Host: a\r\n"), 400},
    {"two Hosts on 1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400},
    {"Host empty", host(""), 400},
    {"Host with path", host(" a/b"), 400},
    {"Host with user", host(" u@a"), 400},
    {"Host list", host(" a, b"), 400},
    {"Host with blank", host(" a b"), 400},
    {"Host port too large", host(" a:65536"), 400},
    {"Host port empty", host(" a:"), 400},
    {"Host port letters", host(" a:x"), 400},
    {"Host IPv6 open", host(" [::1"), 400},
    {"Host IPv6 bare", host(" ::1"), 400},
    {"Host IPv6 zone", host(" [fe80::1%25eth0]"), 400},
    {"foreign absolute form", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"absolute form, other port", "GET http://a:1/ HTTP/1.1\r\nHost: a:2\r\n\r\n", 400},
    {"absolute form with user", "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"absolute form, other scheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    // fields
    {"folded", get("X: a\r\n b\r\n"), 400},
    {"folded with tab", get("X: a\r\n\tb\r\n"), 400},
    {"folded first", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
    {"blank before colon", post_head("Content-Length : 3\r\n"), 400},
    {"tab before colon", post_head("Content-Length\t: 3\r\n"), 400},
    {"no colon", get("abc\r\n"), 400},
    {"no name", get(": x\r\n"), 400},
    {"blank in name", get("a b: x\r\n"), 400},
    {"name beyond ASCII", get("\xc3\xa9: x\r\n"), 400},
    {"NUL in name", get(std::string("a\0b: x\r\n", 8)), 400},
    {"NUL in value", get(std::string("X: a\0b\r\n", 8)), 400},
    {"control in value", get("X: a\x01\r\n"), 400},
    {"DEL in value", get("X: a\x7f\r\n"), 400},
    // line ends
    {"bare LF everywhere", "GET / HTTP/1.1\nHost: a\n\n", 400},
    {"bare LF after a field", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", 400},
    {"bare LF at the end", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400},
    {"bare CR in value", get("X: a\rb\r\n"), 400},
    {"bare CR as line end", get("X: a\rContent-Length: 3\r\n"), 400},
    {"CR CR LF", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", 400},
    {"two empty lines before", "\r\n\r\n" + get(""), 400},
    // request line
    {"no version", line("GET /"), 400},
    {"no target", line("GET  HTTP/1.1"), 400},
    {"two blanks", line("GET  / HTTP/1.1"), 400},
    {"blank at the end", line("GET / HTTP/1.1 "), 400},
    {"blank in target", line("GET /a b HTTP/1.1"), 400},
    {"tabs", line("GET\t/\tHTTP/1.1"), 400},
    {"bad method", line("G(T / HTTP/1.1"), 400},
    {"relative target", line("GET x HTTP/1.1"), 400},
    {"asterisk with GET", line("GET * HTTP/1.1"), 400},
    {"fragment", line("GET /#a HTTP/1.1"), 400},
    {"control in target", line("GET /\x01 HTTP/1.1"), 400},
    {"beyond ASCII in target", line("GET /\xc3\xa9 HTTP/1.1"), 400},
    {"percent alone", line("GET /% HTTP/1.1"), 400},
    {"percent and one digit", line("GET /%4 HTTP/1.1"), 400},
    {"encoded NUL", line("GET /%00 HTTP/1.1"), 400},
    {"encoded line end", line("GET /%0d%0a HTTP/1.1"), 400},
    {"above the root", line("GET /../etc/passwd HTTP/1.1"), 400},
    {"above the root, encoded", line("GET /a/%2e%2e/%2e%2e/b HTTP/1.1"), 400},
    {"CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", 405},
    {"version 1.2", line("GET / HTTP/1.2"), 505},
    {"version 2.0", line("PRI * HTTP/2.0"), 505},
    {"version 0.9", line("GET / HTTP/0.9"), 505},
    {"version in small letters", line("GET / http/1.1"), 400},
    {"version with two digits", line("GET / HTTP/1.10"), 400},
    {"other protocol", line("GET / HTCPCP/1.0"), 400},
    {"TLS", std::string("\x16\x03\x01\x02\x00\x01", 6), 400},
    // wishes
    {"unknown expectation", post_head("Content-Length: 1\r\nExpect: 200-ok\r\n"), 417},
};

TEST(RequestHead, accepts_what_is_valid) {
  for (const auto& one : kAccepted) EXPECT_EQ(request_status(one.bytes), 0) << one.name;
}

TEST(RequestHead, refuses_what_is_not_with_the_right_status) {
  EXPECT_GE(kAccepted.size() + kRefused.size(), 100U);
  for (const auto& one : kRefused) EXPECT_EQ(request_status(one.bytes), one.status) << one.name;
}

TEST(RequestHead, a_head_in_pieces_is_judged_like_a_whole_one) {
  for (const auto* cases : {&kAccepted, &kRefused}) {
    for (const auto& one : *cases) {
      HeadScanner scanner(HeadScanner::Kind::request);
      int status = -1;
      for (std::size_t n = 1; n <= one.bytes.size() && status == -1; ++n) {
        const auto so_far = std::string_view(one.bytes).substr(0, n);
        const auto size = scanner.scan(so_far);
        if (!size) {
          status = size.error().status;
        } else if (*size != 0) {
          const auto head = parse_request_head(so_far.substr(0, *size));
          status = head ? 0 : head.error().status;
        }
      }
      EXPECT_EQ(status, one.status) << one.name;
    }
  }
}

TEST(RequestHead, reads_every_part) {
  const std::string bytes =
      "POST http://h:1/a%20b/./c/../d%2Fe?q=%41 HTTP/1.1\r\nhost: h:1\r\nA: 1\r\na:  2 \r\n"
      "Content-Length: 7\r\nExpect: 100-continue\r\nConnection: x, Close\r\n\r\n";
  const auto head = parse_request_head(bytes);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->method, "POST");
  EXPECT_EQ(head->target, "http://h:1/a%20b/./c/../d%2Fe?q=%41");
  EXPECT_EQ(head->path, "/a b/d/e");
  EXPECT_EQ(head->query, "q=%41");
  EXPECT_EQ(head->host, "h:1");
  EXPECT_EQ(head->minor_version, 1);
  EXPECT_EQ(head->body, (BodyFraming{.kind = BodyKind::length, .length = 7}));
  EXPECT_TRUE(head->expect_continue);
  EXPECT_FALSE(head->keep_alive);
  EXPECT_EQ(head->headers.get("A"), "1");
  EXPECT_EQ(head->headers.count("a"), 2U);
}

TEST(RequestHead, only_http_1_1_keeps_the_connection_by_itself) {
  EXPECT_TRUE(parse_request_head(get(""))->keep_alive);
  EXPECT_FALSE(parse_request_head(get("Connection: close\r\n"))->keep_alive);
  EXPECT_FALSE(parse_request_head("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")->keep_alive);
}

TEST(RequestHead, expectation_counts_only_with_a_body_and_on_http_1_1) {
  EXPECT_FALSE(parse_request_head(get("Expect: 100-continue\r\n"))->expect_continue);
  EXPECT_FALSE(parse_request_head("POST / HTTP/1.0\r\nContent-Length: 1\r\n"
                                  "Expect: 100-continue\r\n\r\n")
                   ->expect_continue);
}

TEST(HeadScanner, request_line_limit_is_exact) {
  const auto line_of = [](std::size_t size) {
    const std::string prefix = "GET /";
    const std::string suffix = " HTTP/1.1";
    return prefix + std::string(size - prefix.size() - suffix.size(), 'a') + suffix;
  };
  const auto limit = limits::kRequestLine.bytes();
  EXPECT_EQ(request_status(line(line_of(limit - 1))), 0);
  EXPECT_EQ(request_status(line(line_of(limit))), 0);
  EXPECT_EQ(request_status(line(line_of(limit + 1))), 414);
  // Without an end it is refused as soon as it cannot fit any more.
  EXPECT_EQ(request_status(std::string(limit, 'a')), -1);
  EXPECT_EQ(request_status(std::string(limit, 'a') + "\r"), -1);
  EXPECT_EQ(request_status(std::string(limit + 1, 'a')), 414);
}

TEST(HeadScanner, header_limit_is_exact) {
  const auto head_of = [](std::size_t size) {
    const std::string fields = "Host: a\r\nX: ";
    return "GET / HTTP/1.1\r\n" + fields + std::string(size - fields.size() - 2, 'a') + "\r\n\r\n";
  };
  const auto limit = limits::kHeaders.bytes();
  EXPECT_EQ(request_status(head_of(limit - 1)), 0);
  EXPECT_EQ(request_status(head_of(limit)), 0);
  EXPECT_EQ(request_status(head_of(limit + 1)), 431);
  EXPECT_EQ(request_status("GET / HTTP/1.1\r\n" + std::string(limit, 'a')), -1);
  EXPECT_EQ(request_status("GET / HTTP/1.1\r\n" + std::string(limit + 1, 'a')), 431);
}

TEST(HeadScanner, field_count_limit_is_exact) {
  const auto fields = [](std::size_t count) {
    std::string result = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (std::size_t i = 1; i < count; ++i) result += "X: y\r\n";
    return result + "\r\n";
  };
  EXPECT_EQ(request_status(fields(limits::kHeaderFields - 1)), 0);
  EXPECT_EQ(request_status(fields(limits::kHeaderFields)), 0);
  EXPECT_EQ(request_status(fields(limits::kHeaderFields + 1)), 431);
}

TEST(HeadScanner, stops_at_the_end_of_the_head) {
  HeadScanner scanner(HeadScanner::Kind::request);
  const auto head = get("");
  EXPECT_EQ(scanner.scan(head + "\n\n\r\rbody"), head.size());
}

/// 0: refused; else the status that was read.
int response_status(std::string_view bytes, std::string_view method = "GET") {
  HeadScanner scanner(HeadScanner::Kind::response);
  const auto size = scanner.scan(bytes);
  if (!size || *size == 0) return 0;
  const auto head = parse_response_head(bytes.substr(0, *size), method);
  return head ? head->status : 0;
}

TEST(ResponseHead, accepts_what_is_valid) {
  EXPECT_EQ(response_status("HTTP/1.1 200 OK\r\n\r\n"), 200);
  EXPECT_EQ(response_status("HTTP/1.0 404 Not Found\r\nA: b\r\n\r\n"), 404);
  EXPECT_EQ(response_status("HTTP/1.1 200 \r\n\r\n"), 200);
  EXPECT_EQ(response_status("HTTP/1.1 200\r\n\r\n"), 200);
  EXPECT_EQ(response_status("HTTP/1.1 100 Continue\r\n\r\n"), 100);
  EXPECT_EQ(response_status("HTTP/1.1 599 \xc3\xa9\r\n\r\n"), 599);
}

TEST(ResponseHead, refuses_ambiguous_framing_and_broken_lines) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  for (const std::string& bytes : std::vector<std::string>{
           ok + "Transfer-Encoding: gzip\r\n\r\n",
           ok + "Transfer-Encoding: chunked, identity\r\n\r\n",
           ok + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
           ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
           "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
           ok + "Content-Length: 3\r\nContent-Length: 3\r\n\r\n",
           ok + "Content-Length: 3, 3\r\n\r\n",
           ok + "Content-Length: +3\r\n\r\n",
           ok + "Content-Length: 18446744073709551616\r\n\r\n",
           ok + "X: a\r\n b\r\n\r\n",
           ok + "X : a\r\n\r\n",
           ok + "X: a\rb\r\n\r\n",
           "HTTP/1.1 200 OK\nX: a\n\n",
           "\r\nHTTP/1.1 200 OK\r\n\r\n",
           "HTTP/2.0 200 OK\r\n\r\n",
           "HTTP/1.1 20 OK\r\n\r\n",
           "HTTP/1.1 2000 OK\r\n\r\n",
           "HTTP/1.1 099 OK\r\n\r\n",
           "HTTP/1.1 600 OK\r\n\r\n",
           "HTTP/1.1  200 OK\r\n\r\n",
           "HTTP/1.1\r\n\r\n",
           "<html>\r\n\r\n",
       }) {
    EXPECT_EQ(response_status(bytes), 0) << bytes;
  }
}

TEST(ResponseHead, knows_which_answers_have_a_body) {
  const auto kind = [](std::string_view bytes, std::string_view method = "GET") {
    return parse_response_head(bytes, method)->body.kind;
  };
  EXPECT_EQ(kind("HTTP/1.1 200 OK\r\n\r\n"), BodyKind::until_close);
  EXPECT_EQ(kind("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"), BodyKind::length);
  EXPECT_EQ(kind("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), BodyKind::none);
  EXPECT_EQ(kind("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), BodyKind::chunked);
  EXPECT_EQ(kind("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", "HEAD"), BodyKind::none);
  EXPECT_EQ(kind("HTTP/1.1 204 No\r\nContent-Length: 2\r\n\r\n"), BodyKind::none);
  EXPECT_EQ(kind("HTTP/1.1 304 No\r\n\r\n"), BodyKind::none);
  EXPECT_EQ(kind("HTTP/1.1 100 Continue\r\n\r\n"), BodyKind::none);
}

}  // namespace
}  // namespace llf::net
