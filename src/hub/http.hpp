#pragma once

#include "base/byte_size.hpp"
#include "base/expected.hpp"
#include "url/url.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llf::hub {

/// The head of an answer.
struct HttpHead {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> fields;  ///< names in lower case

  /// The last field of this name (lower case).
  [[nodiscard]] std::optional<std::string> field(std::string_view name) const;
};

/// Whether an answer is read on.
enum class Verdict : std::uint8_t {
  go_on,
  stop,
  later,  ///< not these bytes yet: the next `wait` tells them again
};

/// One request and who reads its answer. Redirects are answers like any other: nothing is followed.
struct HttpRequest {
  Url url;
  std::vector<std::string> fields;  ///< "Range: bytes=0-99"
  std::chrono::seconds whole{};     ///< for the whole answer; 0: only silence ends it
  std::function<Verdict(const HttpHead&)> on_head;
  std::function<Verdict(std::span<const char>)> on_body;
};

/// How an answer ended.
enum class HttpEnd : std::uint8_t {
  whole,    ///< as the server said
  stopped,  ///< a reader said stop
  failed,   ///< could not connect, was cut, timed out
};

struct HttpResult {
  std::size_t id = 0;  ///< of Connections::start
  HttpEnd end = HttpEnd::failed;
  Error error;  ///< of a failed one
};

/// Whether what a request failed with will not pass: a certificate that is refused. Pure.
[[nodiscard]] bool is_lasting(const Error& error);

/// Several requests at once, over connections that are kept for the next ones. HTTP/1.1, so that
/// each has one of its own. TLS is verified, by the authorities of tls::find_trust; proxies are
/// those of the environment. Blocks; one thread, but wake.
class Connections {
 public:
  /// Errors: those of load_curl and tls::find_trust.
  [[nodiscard]] static Expected<Connections> create();
  Connections(Connections&&) noexcept;
  Connections& operator=(Connections&&) noexcept;
  ~Connections();

  /// Begins a request; its readers are called within `wait`.
  [[nodiscard]] std::size_t start(HttpRequest request);

  /// Ends a request without a result.
  void drop(std::size_t id);

  [[nodiscard]] std::size_t running() const;

  /// Moves bytes until something has ended or the time is over.
  [[nodiscard]] std::vector<HttpResult> wait(std::chrono::milliseconds time);

  /// Lets `wait` return. Any thread.
  void wake();

 private:
  struct Impl;
  explicit Connections(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// A small answer.
struct HttpAnswer {
  HttpHead head;
  std::string body;
};

/// What is asked for a small answer.
struct HttpGet {
  Url url;
  std::vector<std::string> fields;
  ByteSize limit;                       ///< of the answer
  std::optional<ByteSize> enough = {};  ///< what is longer is cut there, and no failure
};

/// Sends one request and reads its answer. Errors: `unavailable` (could not connect, was cut),
/// `timeout`, `too_large`, `cancelled`. Blocks.
[[nodiscard]] Expected<HttpAnswer> http_get(Connections& connections, HttpGet get,
                                            const std::stop_token& stop);

}  // namespace llf::hub
