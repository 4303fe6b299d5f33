#pragma once

#include <string>
#include <string_view>

namespace llf::json {

/// `text` with white space in place of each comment (// to the end of the line, /* to */), and of
/// the byte order mark with which some editors begin a file, so that everything else stays where it
/// was, on its line too. A comment without an end is left. The library's own reading of comments
/// (Boost 1.81) overlooks the end of one that ends in **/. Any thread.
[[nodiscard]] std::string blank_comments(std::string_view text);

}  // namespace llf::json
