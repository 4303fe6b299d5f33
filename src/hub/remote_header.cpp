#include "hub/remote_header.hpp"

#include "base/limits.hpp"
#include "gguf/header_reader.hpp"
#include "gguf/saturating.hpp"
#include "hub/answer_check.hpp"
#include "hub/http_status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

namespace llf::hub {
namespace {

/// What an answer has of the file from the byte `have` on; nothing when it is no part of it.
std::optional<std::string_view> part_of(const HttpAnswer& answer, std::uint64_t have) {
  const std::string_view body = answer.body;
  // A server without ranges begins anew each time.
  if (answer.head.status == http_status::kOk) return body.substr(std::min(have, body.size()));
  const auto field = answer.head.field("content-range");
  const auto told = field ? read_content_range(*field) : std::nullopt;
  return told && told->range.begin == have ? std::optional(body) : std::nullopt;
}

}  // namespace

Expected<gguf::Header> read_remote_header(const Session& session, const Url& url,
                                          ByteSize file_size) {
  auto size = file_size.bytes() > 0 ? std::optional(file_size.bytes()) : std::nullopt;
  std::optional<gguf::HeaderReader> reader;
  std::uint64_t have = 0;
  auto needed = limits::kRemoteHeader.bytes();
  for (;;) {
    if (size) needed = std::min(needed, *size);
    if (needed > limits::kHubAnswer.bytes()) {
      return failure(ErrorKind::too_large, fmt::format("the header of {} is longer than {}",
                                                       url.shown(), to_string(limits::kHubAnswer)));
    }
    const auto answer =
        ask(session, url, {fmt::format("Range: bytes={}-{}", have, needed - 1)}, ByteSize(needed));
    if (!answer) return failure(answer.error());
    const auto part = part_of(*answer, have);
    if (!part || part->empty()) {
      return failure(ErrorKind::upstream,
                     fmt::format("{} does not send the part that was asked for", url.shown()));
    }
    if (!size) size = told_size(answer->head);
    if (!reader) reader.emplace(size.value_or(gguf::kBeyondAnything));
    if (auto taken = reader->take(*part); !taken) {
      return failure(taken.error().with_context(url.shown()));
    }
    if (reader->done()) return std::move(*reader).header();
    have += part->size();
    needed = std::max(reader->needed(), 2 * have);
  }
}

}  // namespace llf::hub
