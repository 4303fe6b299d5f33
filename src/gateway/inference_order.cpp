#include "gateway/inference_order.hpp"

#include "gateway/engine_body.hpp"
#include "gateway/engine_call.hpp"
#include "gateway/prompt_choice.hpp"
#include "gateway/waiting.hpp"
#include "net/headers.hpp"
#include "prompt/choice.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace llf::gateway {
namespace {

/// The names, as a header may have them.
std::string named(const std::vector<std::string>& fields) {
  constexpr std::size_t kShown = 64;
  std::vector<std::string> names;
  names.reserve(fields.size());
  for (const auto& field : fields) {
    auto name = field.substr(0, kShown);
    std::ranges::replace_if(name, [](char c) { return c <= ' ' || c > '~' || c == ','; }, '?');
    names.push_back(std::move(name));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

/// Of a model elsewhere the fields that one of its servers does not take are left out, too.
void note_unknown_elsewhere(const GatewayOptions& options, const remote::RemoteModel& model,
                            InferenceRequest& request) {
  const auto fields = std::exchange(request.known, {});
  auto mine = std::exchange(request.unknown, {});
  mine.insert(mine.end(), fields.begin(), fields.end());
  const auto dialects = options.elsewhere.dialects(model);
  for (auto& field : mine) {
    const bool is_taken = std::ranges::all_of(dialects, [&](config::Dialect dialect) {
      return name_in(dialect, request.api, field).has_value();
    });
    (is_taken ? request.known : request.unknown).push_back(std::move(field));
  }
}

/// Whether the client is strict.
std::expected<bool, ApiError> strict_header(const net::Request& request) {
  const auto strict = request.headers.get(kStrictHeader);
  const auto is = [&](std::string_view word) {
    return strict && net::equal_ignoring_case(*strict, word);
  };
  if (is("true") || is("1")) return true;
  if (!strict || is("false") || is("0")) return false;
  return std::unexpected(
      ApiError({.kind = ErrorKind::invalid,
                .message = fmt::format("the header {} must be true or false", kStrictHeader)},
               kStrictHeader));
}

std::expected<void, ApiError> check_strict(const Order& order) {
  const auto& unknown = order.request.unknown;
  if (!order.strict || unknown.empty()) return {};
  return std::unexpected(ApiError(
      {.kind = ErrorKind::invalid,
       .message =
           fmt::format("with {} every field must be one that llf honours, and these are not: "
                       "{}",
                       kStrictHeader, named(unknown))},
      unknown.front()));
}

/// How long it waited, where that is worth telling.
std::optional<std::string> waited(const Order& order) {
  constexpr Duration kWorthTelling = std::chrono::milliseconds(10);
  const auto queue = order.queued.value_or(Duration()) + order.slot;
  if (!order.loaded && queue < kWorthTelling) return std::nullopt;
  return waited_text(queue, order.loaded.value_or(Duration()));
}

/// The one value of the header that names a prompt template.
std::expected<std::optional<std::string>, ApiError> prompt_header(const net::Request& request) {
  if (const auto count = request.headers.count(prompt::kHeader); count > 1) {
    return std::unexpected(ApiError(
        {.kind = ErrorKind::invalid,
         .message =
             fmt::format("the header {} came {} times: send it once", prompt::kHeader, count)},
        prompt::kHeader));
  }
  const auto header = request.headers.get(prompt::kHeader);
  return header ? std::optional(std::string(*header)) : std::nullopt;
}

bool has_messages(const Order& order) {
  return order.request.messages > 0;
}

}  // namespace

std::expected<Order, ApiError> make_order(const GatewayOptions& options, Api api,
                                          net::Request& request) {
  auto wanted = read_inference_request(api, request.body);
  if (!wanted) return std::unexpected(wanted.error());
  auto target = options.names.resolve(wanted->model, facts_of(api).mode);
  if (!target) return std::unexpected(model_error(target.error()));
  if (target->elsewhere) {
    note_unknown_elsewhere(options, *target->elsewhere, *wanted);
  } else {
    wanted->unknown.insert(wanted->unknown.end(), wanted->unknown_within.begin(),
                           wanted->unknown_within.end());
  }
  const auto strict = strict_header(request);
  if (!strict) return std::unexpected(strict.error());
  auto header = prompt_header(request);
  if (!header) return std::unexpected(header.error());
  Order order;
  order.model = wanted->model;
  order.request = *std::move(wanted);
  order.strict = *strict;
  if (auto kept = check_strict(order); !kept) return std::unexpected(kept.error());
  order.header = *std::move(header);
  if (auto aimed = aim(options, order, *std::move(target)); !aimed) {
    return std::unexpected(aimed.error());
  }
  order.body = std::move(request.body);
  return order;
}

std::expected<void, ApiError> aim(const GatewayOptions& options, Order& order,
                                  scheduler::Target target) {
  const bool has_prompt = target.name == order.target.name && target.prompt == order.target.prompt;
  order.target = std::move(target);
  if (has_prompt || !has_messages(order)) return {};
  auto prompt = choose_prompt({.library = options.prompts,
                               .settings = options.settings,
                               .of_profile = order.target.prompt,
                               .model = order.target.name.str()},
                              order.header);
  if (!prompt) return std::unexpected(ApiError(prompt.error(), prompt::kHeader));
  order.prompt = *std::move(prompt);
  return {};
}

Task<Expected<void>> choose_opening(Order& order, worker::Lease& lease) {
  if (!order.prompt || prompt::beginning_of_answer(*order.prompt).empty()) {
    co_return Expected<void>();
  }
  order.opening = prompt::Opening::asked_for;
  // The beginning would have to be of the form that the answer must have.
  if (order.request.constrained) co_return Expected<void>();
  const auto opening = co_await ask_for_opening(lease.endpoint());
  if (!opening) co_return failure(co_await why_failed(lease, opening.error()));
  order.opening = *opening;
  co_return Expected<void>();
}

std::expected<void, ApiError> fit(Order& order) {
  if (std::exchange(order.is_fitted, true)) return {};
  auto body = engine_body(std::move(order.body), order.request,
                          {.inference = order.target.inference,
                           .prompt = std::move(order.prompt),
                           .opening = order.opening});
  if (!body) return std::unexpected(body.error());
  order.body = *std::move(body);
  order.model = order.target.name;
  return {};
}

std::expected<std::string, ApiError> body_for(const Order& order, config::Dialect dialect) {
  return engine_body(
      order.body, order.request,
      {.inference = order.target.inference,
       .prompt = order.prompt,
       .opening = prompt::Opening::asked_for,
       .elsewhere = Recipient{.dialect = dialect, .model = order.target.elsewhere->name}});
}

std::expected<void, ApiError> note_ignored(Order& order, std::string_view field) {
  auto& unknown = order.request.unknown;
  if (std::ranges::find(unknown, field) == unknown.end()) unknown.emplace_back(field);
  return check_strict(order);
}

void add_order_headers(net::Headers& headers, const Order& order) {
  if (!order.request.unknown.empty()) {
    headers.set(std::string(kIgnoredHeader), named(order.request.unknown));
  }
  if (auto text = waited(order)) headers.set(std::string(kQueuedHeader), *std::move(text));
  if (!order.served_by.empty()) headers.set(std::string(kEndpointHeader), order.served_by);
}

}  // namespace llf::gateway
