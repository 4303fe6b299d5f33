#include "cli/answer_view.hpp"

#include "text/style.hpp"

#include <utility>

namespace llf::cli {

Expected<void> AnswerView::show(const client::ChatDelta& delta) {
  std::string text;
  if (!delta.reasoning.empty() && look_ == AnswerLook::markdown) text += reasoning(delta.reasoning);
  if (!delta.content.empty()) text += content(delta.content);
  return print(text);
}

Expected<void> AnswerView::finish() {
  std::string text;
  if (look_ != AnswerLook::raw) text += safe_content_.finish();
  if (look_ == AnswerLook::markdown) {
    text = styler_.push(text);
    text += styler_.finish();
  }
  if (auto printed = print(text); !printed) return printed;
  if (!std::exchange(line_open_, false)) return {};
  return out_.write("\n");
}

std::string AnswerView::reasoning(std::string_view text) {
  part_ = Part::reasoning;
  return text::paint(text::Style::dim, safe_reasoning_.push(text), out_.color());
}

std::string AnswerView::content(std::string_view text) {
  std::string out;
  if (std::exchange(part_, Part::content) == Part::reasoning) out = "\n\n";
  if (look_ == AnswerLook::raw) return out.append(text);
  const auto safe = safe_content_.push(text);
  return out + (look_ == AnswerLook::markdown ? styler_.push(safe) : safe);
}

Expected<void> AnswerView::print(std::string_view text) {
  if (text.empty()) return {};
  // A change of the look alone, at the end, moves nothing on the line.
  if (text != "\x1b[0m") line_open_ = !text.ends_with('\n');
  return out_.write(text);
}

}  // namespace llf::cli
