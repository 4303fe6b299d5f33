#pragma once

#include <string>
#include <string_view>

namespace llf::sse {

/// One event with that data, ready to be sent: `data: …` for each line of it, then an empty line.
/// Whatever `data` holds, a parser gets it back (its line ends as \n). Any thread.
[[nodiscard]] std::string event(std::string_view data);

/// The same with a type. `type` has no line end.
[[nodiscard]] std::string event(std::string_view type, std::string_view data);

/// A comment, which keeps a silent stream alive and which parsers drop. `text` has no line end.
[[nodiscard]] std::string comment(std::string_view text);

}  // namespace llf::sse
