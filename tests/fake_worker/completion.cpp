#include "completion.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <sched.h>
#include <unistd.h>

namespace llf::fake_worker {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::serialize;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kSlice{20};  // how soon a client's leaving is seen

[[noreturn]] void crash() {
  ::kill(::getpid(), SIGKILL);
  std::abort();
}

double ms_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

array one_choice(object choice) {
  return array{std::move(choice)};
}

/// Leaves the tokens out that have been said, as long as they are the same.
void drop_begun(std::vector<std::string>& pieces, std::string_view begun) {
  std::size_t said = 0;
  while (said < pieces.size() && !begun.empty() && begun.starts_with(pieces[said])) {
    begun.remove_prefix(pieces[said++].size());
  }
  pieces.erase(pieces.begin(), pieces.begin() + static_cast<std::ptrdiff_t>(said));
}

}  // namespace

Completion::Completion(Connection& connection, Setting setting, const ChatRequest& request)
    : connection_(connection),
      setting_(std::move(setting)),
      faults_(setting_.script.faults),
      request_(request) {
  const auto& script = setting_.script;
  pieces_ = split_answer(script.echo ? request.last_message : script.answer, script.tokens);
  if (calls_tool()) {
    const auto space = std::min(script.tool_call.find(' '), script.tool_call.size() - 1);
    pieces_ = split_answer(script.tool_call.substr(space + 1), std::nullopt);
    finish_reason_ = "tool_calls";
  }
  drop_begun(pieces_, request.begun);
  if (request.max_tokens && *request.max_tokens >= 0 &&
      static_cast<std::size_t>(*request.max_tokens) < pieces_.size()) {
    pieces_.resize(static_cast<std::size_t>(*request.max_tokens));
    finish_reason_ = "length";
  }
  std::array<char, 48> id{};
  std::snprintf(id.data(), id.size(), "chatcmpl-%08d%08d%016d", ::getpid(), setting_.number, 0);
  id_ = faults_.duplicate_ids ? "chatcmpl-0" : id.data();
}

bool Completion::run() {
  if (faults_.crash_before_first_byte) {
    crash();
  }
  eaten_.assign(static_cast<std::size_t>(faults_.eat_memory), 'm');
  return request_.stream ? run_stream() : run_plain();
}

// --- what goes wrong ---

/// Waits, burning the processor where the script says so; false when the client left.
bool Completion::pause(milliseconds time) {
  const auto end = Clock::now() + time;
  for (auto now = Clock::now(); now < end; now = Clock::now()) {
    const auto left = std::chrono::ceil<milliseconds>(end - now);
    if (connection_.gone_within(faults_.burn_cpu ? milliseconds(0) : std::min(left, kSlice))) {
      return false;
    }
    if (request_.stream && now - last_sent_ >= setting_.ping && !chunk(":\n\n")) {
      return false;
    }
  }
  return !connection_.gone_within(milliseconds(0));
}

/// Does what is due after this number of events; true when the answer ends here.
bool Completion::fault_due() {
  if (faults_.crash_after_events == events_) {
    flush();
    crash();
  }
  if (faults_.cut_after_events == events_) {
    flush();
    connection_.close_after_this();
    return true;
  }
  if (faults_.stall_after_events == events_) {
    flush();
    while (pause(std::chrono::hours(1))) {
    }
    return true;
  }
  if (faults_.bad_chunk && events_ == 2) {
    connection_.send("zz\r\nnot a chunk\r\n");
    connection_.close_after_this();
    return true;
  }
  return false;
}

// --- a stream ---

bool Completion::chunk(std::string_view data) {
  last_sent_ = Clock::now();
  if (!faults_.split_utf8) {
    std::array<char, 20> size{};
    std::snprintf(size.data(), size.size(), "%zx\r\n", data.size());
    return connection_.send(size.data() + std::string(data) + "\r\n");
  }
  for (const char byte : data) {
    for (const char part : {'1', '\r', '\n', byte, '\r', '\n'}) {
      if (!connection_.send(std::string_view(&part, 1))) {
        return false;
      }
      ::sched_yield();
    }
  }
  return true;
}

bool Completion::flush() {
  const auto data = std::exchange(pending_, {});
  return data.empty() || chunk(data);
}

bool Completion::raw_event(std::string_view data) {
  if (fault_due()) {
    return false;
  }
  pending_ += "data: " + std::string(data) + "\n\n";
  // Like the engine: the event with the role leaves together with the first token.
  return ++events_ == 1 || flush();
}

bool Completion::event(const object& payload) {
  auto text = serialize(payload);
  if (faults_.duplicate_ids) {
    text.insert(1, R"("id":"chatcmpl-1",)");
  }
  return raw_event(text);
}

/// Its members stand in the order that the engine has.
object Completion::payload(std::string_view kind, array choices) const {
  return {{"choices", std::move(choices)}, {"created", created_},          {"id", id_},
          {"model", setting_.model},       {"system_fingerprint", "fake"}, {"object", kind}};
}

bool Completion::calls_tool() const {
  return request_.has_tools && !setting_.script.tool_call.empty();
}

object Completion::tool_call() const {
  const std::string_view call = setting_.script.tool_call;
  const auto space = std::min(call.find(' '), call.size());
  return {{"id", "call-1"},
          {"type", "function"},
          {"function", object{{"name", call.substr(0, space)}, {"arguments", ""}}}};
}

object Completion::token_event(std::string_view text) const {
  if (!is_chat()) {
    return payload(
        "text_completion",
        one_choice(
            {{"text", text}, {"index", 0}, {"logprobs", nullptr}, {"finish_reason", nullptr}}));
  }
  object delta{{"content", text}};
  if (calls_tool()) {
    const object arguments{{"index", 0}, {"function", object{{"arguments", text}}}};
    delta = object{{"tool_calls", array{arguments}}};
  }
  return payload("chat.completion.chunk",
                 one_choice({{"finish_reason", nullptr}, {"index", 0}, {"delta", delta}}));
}

object Completion::tool_call_event() const {
  auto call = tool_call();
  call["index"] = 0;
  return payload("chat.completion.chunk",
                 one_choice({{"finish_reason", nullptr},
                             {"index", 0},
                             {"delta", object{{"tool_calls", array{call}}}}}));
}

bool Completion::stream_tokens() {
  object delta{{"role", "assistant"}, {"content", nullptr}};
  const auto first =
      payload("chat.completion.chunk",
              one_choice({{"finish_reason", nullptr}, {"index", 0}, {"delta", delta}}));
  if (is_chat() && !event(first)) {
    return false;
  }
  if (calls_tool() && !event(tool_call_event())) {
    return false;
  }
  if (faults_.huge_event > 0 &&
      !event(token_event(std::string(static_cast<std::size_t>(faults_.huge_event), 'h')))) {
    return false;
  }
  while (faults_.flood_events) {
    if (!event(token_event(std::string(4000, 'f')))) {
      return false;
    }
  }
  return std::ranges::all_of(pieces_, [this](const std::string& piece) {
    return pause(setting_.script.token_delay) && event(token_event(piece));
  });
}

object Completion::last_event() const {
  if (!is_chat()) {
    return payload("text_completion", one_choice(whole_choice("")));
  }
  return payload(
      "chat.completion.chunk",
      one_choice({{"finish_reason", finish_reason_}, {"index", 0}, {"delta", object{}}}));
}

bool Completion::finish_stream() {
  auto last = last_event();
  if (!request_.include_usage) {
    last["timings"] = timings();
  }
  if (!event(last)) {
    return false;
  }
  if (request_.include_usage) {
    auto sums = payload("chat.completion.chunk", array{});
    sums["usage"] = usage();
    sums["timings"] = timings();
    if (!event(sums)) {
      return false;
    }
  }
  if (fault_due() || !flush()) {
    return false;
  }
  if (!faults_.no_done && !chunk("data: [DONE]\n\n")) {
    return false;
  }
  return connection_.send("0\r\n\r\n");
}

bool Completion::run_stream() {
  const auto type = faults_.wrong_content_type ? "text/plain" : "text/event-stream";
  auto head = connection_.head(200, type) + "X-Accel-Buffering: no\r\n";
  if (faults_.wrong_content_length) {
    connection_.close_after_this();
    return connection_.send(head + "Content-Length: 1000\r\n\r\ndata: {}\n\n");
  }
  // Like the engine: the head leaves at once, long before the first token.
  if (!connection_.send(head + "Transfer-Encoding: chunked\r\n\r\n")) {
    return false;
  }
  return pause(faults_.hang_before_first_byte) && stream_tokens() && finish_stream();
}

// --- a plain answer ---

object Completion::whole_choice(std::string_view text) const {
  if (!is_chat()) {
    return {{"text", text}, {"index", 0}, {"logprobs", nullptr}, {"finish_reason", finish_reason_}};
  }
  object message{{"role", "assistant"}, {"content", text}};
  if (calls_tool()) {
    auto call = tool_call();
    call["function"].as_object()["arguments"] = text;
    message = object{{"role", "assistant"}, {"content", nullptr}, {"tool_calls", array{call}}};
  }
  return {{"finish_reason", finish_reason_}, {"index", 0}, {"message", message}};
}

bool Completion::run_plain() {
  if (!pause(faults_.hang_before_first_byte)) {
    return false;
  }
  std::string text;
  for (const auto& piece : pieces_) {
    if (fault_due() || !pause(setting_.script.token_delay)) {
      return false;
    }
    text += piece;
    ++events_;
  }
  text.append(static_cast<std::size_t>(faults_.huge_event), 'h');
  auto answer =
      payload(is_chat() ? "chat.completion" : "text_completion", one_choice(whole_choice(text)));
  answer["usage"] = usage();
  answer["timings"] = timings();
  const auto body = serialize(answer);
  const auto type = faults_.wrong_content_type ? "text/plain" : "application/json; charset=utf-8";
  if (!faults_.wrong_content_length) {
    return connection_.reply(200, body, type);
  }
  connection_.close_after_this();
  const auto length = static_cast<long>(body.size()) + *faults_.wrong_content_length;
  return connection_.send(connection_.head(200, type) + "Content-Length: " +
                          std::to_string(std::max(0L, length)) + "\r\n\r\n" + body);
}

object Completion::usage() const {
  const auto completion = static_cast<long>(pieces_.size());
  return {{"completion_tokens", completion},
          {"prompt_tokens", request_.prompt_words},
          {"total_tokens", completion + request_.prompt_words},
          {"prompt_tokens_details", object{{"cached_tokens", 0}}}};
}

object Completion::timings() const {
  const auto ms = ms_since(begin_);
  const auto count = static_cast<double>(std::max<std::size_t>(1, pieces_.size()));
  return {{"cache_n", 0},
          {"prompt_n", request_.prompt_words},
          {"prompt_ms", 0.0},
          {"predicted_n", pieces_.size()},
          {"predicted_ms", ms},
          {"predicted_per_token_ms", ms / count},
          {"predicted_per_second", ms > 0 ? count * 1000 / ms : 0.0}};
}

}  // namespace llf::fake_worker
