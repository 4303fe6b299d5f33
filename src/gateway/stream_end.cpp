#include "gateway/stream_end.hpp"

namespace llf::gateway {
namespace {

constexpr std::string_view kDone = "data: [DONE]";
constexpr std::size_t kLineEnds = 4;  // up to two CRLF behind it

}  // namespace

void StreamEnd::feed(std::string_view bytes) {
  constexpr std::size_t kKept = kDone.size() + kLineEnds + 1;  // and the line end before it
  if (bytes.size() >= kKept) {
    tail_ = bytes.substr(bytes.size() - kKept);
    return;
  }
  tail_ += bytes;
  if (tail_.size() > kKept) tail_.erase(0, tail_.size() - kKept);
}

bool StreamEnd::seen_done() const {
  std::string_view text = tail_;
  const auto last = text.find_last_not_of("\r\n");
  if (last == std::string_view::npos || last + 1 == text.size()) return false;
  text = text.substr(0, last + 1);
  if (!text.ends_with(kDone)) return false;
  return text.size() == kDone.size() || text[text.size() - kDone.size() - 1] == '\n' ||
         text[text.size() - kDone.size() - 1] == '\r';
}

}  // namespace llf::gateway
