#include "sse/parser.hpp"

#include "base/number.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace llf::sse {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

Error too_large(std::string_view what, ByteSize limit) {
  return {
      .kind = ErrorKind::too_large,
      .message = fmt::format("{} of the event stream is longer than {}", what, to_string(limit))};
}

}  // namespace

void Parser::feed(std::string_view bytes) {
  input_.erase(0, at_);
  at_ = 0;
  input_ += bytes;
}

Expected<std::optional<Event>> Parser::next() {
  while (!failed_) {
    const auto complete = read_line();
    if (!complete) {
      failed_ = complete.error();
      break;
    }
    if (!*complete) return std::nullopt;
    take_line(line_);
    line_.clear();
    if (data_.size() > limits_.event.bytes()) {
      failed_ = too_large("an event", limits_.event);
      break;
    }
    if (!dispatch_) continue;
    dispatch_ = false;
    Event event{.type = type_.empty() ? "message" : std::move(type_),
                .data = std::move(data_),
                .id = last_id_};
    type_.clear();
    data_.clear();
    has_data_ = false;
    return event;
  }
  return failure(*failed_);
}

bool Parser::in_event() const {
  return at_ < input_.size() || !line_.empty() || has_data_;
}

// Moves input to line_ up to a line's end: true when there was one.
Expected<bool> Parser::read_line() {
  if (after_cr_ && at_ < input_.size()) {
    if (input_[at_] == '\n') ++at_;
    after_cr_ = false;
  }
  const auto rest = std::string_view(input_).substr(at_);
  const auto end = rest.find_first_of("\r\n");
  const auto piece = rest.substr(0, end);
  if (line_.size() + piece.size() > limits_.line.bytes()) {
    return failure(too_large("a line", limits_.line));
  }
  line_ += piece;
  at_ += piece.size();
  if (end == std::string_view::npos) return false;
  after_cr_ = input_[at_] == '\r';
  ++at_;
  return true;
}

void Parser::take_line(std::string_view line) {
  if (first_line_) {
    first_line_ = false;
    if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  }
  if (line.empty()) {
    dispatch_ = has_data_;
    if (!has_data_) type_.clear();
    return;
  }
  const auto colon = line.find(':');
  if (colon == 0) return;
  if (colon == std::string_view::npos) {
    take_field(line, {});
    return;
  }
  auto value = line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  take_field(line.substr(0, colon), value);
}

void Parser::take_field(std::string_view name, std::string_view value) {
  if (name == "data") {
    if (has_data_) data_ += '\n';
    data_ += value;
    has_data_ = true;
  } else if (name == "event") {
    type_ = value;
  } else if (name == "id") {
    if (value.find('\0') == std::string_view::npos) last_id_ = value;
  } else if (name == "retry") {
    if (const auto ms = parse_number<std::uint32_t>(value)) retry_ = std::chrono::milliseconds(*ms);
  }
}

}  // namespace llf::sse
