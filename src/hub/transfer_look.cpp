#include "base/limits.hpp"
#include "hub/http_status.hpp"
#include "hub/transfer_run.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <utility>

namespace llf::hub {
namespace {

using Reason = Judgement::Kind;

/// The pause after so many failures in a row.
std::chrono::milliseconds pause_after(int failures) {
  const auto doubled = limits::kTransferBackoff * (1U << std::min(failures - 1, 10));
  return std::min<std::chrono::milliseconds>(doubled, limits::kTransferBackoffMost);
}

Error upstream_error(std::string message) {
  return {.kind = ErrorKind::upstream, .message = std::move(message)};
}

/// A SHA-256 that a hub tells of a file, in quotes.
std::optional<store::Digest> linked_digest(const HttpHead& head) {
  const auto tag = head.field("x-linked-etag");
  if (!tag || tag->size() < 2 || !tag->starts_with('"')) return std::nullopt;
  return store::Digest::parse(std::string_view(*tag).substr(1, tag->size() - 2));
}

}  // namespace

/// Asks an origin, or where it last redirected to, for its first byte.
void TransferRun::look(std::size_t index) {
  auto& source = sources_[index];
  auto fields = credentials(source.origin->endpoint, source.at);
  fields.emplace_back("Range: bytes=0-0");
  source.looking = true;
  source.found = {};
  const auto id = connections_.start(
      {.url = source.at,
       .fields = std::move(fields),
       .whole = limits::kHubTimeout,
       .on_head =
           [&source](const HttpHead& head) {
             source.found = head;
             return head.status == http_status::kOk ? Verdict::stop : Verdict::go_on;
           },
       .on_body =
           [read = std::size_t{0}](std::span<const char> bytes) mutable {
             read += bytes.size();
             return read > limits::kRedirectBody.bytes() ? Verdict::stop : Verdict::go_on;
           }});
  looks_[id] = index;
}

void TransferRun::end_look(std::size_t index, const HttpResult& result) {
  auto& source = sources_[index];
  source.looking = false;
  if (source.found.status == 0) {
    if (is_lasting(result.error)) {
      source.given_up = result.error;
    } else {
      pause(source, {.kind = Reason::busy, .error = result.error});
    }
    return;
  }
  looked(source);
}

/// Understands what an origin answered.
void TransferRun::looked(Source& source) {
  const auto& head = source.found;
  if (!promised_) promised_ = linked_digest(head);
  if (is_redirect(head.status)) {
    auto next = follow(source.at, head);
    if (!next) {
      source.given_up = next.error();
    } else if (++source.hops > limits::kHubRedirects) {
      source.given_up =
          upstream_error(fmt::format("{} redirects too often", source.origin->url.shown()));
    } else {
      source.at = *std::move(next);
    }
    return;
  }
  if (const auto size = told_size(head)) {
    found(source, *size);
    return;
  }
  const auto judgement =
      judge(head, {.range = {.begin = 0, .end = 1}, .size = 0, .tag = {}}, source.at.shown());
  if (judgement.kind == Reason::busy) {
    pause(source, judgement);
  } else if (judgement.kind == Reason::refused || judgement.kind == Reason::moved) {
    source.given_up = answer_error(head, source.at, source.origin->endpoint);
  } else {
    trouble(source, {.kind = Reason::wrong,
                     .error = upstream_error(
                         fmt::format("{} does not tell the size of its file", source.at.shown()))});
  }
}

void TransferRun::found(Source& source, std::uint64_t size) {
  const bool known = order_.size || part_ != nullptr;
  auto etag = source.found.field("etag").value_or("");
  auto modified = source.found.field("last-modified").value_or("");
  if (known && size != size_) {
    // What is wrong once may be right the next time.
    trouble(source, {.kind = Reason::wrong,
                     .error = upstream_error(fmt::format("{} has a file of {} bytes, not of {}",
                                                         source.at.shown(), size, size_))});
  } else if (!promised_ && ((!source.etag.empty() && etag != source.etag) ||
                            (!source.modified.empty() && modified != source.modified))) {
    trouble(source, {.kind = Reason::changed,
                     .error = upstream_error(
                         fmt::format("{} has another file than before", source.at.shown()))});
  } else {
    size_ = size;
    source.located = true;
    source.ranges = source.found.status == http_status::kPartial;
    source.etag = std::move(etag);
    source.modified = std::move(modified);
    // Parts of what may be two files are not put together.
    if (!promised_ && source.etag.empty() && source.modified.empty()) source.ranges = false;
  }
}

/// Decides what becomes of a source whose answer was no use.
void TransferRun::trouble(Source& source, const Judgement& judgement) {
  trouble_ = judgement.error.message;
  switch (judgement.kind) {
    case Reason::take:
      return;
    case Reason::no_ranges:
      source.ranges = false;
      return;
    case Reason::moved:
      if (!source.located) return;  // another lane has seen it
      source.located = false;
      source.at = source.origin->url;
      source.hops = 0;
      if (++source.moves > limits::kTransferMoves) source.given_up = judgement.error;
      return;
    case Reason::changed:
      // What is promised by a hash is not to be had here. Else the file is another one now, for
      // which all is to be fetched again.
      if (!promised_) {
        fail({.kind = ErrorKind::conflict, .message = judgement.error.message});
      }
      source.given_up = judgement.error;
      return;
    case Reason::busy:
    case Reason::wrong:
      pause(source, judgement);
      if (judgement.kind == Reason::wrong && source.failures > limits::kTransferWrong) {
        source.given_up = judgement.error;
      }
      return;
    case Reason::refused:
      source.given_up = judgement.error;
      return;
  }
}

/// Leaves a source alone for a while, the longer the more often it failed.
void TransferRun::pause(Source& source, const Judgement& judgement) {
  const auto now = mono_now();
  const bool told = judgement.wait.count() > 0;
  if (now >= source.not_before) {  // else its other connections failed with the first
    ++source.failures;
    source.not_before = now + std::max<Duration>(pause_after(source.failures), judgement.wait);
    if (told) count_.ease();
    if (source.failures > limits::kTransferFailures) source.given_up = judgement.error;
  }
  trouble_ = judgement.error.message;
  if (!told) return;
  const auto wait = std::chrono::duration_cast<std::chrono::seconds>(source.not_before - now);
  trouble_ += fmt::format(" and is asked again at {:%H:%M:%S}",
                          fmt::localtime(std::time_t{unix_now() + wait.count()}));
}

}  // namespace llf::hub
