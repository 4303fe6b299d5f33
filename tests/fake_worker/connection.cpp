#include "connection.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace llf::fake_worker {
namespace {

constexpr int kIdleMs = 5000;
constexpr std::size_t kHeadLimit = 262'144;

std::string_view reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 404:
      return "Not Found";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    default:
      return "Error";
  }
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

std::optional<Request> parse_head(std::string_view head) {
  Request request;
  const auto line_end = std::min(head.find("\r\n"), head.size());
  const auto line = head.substr(0, line_end);
  const auto first = line.find(' ');
  const auto second = line.find(' ', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) {
    return std::nullopt;
  }
  request.method = line.substr(0, first);
  request.target = line.substr(first + 1, second - first - 1);
  head.remove_prefix(std::min(line_end + 2, head.size()));
  while (!head.empty()) {
    const auto end = std::min(head.find("\r\n"), head.size());
    const auto field = head.substr(0, end);
    const auto colon = field.find(':');
    if (colon == std::string_view::npos) {
      return std::nullopt;
    }
    auto value = field.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    request.headers.emplace_back(lower(field.substr(0, colon)), value);
    head.remove_prefix(std::min(end + 2, head.size()));
  }
  return request;
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
  const auto found = std::ranges::find(headers, name, &std::pair<std::string, std::string>::first);
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

Connection::~Connection() {
  ::close(fd_);
}

bool Connection::fill() {
  pollfd wait{.fd = fd_, .events = POLLIN, .revents = 0};
  if (::poll(&wait, 1, kIdleMs) <= 0) {
    return false;
  }
  std::array<char, 16384> bytes{};
  const auto size = ::recv(fd_, bytes.data(), bytes.size(), 0);
  if (size <= 0) {
    return false;
  }
  buffer_.append(bytes.data(), static_cast<std::size_t>(size));
  return true;
}

std::optional<Request> Connection::read_request() {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (buffer_.size() > kHeadLimit || !fill()) {
      return std::nullopt;
    }
  }
  auto request = parse_head(std::string_view(buffer_).substr(0, end));
  if (!request || !request->header("transfer-encoding").empty()) {
    reply(400, R"({"error":{"code":400,"message":"bad request","type":"invalid_request_error"}})");
    return std::nullopt;
  }
  std::size_t length = 0;
  const auto text = request->header("content-length");
  std::from_chars(text.data(), text.data() + text.size(), length);
  while (buffer_.size() < end + 4 + length) {
    if (!fill()) {
      return std::nullopt;
    }
  }
  request->body = buffer_.substr(end + 4, length);
  buffer_.erase(0, end + 4 + length);
  keep_alive_ = lower(request->header("connection")) != "close";
  return request;
}

bool Connection::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto done = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (done <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

std::string Connection::head(int status, std::string_view content_type) const {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " " + std::string(reason(status));
  text += "\r\nServer: llama.cpp\r\nAccess-Control-Allow-Origin: \r\nContent-Type: ";
  text += content_type;
  text += keep_alive_ ? "\r\nKeep-Alive: timeout=5, max=100\r\n" : "\r\nConnection: close\r\n";
  return text;
}

bool Connection::reply(int status, std::string_view body, std::string_view content_type) const {
  return send(head(status, content_type) + "Content-Length: " + std::to_string(body.size()) +
              "\r\n\r\n" + std::string(body));
}

bool Connection::gone_within(std::chrono::milliseconds wait) const {
  pollfd watched{.fd = fd_, .events = POLLRDHUP, .revents = 0};
  return ::poll(&watched, 1, static_cast<int>(wait.count())) > 0;
}

}  // namespace llf::fake_worker
