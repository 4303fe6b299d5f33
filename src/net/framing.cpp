#include "net/framing.hpp"

#include "base/limits.hpp"
#include "net/http_chars.hpp"
#include "net/target.hpp"

#include <algorithm>
#include <utility>

namespace llf::net {
namespace {

constexpr std::unexpected<FramingError> refuse(int status, std::string_view code,
                                               std::string_view message) {
  return std::unexpected(FramingError{.status = status, .code = code, .message = message});
}

constexpr auto kBadRequestLine =
    refuse(400, "bad_request_line", "The request line is not METHOD TARGET HTTP/1.1.");
constexpr auto kBadStatusLine = refuse(400, "bad_status_line", "The status line is not valid.");
constexpr auto kBadVersion =
    refuse(505, "http_version_not_supported", "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
constexpr auto kBadLine = refuse(
    400, "bad_line", "A line of the head does not end with CR LF, or a CR or LF stands alone.");
constexpr auto kBadField = refuse(400, "bad_header", "A header field is not valid.");
constexpr auto kTooManyFields =
    refuse(431, "too_many_headers", "The request has more than 100 header fields.");
constexpr auto kHeadTooLong =
    refuse(431, "headers_too_large", "The header fields are longer than 32 KiB.");
constexpr auto kLineTooLong =
    refuse(414, "request_line_too_long", "The request line is longer than 8 KiB.");
constexpr auto kBadHost =
    refuse(400, "bad_host", "The request does not have exactly one valid Host.");
constexpr auto kBadLength =
    refuse(400, "bad_content_length", "Content-Length is not one number of bytes.");
constexpr auto kBadCoding =
    refuse(400, "bad_transfer_encoding", "The body's framing is ambiguous.");
constexpr auto kUnknownCoding =
    refuse(501, "unsupported_transfer_encoding", "The only transfer coding is chunked.");
constexpr auto kBadExpect =
    refuse(417, "expectation_failed", "The only expectation is 100-continue.");

/// Takes the next line off `rest`, which HeadScanner has found to end with CR LF.
std::string_view take_line(std::string_view& rest) {
  const auto end = std::min(rest.find("\r\n"), rest.size());
  const auto line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 2, rest.size()));
  return line;
}

Framed<Headers> parse_fields(std::string_view rest) {
  Headers headers;
  while (true) {
    const auto line = take_line(rest);
    if (line.empty()) return headers;
    const auto colon = line.find(':');
    // A line that begins with a blank (obs-fold) has no token before the colon.
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return kBadField;
    const auto value = trim_blanks(line.substr(colon + 1));
    if (!std::ranges::all_of(value, is_value_char)) return kBadField;
    if (headers.size() == limits::kHeaderFields) return kTooManyFields;
    headers.add(std::string(line.substr(0, colon)), std::string(value));
  }
}

/// "HTTP/1.1" is 1, "HTTP/1.0" is 0.
Framed<int> parse_version(std::string_view text, const std::unexpected<FramingError>& malformed) {
  if (text.size() != 8 || !text.starts_with("HTTP/") || !is_digit(text[5]) || text[6] != '.' ||
      !is_digit(text[7])) {
    return malformed;
  }
  if (text == "HTTP/1.1") return 1;
  if (text == "HTTP/1.0") return 0;
  return kBadVersion;
}

/// Why a Transfer-Encoding that is not plainly "chunked" is refused.
std::unexpected<FramingError> bad_coding(std::string_view value) {
  int chunked = 0;
  while (true) {
    const auto comma = std::min(value.find(','), value.size());
    const auto coding = trim_blanks(value.substr(0, comma));
    if (!is_token(coding)) return kBadCoding;
    if (equal_ignoring_case(coding, "chunked") && ++chunked == 2) return kBadCoding;
    if (comma == value.size()) return kUnknownCoding;
    value.remove_prefix(comma + 1);
  }
}

/// The framing that the fields declare; `undeclared` when they say nothing (RFC 9112 6.3).
Framed<BodyFraming> parse_body_framing(const Headers& headers, int minor_version,
                                       BodyKind undeclared) {
  const auto codings = headers.count("transfer-encoding");
  const auto lengths = headers.count("content-length");
  if (codings != 0) {
    if (codings > 1 || lengths != 0 || minor_version == 0) return kBadCoding;
    const auto coding = *headers.get("transfer-encoding");
    if (!equal_ignoring_case(coding, "chunked")) return bad_coding(coding);
    return BodyFraming{.kind = BodyKind::chunked};
  }
  if (lengths == 0) return BodyFraming{.kind = undeclared};
  const auto length = parse_digits(*headers.get("content-length"));
  if (lengths > 1 || !length) return kBadLength;
  if (*length == 0) return BodyFraming{};
  return BodyFraming{.kind = BodyKind::length, .length = *length};
}

Framed<void> check_host(RequestHead& head, std::string_view authority) {
  const auto hosts = head.headers.count("host");
  if (hosts > 1 || (hosts == 0 && head.minor_version == 1)) return kBadHost;
  if (hosts == 1) {
    head.host = *head.headers.get("host");
    if (!is_valid_host(head.host)) return kBadHost;
    if (!authority.empty() && !equal_ignoring_case(authority, head.host)) return kBadHost;
  } else {
    head.host = authority;
  }
  return {};
}

Framed<void> parse_request_line(std::string_view line, RequestHead& head) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return kBadRequestLine;
  head.method = line.substr(0, first);
  head.target = line.substr(first + 1, last - first - 1);
  if (!is_token(head.method) || head.target.empty()) return kBadRequestLine;
  const auto version = parse_version(line.substr(last + 1), kBadRequestLine);
  if (!version) return std::unexpected(version.error());
  head.minor_version = *version;
  return {};
}

/// Expect and Connection.
Framed<void> parse_wishes(RequestHead& head) {
  const auto expect = head.headers.get("expect");
  if (expect && head.minor_version == 1) {
    if (!equal_ignoring_case(*expect, "100-continue") || head.headers.count("expect") > 1) {
      return kBadExpect;
    }
    head.expect_continue = head.body.kind != BodyKind::none;
  }
  head.keep_alive = head.minor_version == 1 && !head.headers.has_token("connection", "close");
  return {};
}

}  // namespace

Framed<void> HeadScanner::check_limits(std::size_t size) const {
  const bool in_first_line = first_line_ == 0;
  const auto limit = in_first_line ? limits::kRequestLine : limits::kHeaders;
  const auto start = in_first_line ? line_start_ : first_line_;
  if (size - start <= limit.bytes()) return {};
  if (in_first_line) return kLineTooLong;
  return kHeadTooLong;
}

Framed<std::size_t> HeadScanner::scan(std::string_view bytes) {
  if (seen_ == 0 && !bytes.empty() && !is_token_char(bytes[0]) && bytes[0] != '\r') {
    return kBadLine;
  }
  while (true) {
    const auto newline = bytes.find('\n', seen_);
    if (newline == std::string_view::npos) break;
    seen_ = newline + 1;
    if (newline == line_start_ || bytes[newline - 1] != '\r') return kBadLine;
    const bool empty = newline == line_start_ + 1;
    if (empty && first_line_ != 0) return seen_;
    if (empty) {
      // One empty line may stand before a request (RFC 9112 2.2).
      if (kind_ != Kind::request || line_start_ != 0) return kBadLine;
      line_start_ = seen_;
      continue;
    }
    // The line's own CR LF does not count for the first line, and does for the fields.
    const auto end = first_line_ == 0 ? newline - 1 : seen_;
    if (auto within = check_limits(end); !within) return std::unexpected(within.error());
    line_start_ = seen_;
    if (first_line_ == 0) first_line_ = seen_;
  }
  seen_ = bytes.size();
  // What may still turn out to be the CR of a line end does not count.
  const bool maybe_end = bytes.ends_with('\r');
  if (auto within = check_limits(bytes.size() - (maybe_end ? 1 : 0)); !within) {
    return std::unexpected(within.error());
  }
  return 0;
}

Framed<RequestHead> parse_request_head(std::string_view bytes) {
  if (bytes.starts_with("\r\n")) bytes.remove_prefix(2);
  RequestHead head;
  if (auto line = parse_request_line(take_line(bytes), head); !line) {
    return std::unexpected(line.error());
  }
  auto headers = parse_fields(bytes);
  if (!headers) return std::unexpected(headers.error());
  head.headers = std::move(*headers);

  const auto framing = parse_body_framing(head.headers, head.minor_version, BodyKind::none);
  if (!framing) return std::unexpected(framing.error());
  head.body = *framing;
  auto target = parse_target(head.method, head.target);
  if (!target) return std::unexpected(target.error());
  head.path = std::move(target->path);
  head.query = std::move(target->query);
  if (auto host = check_host(head, target->authority); !host) return std::unexpected(host.error());
  if (auto wishes = parse_wishes(head); !wishes) return std::unexpected(wishes.error());
  return head;
}

Framed<ResponseHead> parse_response_head(std::string_view bytes, std::string_view request_method) {
  ResponseHead head;
  const auto line = take_line(bytes);
  const auto version = parse_version(line.substr(0, 8), kBadStatusLine);
  if (!version) return std::unexpected(version.error());
  head.minor_version = *version;
  const auto rest = line.substr(8);
  const auto code = rest.size() >= 4 ? parse_digits(rest.substr(1, 3)) : std::nullopt;
  if (!code || rest[0] != ' ' || *code < 100 || *code > 599) return kBadStatusLine;
  if (rest.size() > 4 && rest[4] != ' ') return kBadStatusLine;
  if (!std::ranges::all_of(rest, is_value_char)) return kBadStatusLine;
  head.status = static_cast<int>(*code);

  auto headers = parse_fields(bytes);
  if (!headers) return std::unexpected(headers.error());
  head.headers = std::move(*headers);
  const auto framing = parse_body_framing(head.headers, head.minor_version, BodyKind::until_close);
  if (!framing) return std::unexpected(framing.error());
  const bool has_body = request_method != "HEAD" && request_method != "CONNECT" &&
                        head.status >= 200 && head.status != 204 && head.status != 304;
  if (has_body) head.body = *framing;
  return head;
}

}  // namespace llf::net
