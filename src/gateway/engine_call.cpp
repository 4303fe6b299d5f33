#include "gateway/engine_call.hpp"

#include "base/limits.hpp"
#include "gateway/api_error.hpp"

#include <string_view>
#include <utility>

namespace llf::gateway {

Task<Expected<json::Object>> call_engine(const net::Endpoint& engine, std::string target,
                                         json::Object body) {
  auto response = co_await net::request(engine, {.method = "POST",
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

Task<prompt::Opening> opening_for(const net::Endpoint& engine, const prompt::Template& filled) {
  if (filled.opening.empty()) co_return prompt::Opening::prefill;
  // Some versions refuse it for models that think first, and it can be switched off.
  constexpr std::string_view kBegun = "Well";
  const json::Array messages{json::Object{{"role", "user"}, {"content", "Hello"}},
                             json::Object{{"role", "assistant"}, {"content", kBegun}}};
  const auto answer = co_await call_engine(engine, "/apply-template", {{"messages", messages}});
  const auto text = answer ? json::get_string(*answer, "prompt") : failure(answer.error());
  co_return text && text->ends_with(kBegun) ? prompt::Opening::prefill : prompt::Opening::asked_for;
}

}  // namespace llf::gateway
