// A body that is taken as a request becomes one for the engine, and for servers elsewhere, that is
// JSON and has no field that these do not take; what is refused says why. Nothing depends on who
// gets it.
#include "gateway/engine_body.hpp"
#include "gateway/inference_request.hpp"
#include "json/json.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <array>
#include <string>

namespace llf::fuzz {
namespace {

using config::Dialect;
using gateway::Api;

void check_fields(Api api, Dialect dialect, const std::string& body) {
  const auto value = json::parse(body);
  LLF_ASSERT(value && value->is_object());
  for (const auto& [name, member] : value->get_object()) {
    LLF_ASSERT(gateway::name_in(dialect, api, name));
  }
}

void check_api(Api api, std::string_view input) {
  const auto request = gateway::read_inference_request(api, input);
  if (!request) {
    LLF_ASSERT(!request.error().error.message.empty());
    return;
  }
  gateway::Additions additions;
  additions.inference.temperature = 0.5;
  additions.inference.repeat_penalty = 1.5;
  const auto own = gateway::engine_body(std::string(input), *request, additions);
  LLF_ASSERT(own.has_value());
  check_fields(api, Dialect::llama, *own);
  // What the engine gets is a request like any other.
  const auto again = gateway::read_inference_request(api, *own);
  LLF_ASSERT(again && again->unknown.empty());
  // An interface that has no streams leaves the wish for one out; several answers come as one.
  const bool streams = gateway::name_in(Dialect::llama, api, "stream").has_value();
  LLF_ASSERT(again->stream == (streams && (request->stream || request->is_gathered())));
  LLF_ASSERT(again->session == request->session && again->messages == request->messages);
  for (const auto dialect : {Dialect::openai, Dialect::llama, Dialect::vllm}) {
    additions.elsewhere = gateway::Recipient{.dialect = dialect, .model = "theirs"};
    const auto there = gateway::engine_body(std::string(input), *request, additions);
    LLF_ASSERT(there.has_value());
    check_fields(api, dialect, *there);
    LLF_ASSERT(json::parse(*there)->at("model") == "theirs");
  }
}

}  // namespace

void check(std::string_view input) {
  for (const auto& facts : gateway::kApis) check_api(facts.api, input);
}

}  // namespace llf::fuzz
