#include "gateway/answer.hpp"
#include "gateway/gateway.hpp"
#include "gateway/request_body.hpp"

#include <fmt/format.h>

#include <utility>

namespace llf::gateway {
namespace {

/// A list of texts without a byte that would end one early.
Expected<std::vector<std::string>> texts_of(const json::Object& body, std::string_view key) {
  const auto* list = body.if_contains(key);
  std::vector<std::string> texts;
  for (const auto& item : list != nullptr && list->is_array() ? list->get_array() : json::Array()) {
    const bool is_text = item.is_string() && !std::string_view(item.get_string()).contains('\0');
    if (!is_text) return failure(ErrorKind::invalid, fmt::format("'{}' is a list of texts", key));
    texts.emplace_back(item.get_string());
  }
  return texts;
}

Expected<os::Successor> successor_of(const net::Request& request) {
  const auto body = object_of(request.body);
  auto program = body ? json::get_string(*body, "program") : failure(body.error());
  if (!program) return failure(program.error());
  if (!program->starts_with('/') || program->contains('\0')) {
    return failure(ErrorKind::invalid, "'program' is the absolute path of an llfd");
  }
  auto arguments = texts_of(*body, "arguments");
  auto environment = arguments ? texts_of(*body, "environment") : failure(arguments.error());
  if (!environment) return failure(environment.error());
  os::Successor successor{.argv = {*std::move(program)}, .env = *std::move(environment)};
  for (auto& argument : *arguments) successor.argv.push_back(std::move(argument));
  return successor;
}

}  // namespace

Task<void> Gateway::restart(net::Request& request, net::Responder& responder) {
  auto successor = successor_of(request);
  const auto begun =
      successor ? options_.restart(*std::move(successor)) : failure(successor.error());
  if (!begun) {
    co_await send(responder, error_response(begun.error()));
    co_return;
  }
  constexpr int kAccepted = 202;
  co_await send(
      responder,
      json_response(json::Object{{"restarting", true}, {"requests_active", active_}}, kAccepted));
}

}  // namespace llf::gateway
