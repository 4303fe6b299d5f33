#pragma once

#include <string>
#include <string_view>

namespace llf {

/// `text` in a URL: what is neither unreserved (RFC 3986, 2.3) nor in `keep` as "%41". Pure.
[[nodiscard]] std::string percent_encode(std::string_view text, std::string_view keep = {});

/// The same backwards; what is no escape stays as it is. Pure.
[[nodiscard]] std::string percent_decode(std::string_view text);

}  // namespace llf
