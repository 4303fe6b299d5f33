#include "sse/writer.hpp"

#include "base/assert.hpp"

namespace llf::sse {
namespace {

bool one_line(std::string_view text) {
  return text.find_first_of("\r\n") == std::string_view::npos;
}

void append_data(std::string_view data, std::string& out) {
  while (true) {
    const auto end = data.find_first_of("\r\n");
    out += "data: ";
    out += data.substr(0, end);
    out += '\n';
    if (end == std::string_view::npos) return;
    data.remove_prefix(end + (data.substr(end).starts_with("\r\n") ? 2 : 1));
  }
}

}  // namespace

std::string event(std::string_view data) {
  std::string out;
  out.reserve(data.size() + 8);
  append_data(data, out);
  out += '\n';
  return out;
}

std::string event(std::string_view type, std::string_view data) {
  LLF_ASSERT(one_line(type));
  std::string out("event: ");
  out += type;
  out += '\n';
  append_data(data, out);
  out += '\n';
  return out;
}

std::string comment(std::string_view text) {
  LLF_ASSERT(one_line(text));
  return std::string(": ").append(text).append("\n\n");
}

}  // namespace llf::sse
