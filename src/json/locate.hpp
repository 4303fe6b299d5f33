#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace llf::json {

/// Where a member of an object stands in a text: offsets in bytes.
struct Member {
  std::size_t key = 0;      ///< of the key's quotation mark
  std::size_t key_end = 0;  ///< behind the key's other one
  std::size_t value = 0;    ///< of the value's first byte
  std::size_t end = 0;      ///< behind the value's last byte
};

/// The member to which `path` leads through objects: {"server", "port"}. Of equal keys the last one
/// counts, as for parse. Nothing when there is none, and for an empty path. `text` must be one that
/// parse accepts, with or without comments; of any other the answer means nothing. Any thread.
[[nodiscard]] std::optional<Member> locate(std::string_view text,
                                           std::span<const std::string_view> path);

/// The same for a text without comments, which is not copied.
[[nodiscard]] std::optional<Member> locate_plain(std::string_view text,
                                                 std::span<const std::string_view> path);

/// "line 3, column 7" for a byte of a text; both begin with 1, columns are bytes. Any thread.
[[nodiscard]] std::string position(std::string_view text, std::size_t offset);

}  // namespace llf::json
