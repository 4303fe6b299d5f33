#pragma once

#include "base/expected.hpp"
#include "cli/context.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace llf::cli {

/// A text that is to be edited.
struct EditJob {
  std::string text;
  /// The file that the editor gets, whose ending tells it what it is; another one beside it when it
  /// is there. It is removed when what is in it is saved or was left as it was; else it is kept.
  std::filesystem::path scratch;
  /// Keeps the new text. `invalid`: there is a mistake in it.
  std::function<Expected<void>(std::string_view)> save;
};

enum class Edited : std::uint8_t { saved, unchanged };

/// Lets the user change a text in $VISUAL, $EDITOR or vi, and saves it. A mistake is told, and on a
/// terminal can be mended at once; when nothing was changed that is said. Errors: the editor fails
/// or cannot be started; the last one of saving, which says where the text is kept.
[[nodiscard]] Expected<Edited> edit_text(Context& context, const EditJob& job);

}  // namespace llf::cli
