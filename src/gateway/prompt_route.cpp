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

/// What the model gets of these messages with a template: messages, text, and how many tokens that
/// is.
Task<Expected<json::Object>> rendered(const net::Endpoint& engine,
                                      const std::optional<prompt::Template>& filled,
                                      json::Array messages) {
  if (filled) {
    const auto opening = co_await opening_for(engine, *filled);
    auto assembled = prompt::assemble(*filled, std::move(messages), opening);
    if (!assembled) co_return failure(assembled.error());
    messages = *std::move(assembled);
  }
  auto text = co_await call_engine(engine, "/apply-template", {{"messages", messages}});
  auto prompt = text ? json::get_string(*text, "prompt") : failure(text.error());
  if (!prompt) co_return failure(prompt.error());
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

}  // namespace

Task<void> Gateway::preview_prompt(net::Request& request, net::Responder& responder) {
  auto preview = read_preview(request.body);
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
  if (!prompt) {
    co_await send(responder, error_response(prompt.error()));
    co_return;
  }
  const auto served = co_await options_.scheduler.acquire(preview->model);
  const auto shown =
      served ? co_await rendered(served->lease.endpoint(), *prompt, std::move(preview->messages))
             : failure(served.error());
  co_await send(responder,
                shown ? json_response(*shown) : error_response(model_error(shown.error())));
}

}  // namespace llf::gateway
