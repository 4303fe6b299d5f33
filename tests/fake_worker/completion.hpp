#pragma once

#include <boost/json/object.hpp>

#include "connection.hpp"
#include "options.hpp"
#include "script.hpp"
#include <chrono>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

namespace llf::fake_worker {

/// What a request for a completion asks for, as far as this program cares.
struct ChatRequest {
  enum class Kind : std::uint8_t { chat, text } kind = Kind::chat;
  bool stream = false;
  bool include_usage = false;
  std::optional<long> max_tokens;
  long prompt_words = 0;
  std::string last_message;
  std::string begun;  ///< of the answer: it is gone on with
  bool has_tools = false;
};

/// Answers one chat request as the script says. Used by one thread, once.
class Completion {
 public:
  struct Setting {
    const Script& script;
    milliseconds ping;
    std::string model;
    int number;  ///< of the request, from 1
  };

  Completion(Connection& connection, Setting setting, const ChatRequest& request);

  /// True when the whole answer was sent; false when the client left before.
  bool run();

  /// Events of a stream that were sent, "[DONE]" not counted.
  [[nodiscard]] long events() const { return events_; }

 private:
  bool run_stream();
  bool run_plain();
  bool stream_tokens();
  bool finish_stream();
  bool event(const boost::json::object& payload);
  bool raw_event(std::string_view data);
  bool flush();
  bool chunk(std::string_view data);
  bool pause(milliseconds time);
  bool fault_due();
  [[nodiscard]] bool calls_tool() const;
  [[nodiscard]] boost::json::object payload(std::string_view object,
                                            boost::json::array choices) const;
  [[nodiscard]] boost::json::object tool_call() const;
  [[nodiscard]] boost::json::object token_event(std::string_view text) const;
  [[nodiscard]] boost::json::object tool_call_event() const;
  [[nodiscard]] boost::json::object last_event() const;
  [[nodiscard]] boost::json::object whole_choice(std::string_view text) const;
  [[nodiscard]] bool is_chat() const { return request_.kind == ChatRequest::Kind::chat; }
  [[nodiscard]] boost::json::object usage() const;
  [[nodiscard]] boost::json::object timings() const;

  Connection& connection_;
  Setting setting_;
  const Faults& faults_;
  const ChatRequest& request_;
  std::vector<std::string> pieces_;
  std::string eaten_;  ///< memory that this answer takes beside what it needs
  std::string_view finish_reason_ = "stop";
  std::string id_;
  std::int64_t created_ = std::time(nullptr);  // one for all events, like the engine
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point last_sent_ = begin_;
  std::string pending_;
  long events_ = 0;
};

}  // namespace llf::fake_worker
