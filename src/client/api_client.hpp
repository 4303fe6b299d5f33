#pragma once

#include "base/expected.hpp"
#include "base/task.hpp"
#include "client/answers.hpp"
#include "client/chat_decoder.hpp"
#include "client/chat_request.hpp"
#include "client/event_stream.hpp"
#include "json/json.hpp"
#include "net/http_client.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace llf::client {

/// An answer of a model as it comes. Destroying it cancels the request: the daemon stops the model
/// within a second. Loop thread; one call at a time.
class ChatStream {
 public:
  explicit ChatStream(EventStream events) : events_(std::move(events)) {}

  /// The next piece of text, never empty; nothing when the answer is complete. Errors: what the
  /// daemon says in the stream; upstream for a stream that ends without `[DONE]`, so that no answer
  /// is silently short; timeout; cancelled.
  [[nodiscard]] Task<Expected<std::optional<ChatDelta>>> next();

  /// How the answer ended, or what is known of it so far.
  [[nodiscard]] const ChatEnd& end() const { return decoder_.so_far(); }

 private:
  [[nodiscard]] Task<Expected<void>> read_to_end();

  EventStream events_;
  ChatDecoder decoder_;
};

/// Which log lines are wanted.
struct LogQuery {
  std::string source = "daemon";  ///< "daemon", or a model's id
  std::int64_t lines = 100;
};

/// The control API and the chat of one daemon. Every call is a connection of its own. Errors of
/// all: `unavailable` (nobody listens), `timeout` (the daemon does not answer), and what the daemon
/// itself answers, with its message and kind. Loop thread.
class ApiClient {
 public:
  explicit ApiClient(net::Endpoint endpoint) : endpoint_(std::move(endpoint)) {}

  /// The JSON answer of GET `target`: "/llf/v1/status", as it came.
  [[nodiscard]] Task<Expected<json::Value>> get(std::string target) const;

  /// The JSON answer of a POST.
  [[nodiscard]] Task<Expected<json::Value>> post(std::string target, json::Object body) const;

  /// What a model gets for messages and a prompt template; it is loaded first, however long that
  /// takes.
  [[nodiscard]] Task<Expected<json::Value>> preview_prompt(json::Object body) const;

  /// What a model is, as its files say; an absolute path names a file.
  [[nodiscard]] Task<Expected<json::Value>> model_info(std::string name) const;

  [[nodiscard]] Task<Expected<DaemonStatus>> status() const;
  [[nodiscard]] Task<Expected<std::vector<ModelInfo>>> models() const;
  [[nodiscard]] Task<Expected<KnownNames>> known_names(std::string word, Word use) const;
  [[nodiscard]] Task<Expected<std::vector<WorkerInfo>>> workers() const;
  /// Those that requests for `model` (empty: the default one) go to: one or none.
  [[nodiscard]] Task<Expected<std::vector<WorkerInfo>>> workers_of(std::string model) const;

  /// Ends the worker of a model. not_found: no such model.
  [[nodiscard]] Task<Expected<void>> unload(std::string model) const;

  /// Asks the daemon to end. It does so after the running answers.
  [[nodiscard]] Task<Expected<void>> stop() const;

  /// Asks the daemon to make room for another llfd, which takes over where it listens, after the
  /// running answers: how many those are. Errors: also `not_found`: it is of a version without
  /// that.
  [[nodiscard]] Task<Expected<std::int64_t>> restart(json::Object body) const;
  /// The status of the other one, when it has begun: at most limits::kRestartLimit later.
  [[nodiscard]] Task<Expected<DaemonStatus>> status_after_restart() const;

  [[nodiscard]] Task<Expected<std::vector<std::string>>> logs(LogQuery query) const;
  /// The same lines and those to come, each event's data being `{"line":"…"}`.
  [[nodiscard]] Task<Expected<EventStream>> follow_logs(LogQuery query) const;

  /// Removes a model, or says what that would come to. A busy one is given time to end.
  [[nodiscard]] Task<Expected<json::Value>> remove_model(json::Object body) const;

  /// Asks the hub for the template of the model that this one was made from, however long it takes:
  /// model_info tells of it then.
  [[nodiscard]] Task<Expected<json::Value>> compare_model(json::Object body) const;

  /// Removes files of models that serve nothing, or says which.
  [[nodiscard]] Task<Expected<json::Value>> prune(json::Object body) const;
  /// API keys, by their names: POST /llf/v1/keys, …/revoke.
  [[nodiscard]] Task<Expected<json::Value>> create_key(std::string name) const;
  [[nodiscard]] Task<Expected<json::Value>> revoke_key(std::string name) const;

  /// Makes model files, or a bundle, of an absolute path llf's own, however long that takes:
  /// `{"done_bytes","size_bytes"}` and `{"text"}` of a bundle, at last `{"files":…}`.
  [[nodiscard]] Task<Expected<EventStream>> import_model(json::Object body) const;

  /// Writes a bundle: `{"done_bytes","size_bytes"}`, at last `{"path","files":…}`.
  [[nodiscard]] Task<Expected<EventStream>> export_model(json::Object body) const;

  /// Reads all of a model: `{"done_bytes","size_bytes"}`, at last `{"right","files":…}`.
  [[nodiscard]] Task<Expected<EventStream>> verify(json::Object body) const;

  /// Whether a model fits into the machine; one that is not here is looked at on its hub, however
  /// long that takes.
  [[nodiscard]] Task<Expected<json::Value>> fit(json::Object body) const;

  /// Asks the hub for repositories, however long it takes to answer.
  [[nodiscard]] Task<Expected<json::Value>> search(json::Object body) const;

  /// Begins or joins a download: `{"plan":…}`, then `{"download":…}` until it has ended. Leaving
  /// does not stop it. Returns when it is known what is to be downloaded.
  [[nodiscard]] Task<Expected<EventStream>> download(json::Object body) const;

  /// Begins an answer. Returns when the daemon has begun to answer: loading the model, and reading
  /// a long prompt, may come before, so there is no limit but the caller's patience.
  [[nodiscard]] Task<Expected<ChatStream>> chat(ChatRequest request) const;

 private:
  net::Endpoint endpoint_;
};

/// The line of an event of `follow_logs`; nothing when it has none.
[[nodiscard]] std::optional<std::string> read_log_line(const sse::Event& event);

}  // namespace llf::client
