#include "gateway/inference_request.hpp"

#include "base/limits.hpp"
#include "base/utf8.hpp"
#include "config/inference.hpp"
#include "gateway/data_urls.hpp"
#include "gateway/inner_fields.hpp"
#include "gateway/keep_alive.hpp"
#include "gateway/members.hpp"
#include "gateway/message_check.hpp"
#include "gateway/schema_check.hpp"
#include "gateway/session_key.hpp"
#include "gateway/tool_check.hpp"
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

/// The beginning of a name that a client made up.
std::string_view shown(std::string_view name) {
  constexpr std::size_t kShown = 64;
  return cut_utf8(name, kShown);
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
    inner_.take(token);
    if (is_chat_) messages_.take(token);
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
    if (request_.must_call && !request_.has_tools) {
      return refuse("'tool_choice' wants a tool to be called, and there are no 'tools'",
                    "tool_choice");
    }
    if (messages_.wrong()) return std::unexpected(*messages_.wrong());
    if (inner_.wrong()) return std::unexpected(*inner_.wrong());
    if (urls_.found()) {
      return refuse(!is_chat_
                        ? fmt::format("'{}' must be text", facts_.required)
                        : "data must be given in the request (as a data: URL); nothing is fetched "
                          "from elsewhere",
                    facts_.required);
    }
    for (const auto& value : values_) {
      if (!value.is_null) request_.given.push_back(value.member);
    }
    request_.messages = is_chat_ ? required_items_ : 0;
    request_.session = session_.value();
    request_.include_usage = inner_.include_usage() && request_.stream;
    request_.unknown_within = messages_.unknown();
    request_.unknown_within.insert(request_.unknown_within.end(), inner_.unknown().begin(),
                                   inner_.unknown().end());
    if (request_.api == Api::completion && required_kind_ != Kind::string) {
      request_.plain = false;
      // With a number among them they are the tokens of one.
      if (required_numbers_ == 0) request_.prompts = required_items_;
    }
    if (request_.constrained) request_.plain = false;
    return std::move(request_);
  }

  /// The fields, each once, whose values must be looked at as a whole.
  [[nodiscard]] const std::vector<std::string>& schemas() const { return schemas_; }

 private:
  /// A value of config::Inference.
  struct Value {
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
    parameter_ = find_parameter(request_.api, field_);
    note_given();
    if (is_one_of(kEngineOnly, field_)) {
      note(fmt::format("'{}' is a field of the engine that this API does not accept; leave it out",
                       field_),
           field_);
      return;
    }
    if (parameter_ == nullptr || !parameter_->engine_name.empty()) request_.rewritten = true;
    if (parameter_ == nullptr && field_ != kKeepAlive) add_unknown();
    is_conversation_ = field_ == "messages" || field_ == "prompt";
    if (is_conversation_) session_ = {};
  }

  /// Which of two counts is not the same for everyone who reads them (F43).
  void note_given() {
    const bool is_own = parameter_ != nullptr || field_ == kKeepAlive;
    const std::string_view name =
        parameter_ == nullptr || parameter_->engine_name.empty() ? field_ : parameter_->engine_name;
    auto& names = is_own ? given_ : request_.unknown;
    if (std::ranges::find(names, name) != names.end()) {
      note(fmt::format("the request has '{}' twice", shown(field_)), shown(field_));
    } else if (is_own) {
      names.emplace_back(name);
      if (parameter_ != nullptr) request_.known.push_back(field_);
    }
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
    if (parameter_ != nullptr) take_known(token);
    if (field_ == kKeepAlive) take_keep_alive(token);
  }

  /// Of a field that the interface has; one that it lacks is left out, and means nothing.
  void take_known(const json::Token& token) {
    if (field_ == facts_.required) {
      required_kind_ = token.kind;
      required_items_ = required_numbers_ = 0;
    } else if (field_ == "model") {
      request_.model =
          ModelId(token.kind == Kind::string ? std::string(token.text) : std::string());
    } else if (field_ == "logprobs") {
      request_.logprobs = token.kind != Kind::null_value && token.kind != Kind::false_value;
    } else if (field_ == "top_logprobs") {
      request_.top_logprobs = token.kind == Kind::number && token.number > 0;
    } else if (field_ == "stream") {
      request_.stream = token.kind == Kind::true_value;
    } else if (field_ == "tool_choice") {
      const bool is_required = token.kind == Kind::string && token.text == "required";
      request_.must_call = is_required || token.kind == Kind::object;
    } else if (field_ == "n") {
      take_choices(token);
    }
  }

  /// A value of a list or an object.
  void take_item(const json::Token& token) {
    if (field_ == "tools") request_.has_tools = true;
    if (field_ == facts_.required) {
      ++required_items_;
      if (token.kind == Kind::number) ++required_numbers_;
    }
    if (parameter_ == nullptr) return;
    if (auto fits = check_item(*parameter_, token); !fits) note(fits.error().message, field_);
    if (!counts(*parameter_, token) || ++items_ <= parameter_->most_items) return;
    if (parameter_->most_items == 0) return;
    note(fmt::format("'{}' may have {} values at most", field_, parameter_->most_items), field_);
  }

  void take_choices(const json::Token& token) {
    if (token.kind != Kind::number || token.number == 1) return;
    request_.plain = false;
    if (token.number > 1 && token.number <= limits::kMostChoices) {
      request_.choices = static_cast<std::size_t>(token.number);
    }
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
    values_.push_back({.member = member, .is_null = token.kind == Kind::null_value});
  }

  const ApiFacts& facts_;
  InferenceRequest request_;
  DataUrls urls_;
  bool is_chat_ = facts_.required == "messages";
  MessageCheck messages_;
  InnerFields inner_;
  bool is_object_ = false;
  std::string field_;  ///< of the body, whose value is being read
  const Parameter* parameter_ = nullptr;
  std::size_t items_ = 0;         ///< of that value
  bool is_conversation_ = false;  ///< it is what a conversation begins with
  SessionKey session_;
  Kind required_kind_ = Kind::null_value;  ///< of the required field
  std::size_t required_items_ = 0;
  std::size_t required_numbers_ = 0;  ///< among them
  std::vector<Value> values_;
  std::vector<std::string> given_;  ///< fields that are known, as engines call them
  std::vector<std::string> schemas_;
  std::vector<ApiError> wrong_;  ///< one of each field; the first is told
};

std::expected<void, ApiError> check_choice(std::string_view body, const json::Value& tools) {
  constexpr std::string_view kChoice = "tool_choice";
  const auto chosen = tools_for_engine(tools, value_of(body, kChoice));
  if (!chosen) return std::unexpected(ApiError(chosen.error(), kChoice));
  return {};
}

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
    if (name != "tools") continue;
    if (auto tools = check_tools(*value); !tools) {
      return std::unexpected(ApiError(tools.error(), name));
    }
    if (auto choice = check_choice(body, *value); !choice) return choice;
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
