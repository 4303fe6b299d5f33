#include "net/http_message.hpp"

#include <fmt/format.h>

namespace llf::net {
namespace {

/// The texts of a refusal are ours; this keeps the answer valid JSON even if one had a quote.
std::string json_escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c >= ' ' ? c : ' ';
  }
  return result;
}

}  // namespace

Response render_refusal(const Refusal& refusal) {
  return {
      .status = refusal.status,
      .headers = {{.name = "Content-Type", .value = "application/json"}},
      .body = fmt::format(R"({{"error":{{"message":"{}","type":"{}","param":null,"code":"{}"}}}})",
                          json_escaped(refusal.message), facts(refusal.kind).openai_type,
                          json_escaped(refusal.code))};
}

}  // namespace llf::net
