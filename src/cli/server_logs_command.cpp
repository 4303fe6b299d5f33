#include "cli/server_logs_command.hpp"

#include "client/daemon_start.hpp"
#include "json/json.hpp"
#include "net/run.hpp"
#include "os/atomic_file.hpp"
#include "text/safe_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace llf::cli {
namespace {

constexpr std::int64_t kDefaultLines = 100;
constexpr std::int64_t kMostLines = 100'000;
// A file is rotated when it has grown past its limit, so it may be a little larger.
constexpr auto kLargestFile = ByteSize(limits::kLogFile.bytes() * 2);

Expected<void> print_line(Context& context, const std::string& line) {
  if (context.format == Format::json) {
    return context.out.write(json::write(json::Object{{"line", line}}) + "\n");
  }
  return context.out.write(text::safe_line(line) + "\n");
}

Expected<int> print_lines(Context& context, const std::vector<std::string>& lines) {
  std::string text;
  if (context.format == Format::json) {
    json::Array array(lines.begin(), lines.end());
    text = json::write_pretty(json::Object{{"lines", std::move(array)}});
  } else {
    for (const auto& line : lines) text += text::safe_line(line) + "\n";
  }
  if (auto written = context.out.write(text); !written) return failure(written.error());
  return 0;
}

Task<Expected<int>> follow(Context& context, client::LogQuery query) {
  auto stream = co_await client_of(context).follow_logs(std::move(query));
  if (!stream) co_return failure(stream.error());
  while (true) {
    const auto event = co_await stream->next();
    if (!event) co_return failure(event.error());
    if (!*event) co_return 0;
    const auto line = client::read_log_line(**event);
    if (!line) continue;
    if (auto written = print_line(context, *line); !written) co_return failure(written.error());
  }
}

Expected<int> print_file(Context& context, const client::LogQuery& query) {
  const auto path = context.paths.daemon_log();
  const auto text = os::read_file(path, kLargestFile);
  if (!text && text.error().kind == ErrorKind::not_found) {
    return failure(ErrorKind::not_found, "there is no log yet: llfd has never run here");
  }
  if (!text) return failure(text.error());
  return print_lines(context, last_lines(*text, query.lines));
}

}  // namespace

Expected<int> run_server_logs(Context& context, const Arguments& arguments) {
  const auto lines = arguments.integer("--lines", 0, kMostLines);
  if (!lines) return failure(lines.error());
  client::LogQuery query{.source = "daemon", .lines = lines->value_or(kDefaultLines)};
  if (!arguments.words().empty()) query.source = arguments.words().front();
  if (!client::daemon_listens(context.paths)) {
    if (query.source == "daemon" && !arguments.has("--follow")) return print_file(context, query);
    return failure(ErrorKind::unavailable, "llfd is not running");
  }
  const auto client = connect(context);
  if (!client) return failure(client.error());
  if (arguments.has("--follow")) {
    return net::run_until_done(context.loop, follow(context, std::move(query)));
  }
  auto got = net::run_until_done(context.loop, client->logs(std::move(query)));
  if (!got && got.error().kind == ErrorKind::not_found) {
    got.error().message += fmt::format("; what engines printed earlier is in the files of {}",
                                       context.paths.log_dir().native());
  }
  if (!got) return failure(got.error());
  return print_lines(context, *got);
}

std::vector<std::string> last_lines(std::string_view text, std::int64_t count) {
  std::vector<std::string> lines;
  if (text.ends_with('\n')) text.remove_suffix(1);
  while (!text.empty() && static_cast<std::int64_t>(lines.size()) < count) {
    const auto end = text.rfind('\n');
    lines.emplace_back(end == std::string_view::npos ? text : text.substr(end + 1));
    text = end == std::string_view::npos ? std::string_view() : text.substr(0, end);
  }
  std::ranges::reverse(lines);
  return lines;
}

}  // namespace llf::cli
