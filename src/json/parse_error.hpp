#pragma once

#include "base/error.hpp"
#include "base/expected.hpp"
#include "json/json.hpp"

#include <boost/json/parse_options.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <string_view>

namespace llf::json {

/// The same options for the library, which does not get to see comments (comments.hpp).
[[nodiscard]] boost::json::parse_options boost_options(const ParseOptions& options);

/// `too_large` when `text` is longer than limits::kJsonDocument.
[[nodiscard]] Expected<void> check_size(std::string_view text);

/// What Boost.JSON's `code` at `offset` of `text` means for whoever wrote the text, with line and
/// column: `invalid`, or `too_large` for its depth.
[[nodiscard]] Error parse_error(std::string_view text, std::size_t offset,
                                const boost::system::error_code& code);

}  // namespace llf::json
