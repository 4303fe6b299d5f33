#pragma once

#include "base/expected.hpp"
#include "cli/context.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace llf::cli {

/// A text that is to be edited.
struct EditJob {
  std::string text;
  /// The file that the editor gets; it is made, and removed when it is not needed any more. Its
  /// ending tells editors what it is.
  std::filesystem::path scratch;
  std::function<Expected<void>(std::string_view)> check;
};

/// Lets the user change a text in $VISUAL, $EDITOR or vi. One that does not pass the check is told,
/// and on a terminal can be edited again. Nothing: it was left as it was. Errors: the editor fails
/// or cannot be started; the last one of the check, which says where the text is kept.
[[nodiscard]] Expected<std::optional<std::string>> edit_text(Context& context, const EditJob& job);

}  // namespace llf::cli
