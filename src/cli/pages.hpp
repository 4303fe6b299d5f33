#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace llf::cli {

/// The pages of docs/reference/cli, which are part of the program (cmake/Embed.cmake).
struct Page {
  std::string_view name;  ///< of the file, without ".md"
  std::string_view text;  ///< Markdown
};

/// The text of a page; nothing when there is none of that name.
[[nodiscard]] std::optional<std::string_view> page(std::string_view name);

/// The names of all pages.
[[nodiscard]] std::span<const std::string_view> page_names();

}  // namespace llf::cli
