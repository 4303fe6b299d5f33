#include "hub/answer_check.hpp"

#include "base/number.hpp"
#include "hub/endpoint.hpp"
#include "hub/http_status.hpp"

#include <fmt/format.h>

namespace llf::hub {
namespace {

using Kind = Judgement::Kind;

Judgement because(Kind kind, ErrorKind error, std::string message) {
  return {.kind = kind, .error = {.kind = error, .message = std::move(message)}};
}

bool is_encoded(const HttpHead& head) {
  const auto encoding = head.field("content-encoding");
  return encoding && !encoding->empty() && *encoding != "identity";
}

bool is_other(const HttpHead& head, const Asked& asked) {
  const auto differs = [&](std::string_view name, const std::string& before) {
    const auto now = head.field(name);
    return now && !before.empty() && *now != before;
  };
  return differs("etag", asked.tag) || differs("last-modified", asked.modified);
}

Judgement judge_partial(const HttpHead& head, const Asked& asked, std::string_view shown) {
  const auto field = head.field("content-range");
  const auto told = field ? read_content_range(*field) : std::nullopt;
  if (!told || told->range != asked.range ||
      (asked.size != 0 && told->size && *told->size != asked.size)) {
    return because(Kind::wrong, ErrorKind::upstream,
                   fmt::format("{} was asked for bytes {}-{} and sends '{}'", shown,
                               asked.range.begin, asked.range.end - 1, field.value_or("")));
  }
  return {.kind = Kind::take, .error = {}};
}

Judgement judge_whole(const HttpHead& head, const Asked& asked, std::string_view shown) {
  if (!asked.whole()) {
    return because(Kind::no_ranges, ErrorKind::upstream,
                   fmt::format("{} sends whole files only", shown));
  }
  const auto length = head.field("content-length");
  if (length && parse_number<std::uint64_t>(*length) != asked.size) {
    return because(Kind::changed, ErrorKind::upstream,
                   fmt::format("{} has {} bytes now, not {}", shown, *length, asked.size));
  }
  return {.kind = Kind::take, .error = {}};
}

Judgement judge_failure(const HttpHead& head, std::string_view shown) {
  const auto message = fmt::format("{} answers HTTP {}", shown, head.status);
  switch (head.status) {
    case http_status::kUnauthorized:
    case http_status::kForbidden:
    case http_status::kGone:
      return because(Kind::moved, ErrorKind::forbidden, message);
    case http_status::kRequestTimeout:
    case http_status::kTooMany:
      break;
    default:
      if (is_redirect(head.status)) return because(Kind::moved, ErrorKind::upstream, message);
      if (head.status < http_status::kServerError) {
        const bool range = head.status == http_status::kRangeNotSatisfiable;
        return because(range ? Kind::changed : Kind::refused, ErrorKind::upstream, message);
      }
  }
  auto judgement = because(Kind::busy, ErrorKind::unavailable, message);
  judgement.wait = retry_after(head).value_or(std::chrono::seconds(0));
  return judgement;
}

}  // namespace

std::optional<ContentRange> read_content_range(std::string_view text) {
  constexpr std::string_view kUnit = "bytes ";
  if (!text.starts_with(kUnit)) return std::nullopt;
  text.remove_prefix(kUnit.size());
  const auto dash = text.find('-');
  const auto slash = text.find('/');
  if (dash == std::string_view::npos || slash == std::string_view::npos || dash > slash) {
    return std::nullopt;
  }
  const auto first = parse_number<std::uint64_t>(text.substr(0, dash));
  const auto last = parse_number<std::uint64_t>(text.substr(dash + 1, slash - dash - 1));
  const auto total = text.substr(slash + 1);
  const auto size = parse_number<std::uint64_t>(total);
  if (!first || !last || *first > *last || (total != "*" && !size)) return std::nullopt;
  if (size && *last >= *size) return std::nullopt;
  return ContentRange{.range = {.begin = *first, .end = *last + 1}, .size = size};
}

std::optional<std::uint64_t> told_size(const HttpHead& head) {
  if (head.status == http_status::kPartial || head.status == http_status::kRangeNotSatisfiable) {
    const auto field = head.field("content-range");
    if (field && *field == "bytes */0") return 0;
    const auto told = field ? read_content_range(*field) : std::nullopt;
    return told ? told->size : std::nullopt;
  }
  const auto length = head.field("content-length");
  return head.status == http_status::kOk && length ? parse_number<std::uint64_t>(*length)
                                                   : std::nullopt;
}

Judgement judge(const HttpHead& head, const Asked& asked, std::string_view shown) {
  if (head.status != http_status::kOk && head.status != http_status::kPartial)
    return judge_failure(head, shown);
  if (is_encoded(head)) {
    return because(Kind::wrong, ErrorKind::upstream,
                   fmt::format("{} sends the file compressed, which was not asked for", shown));
  }
  if (is_other(head, asked)) {
    return because(Kind::changed, ErrorKind::upstream,
                   fmt::format("{} has another file than before", shown));
  }
  return head.status == http_status::kPartial ? judge_partial(head, asked, shown)
                                              : judge_whole(head, asked, shown);
}

}  // namespace llf::hub
