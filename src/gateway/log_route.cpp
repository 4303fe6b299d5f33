#include "base/limits.hpp"
#include "base/number.hpp"
#include "gateway/answer.hpp"
#include "gateway/gateway.hpp"
#include "gateway/log_file.hpp"
#include "gateway/query.hpp"
#include "net/timer.hpp"
#include "worker/log_file.hpp"

#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

namespace llf::gateway {
namespace {

/// What `/llf/v1/logs?source=…&lines=…&follow=1` asks for.
struct LogQuery {
  std::string source = "daemon";
  std::size_t lines = limits::kLogTail;
  bool follow = false;
};

Expected<LogQuery> read_query(std::string_view text) {
  LogQuery query;
  for (auto& [name, value] : parse_query(text)) {
    if (name == "source") {
      query.source = std::move(value);
    } else if (name == "follow") {
      query.follow = value == "1" || value == "true";
    } else if (name == "lines") {
      const auto lines = parse_number<std::size_t>(value);
      if (!lines) return failure(ErrorKind::invalid, "'lines' must be a whole number");
      query.lines = *lines;
    }
  }
  return query;
}

json::Array to_json(const std::vector<std::string>& lines) {
  return json::Array(lines.begin(), lines.end());
}

/// One place that lines come from, daemon or worker, behind one face.
class LogSource {
 public:
  virtual ~LogSource() = default;
  LogSource() = default;
  LogSource(const LogSource&) = delete;
  LogSource& operator=(const LogSource&) = delete;
  [[nodiscard]] virtual std::vector<std::string> tail(std::size_t lines) = 0;
  [[nodiscard]] virtual std::vector<std::string> news() = 0;  ///< since the last call
};

class FileLog final : public LogSource {
 public:
  explicit FileLog(std::string path) : file_(std::move(path)) {}
  std::vector<std::string> tail(std::size_t lines) override { return file_.tail(lines); }
  std::vector<std::string> news() override { return file_.news(); }

 private:
  LogFile file_;
};

class WorkerLog final : public LogSource {
 public:
  explicit WorkerLog(std::shared_ptr<worker::Worker> worker)
      : worker_(std::move(worker)), seen_(worker_->log_newest()) {}
  std::vector<std::string> tail(std::size_t lines) override { return worker_->log_tail(lines); }
  std::vector<std::string> news() override {
    auto lines = worker_->log_since(seen_);
    seen_ = worker_->log_newest();
    return lines;
  }

 private:
  std::shared_ptr<worker::Worker> worker_;
  std::uint64_t seen_;
};

/// Sends what comes until the client leaves or the daemon stops.
Task<void> follow(LogSource& source, net::Responder& responder, std::size_t lines) {
  auto news = source.tail(lines);
  for (;;) {
    for (auto& line : news) {
      if (!co_await send_event(responder, json::Object{{"line", std::move(line)}})) co_return;
    }
    if (!co_await net::sleep_for(limits::kLogPoll)) co_return;
    news = source.news();
  }
}

/// What people call it: the daemon, or a model. Errors: `not_found` for one that never had a log.
Expected<std::unique_ptr<LogSource>> find_log(const GatewayOptions& options,
                                              const std::string& name) {
  const auto daemon = options.server_status().log_file;
  if (name == "daemon") return std::make_unique<FileLog>(daemon);
  if (auto worker = options.scheduler.find(options.names.model_of(ModelId(name)))) {
    return std::make_unique<WorkerLog>(std::move(worker));
  }
  const auto target = options.names.resolve(ModelId(name));
  if (!target) return failure(target.error());
  const auto folder = std::filesystem::path(daemon).parent_path();
  const auto file = folder / worker::log_file_name(target->worker.str());
  std::error_code code;
  if (std::filesystem::exists(file, code)) return std::make_unique<FileLog>(file);
  return failure(ErrorKind::not_found, name + " was never loaded here and has no log");
}

}  // namespace

Task<void> Gateway::logs(net::Request& request, net::Responder& responder) {
  const auto query = read_query(request.query);
  if (!query) {
    co_await send(responder, error_response(query.error()));
    co_return;
  }
  const auto source = find_log(options_, query->source);
  if (!source) {
    co_await send(responder, error_response(source.error()));
    co_return;
  }
  if (!query->follow) {
    const json::Object body{{"lines", to_json((*source)->tail(query->lines))}};
    co_await send(responder, json_response(body));
    co_return;
  }
  if (!co_await responder.begin(200, event_stream_headers())) co_return;
  auto ended = co_await net::race(follow(**source, responder, query->lines),
                                  net::race(responder.closed(), ending_.wait()));
  if (ended.winner == 1 && ended.second.winner == 1) {
    static_cast<void>(co_await responder.end());
  }
}

}  // namespace llf::gateway
