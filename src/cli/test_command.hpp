#pragma once

#include "cli/app.hpp"
#include "cli/test_output.hpp"
#include "client/test_daemon.hpp"
#include "net/event.hpp"
#include "os/child_process.hpp"
#include "os/paths.hpp"
#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace llf::cli {

inline constexpr std::string_view kTestStatus =
    R"({"version":"0.1.0","protocol":1,"pid":42,"uptime_s":5,"home":"/h","socket":"/s",)"
    R"("log_file":"/l","on_demand":false,"listen":{"address":"127.0.0.1","port":8000,)"
    R"("error":null},"engine":null,"workers":0,"requests_active":0})";

inline constexpr std::string_view kTestModels =
    R"({"models":[{"id":"llf-nano","path":"/m","size_bytes":3900000,"source":"built-in",)"
    R"("default":true,"loaded":false},)"
    R"({"id":"org/big:q4","size_bytes":9000000000,"source":"folder"}]})";

/// One event of a chat's answer.
inline std::string chat_event(std::string_view text) {
  return "data: {\"model\":\"llf-nano\",\"choices\":[{\"delta\":{\"content\":\"" +
         std::string(text) + "\"}}]}\n\n";
}

/// Runs whole commands against a daemon of the test's own, in a home of its own. The daemon answers
/// on another thread, with its own loop; what it saw may be looked at after `run`.
class CommandTest : public ::testing::Test {
 protected:
  using Answer = client::TestDaemon::Answer;

  CommandTest() {
    os::PathOptions options;
    options.home = folder_.path().native();
    paths_ = os::resolve_paths(options).value_or(os::Paths{});
    EXPECT_TRUE(os::ensure_run_dir(paths_));
    answer("/llf/v1/status", kTestStatus);
    answer("/llf/v1/models", kTestModels);
    answer("/llf/v1/workers", R"({"workers":[]})");
  }

  /// What a path gets.
  void answer(const std::string& path, std::string_view body, int status = 200) {
    answers_[path] = [body = std::string(body), status](net::Request&, net::Responder& responder) {
      return send(responder, status, body);
    };
  }
  void answer_with(const std::string& path, Answer with) { answers_[path] = std::move(with); }
  void answer_chat(std::vector<std::string> events) {
    events.emplace_back("data: [DONE]\n\n");
    answer_with("/v1/chat/completions",
                [events = std::move(events)](net::Request&, net::Responder& responder) {
                  return client::write_events(responder, events, client::StreamEnd::regular);
                });
  }

  /// Runs `llf WORDS` while the daemon answers.
  int run(std::vector<std::string> words) {
    client::TestDaemon daemon(paths_.socket().native());
    daemon.answer([this](net::Request& request, net::Responder& responder) {
      const auto found = answers_.find(request.path);
      if (found != answers_.end()) return found->second(request, responder);
      return send(responder, 404, R"({"error":{"message":"no such route","code":"not_found"}})");
    });
    net::Event done;
    std::thread server([&] { static_cast<void>(daemon.run(wait(done))); });
    const int code = run_without_daemon(std::move(words));
    daemon.loop().post([&] { done.set(); });
    server.join();
    requests_ = daemon.requests();
    return code;
  }

  /// Runs `llf WORDS` with nobody on the socket.
  int run_without_daemon(std::vector<std::string> words) {
    words.insert(words.begin(), {"--home", folder_.path().native()});
    return run_llf(words, streams_);
  }

  /// What the standard input holds.
  void pipe_in(std::string_view text) {
    auto pipe = os::make_pipe();
    ASSERT_TRUE(pipe);
    ASSERT_EQ(::write(pipe->write.get(), text.data(), text.size()),
              static_cast<ssize_t>(text.size()));
    in_ = std::move(pipe->read);
    streams_.in_fd = in_.get();
  }

  /// The body of the last request to `path`; empty when there was none.
  [[nodiscard]] std::string body_of(std::string_view path) const {
    std::string body;
    for (const auto& request : requests_) {
      if (request.path == path) body = request.body;
    }
    return body;
  }

  [[nodiscard]] std::string out() const { return out_.text(); }
  [[nodiscard]] std::string err() const { return err_.text(); }

  os::TestFolder folder_;
  os::Paths paths_;
  os::UniqueFd in_{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
  TestOutput out_;
  TestOutput err_;
  Streams streams_{.in_fd = in_.get(), .out = out_.get(), .err = err_.get()};
  std::vector<net::Request> requests_;

 private:
  static Task<void> send(net::Responder& responder, int status, std::string body) {
    static_cast<void>(
        co_await responder.send({.status = status, .headers = {}, .body = std::move(body)}));
  }
  static Task<void> wait(net::Event& done) { static_cast<void>(co_await done.wait()); }

  std::map<std::string, Answer> answers_;
};

}  // namespace llf::cli
