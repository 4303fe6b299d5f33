#include "gateway/completed_answer.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace llf::gateway {
namespace {

/// Walks through a JSON text and notes where members are missing.
class Walk {
 public:
  explicit Walk(std::string_view text) : text_(text) {}

  struct Gap {
    std::size_t at;           ///< of the brace that ends the object
    std::string_view member;  ///< that is to stand before it
  };

  std::vector<Gap> gaps() && {
    for (at_ = 0; at_ < text_.size(); ++at_) step(text_[at_]);
    return std::move(gaps_);
  }

 private:
  /// An object or array that is open.
  struct Open {
    std::string_view key;  ///< of the member that is being read
    bool has_logprobs = false;
    bool has_refusal = false;
    bool is_empty = true;
  };

  void step(char c) {
    switch (c) {
      case '"':
        take_string();
        break;
      case '{':
      case '[':
        note_content();
        open_.push_back({});
        break;
      case '}':
      case ']':
        close();
        break;
      case ',':
        if (!open_.empty()) open_.back().key = {};
        break;
      default:
        break;
    }
  }

  void note_content() {
    if (!open_.empty()) open_.back().is_empty = false;
  }

  void take_string() {
    const auto begin = at_ + 1;
    auto end = text_.find_first_of("\"\\", begin);
    while (end != std::string_view::npos && text_[end] == '\\') {
      end = text_.find_first_of("\"\\", end + 2);
    }
    at_ = std::min(end, text_.size());
    note_content();
    if (open_.empty() || !open_.back().key.empty()) return;
    auto& now = open_.back();
    now.key = text_.substr(begin, at_ - begin);
    if (now.key == "logprobs") now.has_logprobs = true;
    if (now.key == "refusal") now.has_refusal = true;
  }

  // Depths of {"choices":[{…}]} and of {"choices":[{"message":{…}}]}.
  static constexpr std::size_t kChoice = 3;
  static constexpr std::size_t kMessage = 4;

  void close() {
    const bool in_choices = open_.size() >= kChoice && open_.front().key == "choices";
    if (in_choices && open_.size() == kChoice && !open_.back().has_logprobs) {
      gaps_.push_back(
          {.at = at_, .member = with_comma(R"("logprobs":null)", R"(,"logprobs":null)")});
    }
    if (in_choices && open_.size() == kMessage && open_[kChoice - 1].key == "message" &&
        !open_.back().has_refusal) {
      gaps_.push_back({.at = at_, .member = with_comma(R"("refusal":null)", R"(,"refusal":null)")});
    }
    if (!open_.empty()) open_.pop_back();
  }

  [[nodiscard]] std::string_view with_comma(std::string_view first, std::string_view next) const {
    return open_.back().is_empty ? first : next;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Open> open_;
  std::vector<Gap> gaps_;
};

}  // namespace

std::string completed_answer(Api api, std::string body) {
  if (api != Api::chat) return body;
  const auto gaps = Walk(body).gaps();
  for (auto gap = gaps.rbegin(); gap != gaps.rend(); ++gap) body.insert(gap->at, gap->member);
  return body;
}

}  // namespace llf::gateway
