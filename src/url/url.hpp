#pragma once

#include "base/expected.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace llf {

/// An absolute http or https URL (RFC 3986), as it was given but for the fragment. The one parser
/// for what is checked and what is asked for (SEC-34): nobody reads the text again but to send it.
class Url {
 public:
  /// Errors: `invalid`: no absolute http(s) URL, without a host, or with a user name or password.
  [[nodiscard]] static Expected<Url> parse(std::string_view text);

  /// Where a redirect leads, `location` may be relative. Errors: as of parse.
  [[nodiscard]] Expected<Url> resolve(std::string_view location) const;

  /// With "/PATH" appended: "https://hf.co" and "api/models" give "https://hf.co/api/models". The
  /// path must be escaped already.
  [[nodiscard]] Url at(std::string_view path) const;

  [[nodiscard]] const std::string& str() const { return text_; }
  /// "https://host:443": who gets credentials (RFC 6454).
  [[nodiscard]] const std::string& origin() const { return origin_; }
  [[nodiscard]] bool encrypted() const { return origin_.starts_with("https:"); }
  [[nodiscard]] std::string host() const;  ///< in lower case, an IPv6 address without brackets
  [[nodiscard]] std::uint16_t port() const;
  /// Path and query, as a request has them: at least "/".
  [[nodiscard]] std::string_view target() const;
  /// Without the query, which may hold a signature: for messages.
  [[nodiscard]] std::string shown() const;
  /// The last name of the path, unescaped; empty when it ends in a slash.
  [[nodiscard]] std::string file_name() const;

  friend bool operator==(const Url&, const Url&) = default;

 private:
  Url(std::string text, std::string origin) : text_(std::move(text)), origin_(std::move(origin)) {}
  std::string text_;
  std::string origin_;
};

}  // namespace llf
