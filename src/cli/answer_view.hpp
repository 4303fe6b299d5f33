#pragma once

#include "base/expected.hpp"
#include "cli/output.hpp"
#include "client/chat_decoder.hpp"
#include "text/markdown.hpp"
#include "text/safe_text.hpp"

#include <cstdint>
#include <string>

namespace llf::cli {

/// How an answer is shown.
enum class AnswerLook : std::uint8_t {
  plain,     ///< text made safe (SEC-42)
  markdown,  ///< the same with a light look, and what the model thinks in dim letters
  raw,       ///< the model's own bytes
};

/// Prints one answer as it comes: one write for each piece. One thread.
class AnswerView {
 public:
  AnswerView(Output& out, AnswerLook look) : out_(out), look_(look) {}

  /// Errors: those of Output::write.
  [[nodiscard]] Expected<void> show(const client::ChatDelta& delta);

  /// The end of the answer, whole or not: the plain look again, and the end of the line.
  [[nodiscard]] Expected<void> finish();

 private:
  enum class Part : std::uint8_t { nothing, reasoning, content };

  [[nodiscard]] std::string reasoning(std::string_view text);
  [[nodiscard]] std::string content(std::string_view text);
  [[nodiscard]] Expected<void> print(std::string_view text);

  Output& out_;
  AnswerLook look_;
  Part part_ = Part::nothing;
  text::SafeText safe_reasoning_;
  text::SafeText safe_content_;
  text::MarkdownStyler styler_;
  bool line_open_ = false;  // something stands on the last line
};

}  // namespace llf::cli
