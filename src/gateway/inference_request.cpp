#include "gateway/inference_request.hpp"

#include "base/limits.hpp"
#include "config/inference.hpp"
#include "gateway/data_urls.hpp"
#include "gateway/keep_alive.hpp"
#include "gateway/schema_check.hpp"
#include "gateway/session_key.hpp"
#include "json/locate.hpp"
#include "json/skim.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace llf::gateway {
namespace {

using Kind = json::Token::Kind;

/// Fields that llama-server reads from a request and that reach into its memory or other slots.
constexpr std::array<std::string_view, 5> kEngineOnly{"n_discard", "n_keep", "id_slot", "lora",
                                                      "n_cmpl"};

/// A field of ours.
constexpr std::string_view kKeepAlive = "keep_alive";

/// Fields that bind the answer to a form, and those that make it more than one plain text.
constexpr std::array<std::string_view, 3> kForms{"response_format", "json_schema", "grammar"};
constexpr std::array<std::string_view, 6> kMore{"tools",   "logprobs",      "top_logprobs",
                                                "n_probs", "return_tokens", "return_progress"};

/// Fields whose values engines make grammars of.
constexpr std::array<std::string_view, 3> kSchemas{"response_format", "json_schema", "tools"};

template <std::size_t Count>
bool is_one_of(const std::array<std::string_view, Count>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::unexpected<ApiError> refuse(std::string message, std::string_view param) {
  return std::unexpected(
      ApiError({.kind = ErrorKind::invalid, .message = std::move(message)}, param));
}

/// Picks out of a body, as it is read, what an InferenceRequest is made of and what is refused:
/// bodies are large, and a tree of one is many times larger.
class BodyReader {
 public:
  explicit BodyReader(Api api) : facts_(facts_of(api)), urls_(facts_.required) {
    request_.api = api;
  }

  void take(const json::Token& token) {
    urls_.take(token);
    if (is_conversation_) session_.take(token);
    if (token.kind == Kind::key) {
      if (token.depth == 1) take_name(token.text);
      return;
    }
    if (token.depth == 0) is_object_ = token.kind == Kind::object || token.kind == Kind::object_end;
    if (is_end(token.kind)) return;
    if (token.depth == 1) take_field(token);
    if (token.depth == 2) take_item(token);
  }

  [[nodiscard]] std::expected<InferenceRequest, ApiError> request() && {
    if (!is_object_) return refuse("the body must be a JSON object", "");
    if (!wrong_.empty()) return std::unexpected(std::move(wrong_.front()));
    if (auto missing = missing_field(); !missing.empty()) {
      return refuse(std::move(missing), facts_.required);
    }
    if (urls_.found()) {
      const bool texts = facts_.required != "messages";
      return refuse(texts
                        ? fmt::format("'{}' must be text", facts_.required)
                        : "data must be given in the request (as a data: URL); nothing is fetched "
                          "from elsewhere",
                    facts_.required);
    }
    for (const auto& value : values_) {
      if (!value.is_null) request_.given.push_back(value.member);
    }
    const bool is_chat = facts_.required == "messages";
    request_.messages = is_chat ? required_items_ : 0;
    request_.session = session_.value();
    if (request_.api == Api::completion && required_kind_ != Kind::string) request_.plain = false;
    if (request_.constrained) request_.plain = false;
    return std::move(request_);
  }

  /// The fields, each once, whose values must be looked at as a whole.
  [[nodiscard]] const std::vector<std::string>& schemas() const { return schemas_; }

 private:
  /// A value of config::Inference.
  struct Value {
    std::string key;  ///< as the body has it
    std::string_view member;
    bool is_null = false;
  };

  static bool is_end(Kind kind) { return kind == Kind::object_end || kind == Kind::array_end; }

  void note(std::string message, std::string_view param) {
    if (std::ranges::find(wrong_, param, &ApiError::param) != wrong_.end()) return;
    wrong_.emplace_back(Error{.kind = ErrorKind::invalid, .message = std::move(message)}, param);
  }

  [[nodiscard]] std::string missing_field() const {
    const auto& name = facts_.required;
    const bool list = required_kind_ == Kind::array;
    const bool text = required_kind_ == Kind::string;
    if (name == "messages" && (!list || required_items_ == 0)) {
      return "'messages' must be a list with at least one message";
    }
    if (!list && !text) return fmt::format("'{}' is missing", name);
    if (list && required_items_ == 0) return fmt::format("'{}' must not be empty", name);
    return {};
  }

  void take_name(std::string_view name) {
    field_ = name;
    items_ = 0;
    std::erase_if(wrong_, [&](const auto& one) { return one.param == field_; });  // the last counts
    parameter_ = find_parameter(request_.api, field_);
    if (is_one_of(kEngineOnly, field_)) {
      note(fmt::format("'{}' is a field of the engine that this API does not accept; leave it out",
                       field_),
           field_);
      return;
    }
    if (parameter_ == nullptr || !parameter_->engine_name.empty()) request_.rewritten = true;
    if (parameter_ == nullptr && field_ != kKeepAlive) add_unknown();
    if (parameter_ != nullptr &&
        std::ranges::find(request_.known, field_) == request_.known.end()) {
      request_.known.push_back(field_);
    }
    is_conversation_ = field_ == "messages" || field_ == "prompt";
    if (is_conversation_) session_ = {};
  }

  void add_unknown() {
    auto& unknown = request_.unknown;
    if (std::ranges::find(unknown, field_) != unknown.end()) return;
    if (unknown.size() == limits::kUnknownFields) {
      note(fmt::format("the request has more than {} fields that this API does not know",
                       limits::kUnknownFields),
           "");
      return;
    }
    unknown.push_back(field_);
  }

  void take_field(const json::Token& token) {
    if (parameter_ != nullptr) {
      if (auto fits = check_value(*parameter_, token); !fits) note(fits.error().message, field_);
    }
    const bool is_null = token.kind == Kind::null_value;
    take_inference(token);
    if (is_one_of(kForms, field_) && !is_null) request_.constrained = true;
    if (is_one_of(kMore, field_) && !is_null && token.kind != Kind::false_value) {
      request_.plain = false;
    }
    if ((is_one_of(kSchemas, field_) || field_ == "grammar") && !is_null) request_.grammar = true;
    if ((is_one_of(kSchemas, field_) || field_ == "grammar") &&
        std::ranges::find(schemas_, field_) == schemas_.end()) {
      schemas_.push_back(field_);
    }
    if (field_ == facts_.required) {
      required_kind_ = token.kind;
      required_items_ = 0;
    } else if (field_ == "model") {
      request_.model =
          ModelId(token.kind == Kind::string ? std::string(token.text) : std::string());
    } else if (field_ == "logprobs") {
      request_.logprobs = !is_null && token.kind != Kind::false_value;
    } else if (field_ == "stream") {
      request_.stream = token.kind == Kind::true_value;
    } else if (field_ == "n") {
      if (token.kind == Kind::number && token.number != 1) request_.plain = false;
    } else if (field_ == kKeepAlive) {
      take_keep_alive(token);
    }
  }

  /// A value of a list or an object.
  void take_item(const json::Token& token) {
    if (field_ == facts_.required) ++required_items_;
    if (parameter_ == nullptr) return;
    if (auto fits = check_item(*parameter_, token); !fits) note(fits.error().message, field_);
    if (!counts(*parameter_, token) || ++items_ <= parameter_->most_items) return;
    if (parameter_->most_items == 0) return;
    note(fmt::format("'{}' may have {} values at most", field_, parameter_->most_items), field_);
  }

  void take_keep_alive(const json::Token& token) {
    request_.keep_alive.reset();
    if (token.kind == Kind::null_value) return;
    const auto time = parse_keep_alive(
        token.kind == Kind::number ? fmt::format("{:.0f}", token.number) : std::string(token.text));
    if (time) request_.keep_alive = *time;
    if (!time) note(time.error().message, field_);
  }

  void take_inference(const json::Token& token) {
    const auto member = config::request_member(field_);
    if (member.empty() || parameter_ == nullptr) return;
    const bool is_null = token.kind == Kind::null_value;
    const auto known = std::ranges::find(values_, field_, &Value::key);
    if (known != values_.end()) {
      known->is_null = is_null;
    } else {
      values_.push_back({.key = field_, .member = member, .is_null = is_null});
    }
  }

  const ApiFacts& facts_;
  InferenceRequest request_;
  DataUrls urls_;
  bool is_object_ = false;
  std::string field_;  ///< of the body, whose value is being read
  const Parameter* parameter_ = nullptr;
  std::size_t items_ = 0;         ///< of that value
  bool is_conversation_ = false;  ///< it is what a conversation begins with
  SessionKey session_;
  Kind required_kind_ = Kind::null_value;  ///< of the required field
  std::size_t required_items_ = 0;
  std::vector<Value> values_;  ///< each key once
  std::vector<std::string> schemas_;
  std::vector<ApiError> wrong_;  ///< one of each field; the first is told
};

/// Looks at the values that engines make grammars of.
std::expected<void, ApiError> check_schemas(std::string_view body,
                                            const std::vector<std::string>& fields) {
  SchemaCheck check;
  for (const auto& field : fields) {
    const std::string_view name = field;
    const auto member = json::locate_plain(body, std::array{name});
    if (!member) continue;
    const auto value = json::parse(body.substr(member->value, member->end - member->value));
    if (!value) return std::unexpected(ApiError(value.error(), name));
    const auto fits = name != "grammar"    ? check.check(*value)
                      : value->is_string() ? check_grammar(value->get_string())
                                           : Expected<void>();
    if (!fits) return std::unexpected(ApiError(fits.error(), name));
  }
  return {};
}

}  // namespace

std::expected<InferenceRequest, ApiError> read_inference_request(Api api, std::string_view body) {
  BodyReader reader(api);
  const auto read = json::skim(body, [&](const json::Token& token) { reader.take(token); });
  if (!read) {
    return std::unexpected(ApiError(read.error().with_context("the body is not valid JSON")));
  }
  const auto schemas = reader.schemas();
  auto request = std::move(reader).request();
  if (!request) return request;
  if (auto fits = check_schemas(body, schemas); !fits) return std::unexpected(fits.error());
  return request;
}

}  // namespace llf::gateway
