#pragma once

#include "base/expected.hpp"
#include "cli/chat_input.hpp"
#include "cli/chat_settings.hpp"
#include "cli/context.hpp"
#include "cli/conversation.hpp"
#include "cli/input_history.hpp"
#include "cli/line_reader.hpp"
#include "client/answers.hpp"
#include "os/signal_watch.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace llf::cli {

/// One interactive chat: prompts, commands, answers. The conversation is kept in memory and sent
/// again with every message; a turn that failed or was cancelled leaves it in order. Blocks. One
/// thread.
class ChatSession {
 public:
  /// Connects, starting the daemon when none runs. Errors: those of `connect`; not_found, with why,
  /// for a model that is not there.
  [[nodiscard]] static Expected<std::unique_ptr<ChatSession>> create(Context& context,
                                                                     ChatSettings settings);

  /// For `create`, which makes sure that the model of `settings` is there.
  ChatSession(Context& context, ChatSettings settings, client::ApiClient client,
              os::SignalWatch signals);

  /// Until the user leaves: 0; 130 by Ctrl-C, 128 + the number by another signal.
  [[nodiscard]] Expected<int> run();

 private:
  [[nodiscard]] Expected<void> choose_model(const std::string& wanted);
  [[nodiscard]] std::optional<int> take_line(const TypedLine& typed);
  [[nodiscard]] std::optional<int> take_entry(const ChatEntry& entry);
  /// The daemon may have ended since the last message, because it was idle: it is started again.
  [[nodiscard]] bool reconnect();
  void answer(const std::string& message);
  [[nodiscard]] std::optional<int> command(const ChatEntry& entry);
  void change_model(const std::string& name);
  void change_prompt(const std::string& name);
  void change_system(const std::string& text);
  void clear();
  void welcome();
  void warn(std::string_view text);
  [[nodiscard]] Output& screen();

  Context& context_;
  ChatSettings settings_;
  client::ApiClient client_;
  os::SignalWatch signals_;
  InputHistory history_;
  ChatInput input_;
  Conversation conversation_;
  std::unique_ptr<LineReader> reader_;
};

/// The model that a chat without a named one is held with; empty when there is none, or the
/// settings name one that is not here. Pure.
[[nodiscard]] std::string default_model(const std::vector<client::ModelInfo>& models);

}  // namespace llf::cli
