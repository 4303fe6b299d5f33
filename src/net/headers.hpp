#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llf::net {

struct Header {
  std::string name;
  std::string value;

  friend bool operator==(const Header&, const Header&) = default;
};

/// The fields of an HTTP message in the order in which they came. Names are compared without
/// regard to case (RFC 9110 5.1) and keep the case that they were given in.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<Header> fields) : fields_(fields) {}

  /// Appends a field, also when one of that name is there.
  void add(std::string name, std::string value);

  /// Replaces all fields of that name by one.
  void set(std::string name, std::string value);

  /// Removes all fields of that name.
  void remove(std::string_view name);

  /// The value of the first field of that name; it lives until the next change.
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;

  [[nodiscard]] bool contains(std::string_view name) const { return get(name).has_value(); }
  [[nodiscard]] std::size_t count(std::string_view name) const;

  /// True when a field of that name lists `token`: "Connection: keep-alive, Upgrade".
  [[nodiscard]] bool has_token(std::string_view name, std::string_view token) const;

  [[nodiscard]] std::size_t size() const { return fields_.size(); }
  [[nodiscard]] bool empty() const { return fields_.empty(); }
  [[nodiscard]] auto begin() const { return fields_.begin(); }
  [[nodiscard]] auto end() const { return fields_.end(); }

  friend bool operator==(const Headers&, const Headers&) = default;

 private:
  std::vector<Header> fields_;
};

/// The fields that may go from one connection to another: without the hop-by-hop fields of
/// RFC 9110 7.6.1, the framing (Content-Length, Transfer-Encoding) and what Connection names.
[[nodiscard]] Headers end_to_end(const Headers& headers);

/// ASCII only, as HTTP compares names.
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace llf::net
