#include "net/message_writer.hpp"

#include "base/clock.hpp"
#include "net/http_chars.hpp"

#include <fmt/format.h>

#include <array>
#include <ctime>
#include <iterator>
#include <utility>

namespace llf::net {
namespace {

bool is_ours_to_write(std::string_view name) {
  constexpr std::array<std::string_view, 5> kNames{"connection", "content-length", "date",
                                                   "keep-alive", "transfer-encoding"};
  return std::ranges::any_of(kNames, [name](auto ours) { return equal_ignoring_case(ours, name); });
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  for (const char c : value) out += is_value_char(c) ? c : ' ';
  out += "\r\n";
}

/// Date changes once a second and every answer has one.
std::string_view date_now() {
  thread_local std::int64_t second = -1;
  thread_local std::string text;
  if (const auto now = unix_now(); now != second) {
    second = now;
    text = http_date(now);
  }
  return text;
}

}  // namespace

std::string write_answer_head(const AnswerHead& head, const Headers& headers) {
  std::string out = fmt::format("HTTP/1.1 {} {}\r\n", head.status, reason_phrase(head.status));
  out.reserve(256);
  append_field(out, "Date", date_now());
  for (const auto& field : headers) {
    if (!is_ours_to_write(field.name) && is_token(field.name)) {
      append_field(out, field.name, field.value);
    }
  }
  if (head.mode == BodyMode::chunked) out += "Transfer-Encoding: chunked\r\n";
  if (head.length) fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", *head.length);
  if (!head.keep_alive) out += "Connection: close\r\n";
  out += "\r\n";
  return out;
}

std::string write_request_head(const RequestStart& start, const Headers& headers,
                               std::size_t body_size) {
  const auto method = start.method;
  std::string out = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", method, start.target, start.host);
  for (const auto& field : headers) {
    if (!is_ours_to_write(field.name) && !equal_ignoring_case(field.name, "host") &&
        is_token(field.name)) {
      append_field(out, field.name, field.value);
    }
  }
  if (body_size != 0 || method == "POST" || method == "PUT" || method == "PATCH") {
    fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", body_size);
  }
  if (start.connection == Persistence::close) out += "Connection: close\r\n";
  out += "\r\n";
  return out;
}

std::string http_date(std::int64_t unix_seconds) {
  constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t time = unix_seconds;
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
                     kDays[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                     kMonths[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour,
                     utc.tm_min, utc.tm_sec);
}

std::string_view reason_phrase(int status) {
  constexpr std::array<std::pair<int, std::string_view>, 36> kReasons{{
      {100, "Continue"},
      {102, "Processing"},
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {206, "Partial Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {406, "Not Acceptable"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {415, "Unsupported Media Type"},
      {417, "Expectation Failed"},
      {421, "Misdirected Request"},
      {422, "Unprocessable Content"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {505, "HTTP Version Not Supported"},
  }};
  for (const auto& [number, reason] : kReasons) {
    if (number == status) return reason;
  }
  return {};
}

}  // namespace llf::net
