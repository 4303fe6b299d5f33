#include "gateway/parameters.hpp"

#include "base/limits.hpp"
#include "config/declarations.hpp"
#include "config/inference.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace llf::gateway {
namespace {

using Kind = json::Token::Kind;

constexpr std::uint8_t kNumber = 1;
constexpr std::uint8_t kWhole = 2;
constexpr std::uint8_t kFlag = 4;
constexpr std::uint8_t kText = 8;
constexpr std::uint8_t kList = 16;
constexpr std::uint8_t kObject = 32;

constexpr std::uint8_t bit(Api api) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(api));
}

constexpr std::uint8_t kChat = bit(Api::chat);
constexpr std::uint8_t kChats = bit(Api::chat) | bit(Api::count_tokens);
constexpr std::uint8_t kCompletion = bit(Api::completion);
constexpr std::uint8_t kGenerate = kChat | kCompletion;
constexpr std::uint8_t kTemplate = kChats;
constexpr std::uint8_t kEmbed = bit(Api::embeddings);
constexpr std::uint8_t kRerank = bit(Api::rerank);
constexpr std::uint8_t kTokenize = bit(Api::tokenize);
constexpr std::uint8_t kDetokenize = bit(Api::detokenize);
constexpr std::uint8_t kAll = 0x7F;

constexpr double kMany = 1e6;            // where an engine knows no end of its own
constexpr double kMostToken = 4e6;       // no vocabulary is so large
constexpr double kMostOfCompletion = 5;  // log probabilities, as OpenAI has it

/// How much a model is to think, in OpenAI's words and those of other servers.
constexpr std::array<std::string_view, 8> kEfforts{"none", "minimal", "low", "medium",
                                                   "high", "xhigh",   "max", "default"};

/// Those that are no values of config::Inference, which has its own ranges.
constexpr std::array kParameters{
    Parameter{"model", kText, 0, 0, kAll, {}},
    Parameter{"messages", kList, 0, 0, kChats, {}},
    Parameter{"prompt", kText | kList, 0, 0, kCompletion, {}, 2048},
    Parameter{"input", kText | kList, 0, 0, kEmbed, {}, 2048},
    Parameter{"query", kText, 0, 0, kRerank, {}},
    Parameter{"documents", kList, 0, 0, kRerank, {}, 2048},
    Parameter{"top_n", kWhole, 1, kMany, kRerank, {}},
    Parameter{"content", kText | kList, 0, 0, kTokenize, {}},
    Parameter{"add_special", kFlag, 0, 0, kTokenize, {}},
    Parameter{"parse_special", kFlag, 0, 0, kTokenize, {}},
    Parameter{"with_pieces", kFlag, 0, 0, kTokenize, {}},
    Parameter{"tokens", kList, 0, 0, kDetokenize, {}},
    Parameter{"encoding_format", kText, 0, 0, kEmbed, {}},

    Parameter{"stream", kFlag, 0, 0, kGenerate, {}},
    Parameter{"stream_options", kObject, 0, 0, kGenerate, {}},
    Parameter{"stop", kText | kList, 0, 0, kGenerate, {}, limits::kStopTexts},
    Parameter{"n", kWhole, 1, limits::kMostChoices, kGenerate, {}},
    Parameter{"logprobs", kFlag | kWhole, 0, limits::kMostLogprobs, kChat, {}},
    Parameter{"logprobs", kFlag | kWhole, 0, kMostOfCompletion, kCompletion, {}},
    Parameter{"top_logprobs", kWhole, 0, limits::kMostLogprobs, kChat, {}},
    Parameter{"n_probs", kWhole, 0, limits::kMostLogprobs, kGenerate, {}},
    Parameter{"logit_bias", kObject | kList, 0, 0, kGenerate, {}, 1024},
    Parameter{"repetition_penalty", kNumber, 0, limits::kMostPenalty, kGenerate, "repeat_penalty"},
    Parameter{"repeat_last_n", kWhole, -1, kMany, kGenerate, {}},
    Parameter{"typical_p", kNumber, 0, 1, kGenerate, {}},
    Parameter{"top_n_sigma", kNumber, -1, kMany, kGenerate, {}},
    Parameter{"min_keep", kWhole, 0, kMany, kGenerate, {}},
    Parameter{"dynatemp_range", kNumber, 0, limits::kMostTemperature, kGenerate, {}},
    Parameter{"dynatemp_exponent", kNumber, 0, 10, kGenerate, {}},
    Parameter{"dry_multiplier", kNumber, 0, 10, kGenerate, {}},
    Parameter{"dry_base", kNumber, 0, 10, kGenerate, {}},
    Parameter{"dry_allowed_length", kWhole, 0, kMany, kGenerate, {}},
    Parameter{"dry_penalty_last_n", kWhole, -1, kMany, kGenerate, {}},
    Parameter{"dry_sequence_breakers", kList, 0, 0, kGenerate, {}, 64},
    Parameter{"xtc_probability", kNumber, 0, 1, kGenerate, {}},
    Parameter{"xtc_threshold", kNumber, 0, 1, kGenerate, {}},
    Parameter{"mirostat", kWhole, 0, 2, kGenerate, {}},
    Parameter{"mirostat_tau", kNumber, 0, 100, kGenerate, {}},
    Parameter{"mirostat_eta", kNumber, 0, 1, kGenerate, {}},
    Parameter{"samplers", kList, 0, 0, kGenerate, {}, 32},
    Parameter{"ignore_eos", kFlag, 0, 0, kGenerate, {}},
    Parameter{"cache_prompt", kFlag, 0, 0, kGenerate, {}},
    Parameter{"timings_per_token", kFlag, 0, 0, kGenerate, {}},
    Parameter{"return_progress", kFlag, 0, 0, kGenerate, {}},
    Parameter{"return_tokens", kFlag, 0, 0, kGenerate, {}},
    Parameter{"post_sampling_probs", kFlag, 0, 0, kGenerate, {}},
    Parameter{"t_max_predict_ms", kWhole, 0, 1e9, kGenerate, {}},

    Parameter{"response_format", kObject, 0, 0, kGenerate, {}},
    Parameter{"json_schema", kObject, 0, 0, kGenerate, {}},
    Parameter{"grammar", kText, 0, 0, kGenerate, {}},
    Parameter{"tools", kList, 0, 0, kTemplate, {}, 512},
    Parameter{"tool_choice", kText | kObject, 0, 0, kTemplate, {}},
    Parameter{"parallel_tool_calls", kFlag, 0, 0, kTemplate, {}},
    Parameter{"chat_template_kwargs", kObject, 0, 0, kTemplate, {}},
    Parameter{"add_generation_prompt", kFlag, 0, 0, kTemplate, {}},
    Parameter{"reasoning_effort", kText, 0, 0, kTemplate, {}},
    Parameter{"reasoning_format", kText, 0, 0, kTemplate, {}},
    Parameter{"thinking_budget_tokens", kWhole, -1, kMany, kTemplate, {}},
};

/// What OpenAI's own interface has: every server takes it.
constexpr std::array<std::string_view, 42> kOpenAi{"model",
                                                   "messages",
                                                   "prompt",
                                                   "input",
                                                   "query",
                                                   "documents",
                                                   "top_n",
                                                   "encoding_format",
                                                   "dimensions",
                                                   "stream",
                                                   "stream_options",
                                                   "stop",
                                                   "n",
                                                   "logprobs",
                                                   "top_logprobs",
                                                   "logit_bias",
                                                   "response_format",
                                                   "tools",
                                                   "tool_choice",
                                                   "parallel_tool_calls",
                                                   "reasoning_effort",
                                                   "temperature",
                                                   "top_p",
                                                   "max_tokens",
                                                   "max_completion_tokens",
                                                   "presence_penalty",
                                                   "frequency_penalty",
                                                   "seed",
                                                   "user",
                                                   "store",
                                                   "metadata",
                                                   "service_tier",
                                                   "prediction",
                                                   "modalities",
                                                   "best_of",
                                                   "echo",
                                                   "suffix",
                                                   "prompt_cache_key",
                                                   "safety_identifier",
                                                   "verbosity",
                                                   "functions",
                                                   "function_call"};

/// What vLLM and SGLang have beside it, and what they call it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kVllm{
    {{"top_k", "top_k"},
     {"min_p", "min_p"},
     {"repeat_penalty", "repetition_penalty"},
     {"repetition_penalty", "repetition_penalty"},
     {"ignore_eos", "ignore_eos"},
     {"min_tokens", "min_tokens"},
     {"stop_token_ids", "stop_token_ids"},
     {"skip_special_tokens", "skip_special_tokens"},
     {"chat_template_kwargs", "chat_template_kwargs"},
     {"add_generation_prompt", "add_generation_prompt"},
     {"continue_final_message", "continue_final_message"},
     {"include_reasoning", "include_reasoning"}}};

/// A value of config::Inference as a field: engines take -1 for "any" and "no limit" in two.
Parameter of_inference(const config::Declared<config::Profile>& declared, std::string_view name) {
  const auto key = declared.key();
  const bool may_be_any = key == "seed" || key == "max_tokens";
  const bool whole =
      std::holds_alternative<std::optional<std::int64_t>& (*)(config::Profile&)>(declared.field);
  return {.name = name,
          .types = whole ? kWhole : kNumber,
          .least = may_be_any ? -1 : declared.least,
          .most = declared.most,
          .apis = kGenerate,
          .engine_name = {}};
}

std::vector<Parameter> all_parameters() {
  std::vector<Parameter> all(kParameters.begin(), kParameters.end());
  for (const auto& declared : config::profile_declarations()) {
    if (declared.section() != "inference") continue;
    all.push_back(of_inference(declared, declared.key()));
    for (const std::string_view other : {"max_completion_tokens", "n_predict"}) {
      if (config::request_member(other) == declared.key()) {
        all.push_back(of_inference(declared, other));
      }
    }
  }
  return all;
}

std::uint8_t type_of(const json::Token& value) {
  switch (value.kind) {
    case Kind::number:
      return std::trunc(value.number) == value.number ? kNumber | kWhole : kNumber;
    case Kind::true_value:
    case Kind::false_value:
      return kFlag;
    case Kind::string:
      return kText;
    case Kind::array:
      return kList;
    case Kind::object:
      return kObject;
    default:
      return 0;
  }
}

std::string wanted(const Parameter& parameter) {
  std::vector<std::string> words;
  const auto number = [&](std::string_view what) {
    words.push_back(fmt::format("{} from {} to {}", what, parameter.least, parameter.most));
  };
  if ((parameter.types & kNumber) != 0) number("a number");
  if ((parameter.types & kWhole) != 0) number("a whole number");
  if ((parameter.types & kFlag) != 0) words.emplace_back("true or false");
  if ((parameter.types & kText) != 0) words.emplace_back("a string");
  if ((parameter.types & kList) != 0) words.emplace_back("a list");
  if ((parameter.types & kObject) != 0) words.emplace_back("an object");
  return fmt::format("{}", fmt::join(words, ", or "));
}

}  // namespace

const Parameter* find_parameter(Api api, std::string_view name) {
  static const auto kAllParameters = all_parameters();
  const auto found = std::ranges::find_if(kAllParameters, [&](const Parameter& one) {
    return one.name == name && (one.apis & bit(api)) != 0;
  });
  return found == kAllParameters.end() ? nullptr : &*found;
}

std::optional<std::string_view> name_in(config::Dialect dialect, Api api, std::string_view name) {
  if (dialect == config::Dialect::llama) {
    const auto* const parameter = find_parameter(api, name);
    if (parameter == nullptr) return std::nullopt;
    return parameter->engine_name.empty() ? name : parameter->engine_name;
  }
  if (std::ranges::find(kOpenAi, name) != kOpenAi.end()) return name;
  if (dialect == config::Dialect::openai) return std::nullopt;
  const auto* const own =
      std::ranges::find(kVllm, name, &std::pair<std::string_view, std::string_view>::first);
  return own == kVllm.end() ? std::nullopt : std::optional(own->second);
}

bool counts(const Parameter& parameter, const json::Token& value) {
  const bool has_tokens = parameter.name == "prompt" || parameter.name == "input";
  return !has_tokens || value.kind != Kind::number;
}

Expected<void> check_item(const Parameter& parameter, const json::Token& value) {
  const auto type = type_of(value);
  if (parameter.name == "tokens") {
    const bool is_token = (type & kWhole) != 0 && value.number >= 0 && value.number < kMostToken;
    if (!is_token) return failure(ErrorKind::invalid, "'tokens' must be a list of token numbers");
  }
  if (parameter.name == "content" && (type & (kWhole | kText)) == 0) {
    return failure(ErrorKind::invalid, "'content' must be a string, or a list of them and tokens");
  }
  return {};
}

Expected<void> check_value(const Parameter& parameter, const json::Token& value) {
  if (value.kind == Kind::null_value) return {};
  if (parameter.name == "reasoning_effort" &&
      std::ranges::find(kEfforts, value.text) == kEfforts.end()) {
    return failure(ErrorKind::invalid,
                   fmt::format("'reasoning_effort' must be one of {}", fmt::join(kEfforts, ", ")));
  }
  const bool fits = (parameter.types & type_of(value)) != 0 &&
                    (value.kind != Kind::number ||
                     (value.number >= parameter.least && value.number <= parameter.most));
  if (fits) return {};
  return failure(ErrorKind::invalid,
                 fmt::format("'{}' must be {}", parameter.name, wanted(parameter)));
}

}  // namespace llf::gateway
