#include "gateway/answer.hpp"
#include "gateway/engine_call.hpp"
#include "gateway/gateway.hpp"
#include "gateway/prompt_choice.hpp"
#include "gateway/request_body.hpp"
#include "prompt/assembly.hpp"

#include <utility>

namespace llf::gateway {
namespace {

/// What is to be seen.
struct PreviewRequest {
  ModelId model;
  std::optional<std::string> prompt;  ///< as the header of a chat request
  json::Array messages;
};

Expected<PreviewRequest> read_preview(std::string_view body) {
  const auto object = object_of(body);
  if (!object) return failure(object.error());
  auto model = json::get_string_or(*object, "model", "");
  if (!model) return failure(model.error());
  PreviewRequest request{.model = ModelId(*std::move(model)), .prompt = {}, .messages = {}};
  if (object->contains("prompt")) {
    auto prompt = json::get_string(*object, "prompt");
    if (!prompt) return failure(prompt.error());
    request.prompt = *std::move(prompt);
  }
  const auto* messages = object->if_contains("messages");
  if (messages == nullptr || !messages->is_array()) {
    return failure(ErrorKind::invalid, "'messages' must be a list");
  }
  request.messages = messages->get_array();
  return request;
}

/// The messages that go to this engine, of `assembled` for one that goes on with a begun answer.
Task<Expected<json::Array>> messages_for(const net::Endpoint& engine,
                                         const prompt::Template& filled, json::Array messages,
                                         json::Array assembled) {
  if (prompt::beginning_of_answer(filled).empty()) co_return assembled;
  const auto opening = co_await ask_for_opening(engine);
  if (!opening) co_return failure(opening.error());
  if (*opening == prompt::Opening::prefill) co_return assembled;
  co_return prompt::assemble(filled, std::move(messages), *opening);
}

/// The text that the model sees of these messages, and how many tokens that is.
Task<Expected<json::Object>> rendered(const net::Endpoint& engine, json::Array messages) {
  const auto text = co_await call_engine(engine, "/apply-template", {{"messages", messages}});
  if (!text) co_return failure(text.error());
  const auto prompt = json::get_string(*text, "prompt");
  if (!prompt) co_return failure(ErrorKind::upstream, "the engine did not say the text");
  // As a completion does it: with what the vocabulary puts in front, and its special tokens.
  const auto tokens = co_await call_engine(
      engine, "/tokenize", {{"content", *prompt}, {"add_special", true}, {"parse_special", true}});
  if (!tokens) co_return failure(tokens.error());
  const auto* list = tokens->if_contains("tokens");
  if (list == nullptr || !list->is_array()) {
    co_return failure(ErrorKind::upstream, "the engine did not say its tokens");
  }
  co_return json::Object{
      {"messages", std::move(messages)}, {"text", *prompt}, {"tokens", list->get_array().size()}};
}

/// What is to be seen, with the template that goes with it and the messages made of both.
struct Preview {
  PreviewRequest& request;
  const std::optional<prompt::Template>& prompt;
  json::Array assembled;
};

Task<Expected<json::Object>> show(worker::Lease& lease, Preview preview) {
  const auto& engine = lease.endpoint();
  auto messages = preview.prompt ? co_await messages_for(engine, *preview.prompt,
                                                         std::move(preview.request.messages),
                                                         std::move(preview.assembled))
                                 : Expected<json::Array>(std::move(preview.assembled));
  auto shown =
      messages ? co_await rendered(engine, *std::move(messages)) : failure(messages.error());
  if (!shown) co_return failure(co_await why_failed(lease, shown.error()));
  co_return shown;
}

}  // namespace

Task<void> Gateway::preview_prompt(net::Request& request, net::Responder& responder) {
  auto preview = read_preview(request.body);
  co_await options_.models.refresh();
  const auto target = preview ? options_.names.resolve(preview->model) : failure(preview.error());
  if (!target) {
    co_await send(responder, error_response(model_error(target.error())));
    co_return;
  }
  const auto prompt = choose_prompt({.library = options_.prompts,
                                     .settings = options_.settings,
                                     .of_profile = target->prompt,
                                     .model = target->name.str()},
                                    preview->prompt);
  // Wrong messages are refused before a model is loaded for them.
  auto assembled = prompt ? Expected<json::Array>(preview->messages) : failure(prompt.error());
  if (assembled && *prompt) {
    assembled = prompt::assemble(**prompt, preview->messages, prompt::Opening::prefill);
  }
  if (!assembled) {
    co_await send(responder, error_response(assembled.error()));
    co_return;
  }
  auto served = co_await options_.scheduler.acquire({.name = preview->model});
  const auto shown = served ? co_await show(served->lease, {.request = *preview,
                                                            .prompt = *prompt,
                                                            .assembled = *std::move(assembled)})
                            : failure(served.error());
  co_await send(responder,
                shown ? json_response(*shown) : error_response(model_error(shown.error())));
}

}  // namespace llf::gateway
