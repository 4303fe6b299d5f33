#include "json/parse_error.hpp"

#include "base/limits.hpp"
#include "json/locate.hpp"

#include <boost/json/error.hpp>
#include <fmt/format.h>

namespace llf::json {
namespace {

/// Boost's messages are for its own developers; these are for whoever wrote the text.
std::string_view reason(const boost::system::error_code& code) {
  using boost::json::error;
  if (code == error::incomplete) return "the text ends too early";
  if (code == error::extra_data) return "something follows the end of the value";
  if (code == error::too_deep) return "nested too deeply";
  if (code == error::illegal_leading_surrogate || code == error::illegal_trailing_surrogate ||
      code == error::expected_hex_digit || code == error::expected_utf16_escape) {
    return "a wrong \\u escape in a string";
  }
  if (code == error::exponent_overflow) return "a number that is too large";
  return "not valid JSON";
}

}  // namespace

boost::json::parse_options boost_options(const ParseOptions& options) {
  boost::json::parse_options same;
  same.max_depth = options.max_depth;
  same.allow_trailing_commas = options.comments;
  return same;
}

Expected<void> check_size(std::string_view text) {
  if (text.size() > limits::kJsonDocument.bytes()) {
    return failure(ErrorKind::too_large,
                   fmt::format("the JSON text has {}; the limit is {}",
                               to_string(ByteSize(text.size())), to_string(limits::kJsonDocument)));
  }
  return {};
}

Error parse_error(std::string_view text, std::size_t offset,
                  const boost::system::error_code& code) {
  const auto kind =
      code == boost::json::error::too_deep ? ErrorKind::too_large : ErrorKind::invalid;
  return {.kind = kind, .message = fmt::format("{}: {}", position(text, offset), reason(code))};
}

}  // namespace llf::json
