#include "hub/remote_header.hpp"

#include "base/limits.hpp"
#include "hub/http_status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

namespace llf::hub {

Expected<gguf::Header> read_remote_header(const Session& session, const Url& url,
                                          ByteSize file_size) {
  std::string beginning;
  auto needed = std::min(limits::kRemoteHeader.bytes(), file_size.bytes());
  for (;;) {
    if (needed > limits::kHubAnswer.bytes() || needed <= beginning.size()) {
      return failure(ErrorKind::too_large, fmt::format("the header of {} is longer than {}",
                                                       url.shown(), to_string(limits::kHubAnswer)));
    }
    const auto answer =
        ask(session, url, {fmt::format("Range: bytes={}-{}", beginning.size(), needed - 1)});
    if (!answer) return failure(answer.error());
    if (answer->head.status != http_status::kPartial ||
        answer->body.size() != needed - beginning.size()) {
      return failure(ErrorKind::upstream,
                     fmt::format("{} does not send the part that was asked for", url.shown()));
    }
    beginning += answer->body;
    auto header = gguf::read_header(beginning, file_size.bytes());
    if (!header) return failure(header.error().with_context(url.shown()));
    if (auto* whole = std::get_if<gguf::Header>(&*header)) return std::move(*whole);
    needed = std::min(
        std::max<std::uint64_t>(std::get<gguf::Incomplete>(*header).bytes, 2 * beginning.size()),
        file_size.bytes());
  }
}

}  // namespace llf::hub
