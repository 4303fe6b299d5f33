#include "base/limits.hpp"
#include "gateway/answer.hpp"
#include "gateway/engine_body.hpp"
#include "gateway/gateway.hpp"
#include "gateway/prompt_choice.hpp"
#include "net/http_client.hpp"
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
  const auto value = json::parse(body);
  if (!value) return failure(value.error().with_context("the body is not valid JSON"));
  const auto object = json::as_object(*value, "the body");
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

/// The JSON object that the engine answers.
Task<Expected<json::Object>> ask(const worker::Lease& lease, std::string target,
                                 json::Object body) {
  auto response =
      co_await net::request(lease.endpoint(), {.method = "POST",
                                               .target = std::move(target),
                                               .headers = {{"Content-Type", "application/json"}},
                                               .body = json::write(body)});
  if (!response) co_return failure(response.error());
  const auto text = co_await response->read_all(limits::kEngineAnswer);
  if (!text) co_return failure(text.error());
  constexpr int kOk = 200;
  if (response->status() != kOk) {
    const auto error = from_engine(response->status(), *text);
    co_return failure(error.error);
  }
  const auto value = json::parse(*text);
  if (!value) co_return failure(ErrorKind::upstream, "the engine answered with no JSON");
  co_return json::as_object(*value, "the engine's answer");
}

/// The text that the model sees of these messages, and how many tokens that is.
Task<Expected<json::Object>> rendered(const worker::Lease& lease, json::Array messages) {
  auto text = co_await ask(lease, "/apply-template", {{"messages", messages}});
  auto prompt = text ? json::get_string(*text, "prompt") : failure(text.error());
  if (!prompt) co_return failure(prompt.error());
  // As a completion does it: with what the vocabulary puts in front, and its special tokens.
  const auto tokens = co_await ask(
      lease, "/tokenize", {{"content", *prompt}, {"add_special", true}, {"parse_special", true}});
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
  auto messages = prompt ? Expected<json::Array>(preview->messages) : failure(prompt.error());
  if (messages && *prompt) messages = prompt::assemble(**prompt, preview->messages);
  if (!messages) {
    co_await send(responder, error_response(messages.error()));
    co_return;
  }
  const auto served = co_await options_.scheduler.acquire(preview->model);
  const auto shown =
      served ? co_await rendered(served->lease, *std::move(messages)) : failure(served.error());
  co_await send(responder,
                shown ? json_response(*shown) : error_response(model_error(shown.error())));
}

}  // namespace llf::gateway
