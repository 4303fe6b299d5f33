#include "gateway/model_json.hpp"

#include "base/limits.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <utility>

namespace llf::gateway {
namespace {

json::Value text_or_null(const std::string& text) {
  return text.empty() ? json::Value(nullptr) : json::Value(text);
}

json::Value number_or_null(std::uint64_t number) {
  return number == 0 ? json::Value(nullptr) : json::Value(number);
}

json::Object template_json(const store::Details& details) {
  // Escaped, a character is six.
  constexpr ByteSize kMost(limits::kControlAnswer.bytes() / 8);
  const auto& text = details.facts.chat_template;
  const bool shown = text.size() <= kMost.bytes();
  json::Array warnings(details.template_warnings.begin(), details.template_warnings.end());
  if (!shown) {
    warnings.push_back(
        json::Value(fmt::format("it has {}, more than {}, and is not shown",
                                to_string(ByteSize(text.size())), to_string(kMost))));
  }
  return {{"sha256", details.template_hash},
          {"text", shown ? json::Value(text) : json::Value(nullptr)},
          {"warnings", std::move(warnings)},
          {"base", text_or_null(details.base)},
          {"as_base",
           details.base.empty() ? json::Value(nullptr) : json::Value(details.template_as_base)}};
}

}  // namespace

json::Object model_json(const store::ModelFile& model, const store::Details& details) {
  const auto& facts = details.facts;
  json::Array files{json::Value(model.path)};
  for (const auto& path : model.further) files.push_back(json::Value(path));
  const auto kv = facts.kv_per_token ? facts.kv_per_token->bytes() : 0;
  return {{"id", model.id.str()},
          {"files", std::move(files)},
          {"projector", text_or_null(model.projector)},
          {"source", store::to_string(model.source)},
          {"repository", text_or_null(model.repository)},
          {"size_bytes", model.size.bytes()},
          {"modified", model.modified},
          {"kind", text_or_null(facts.kind)},
          {"title", text_or_null(facts.name)},
          {"license", text_or_null(facts.license)},
          {"architecture", text_or_null(facts.architecture)},
          {"quantisation", text_or_null(facts.quantisation)},
          {"parameters", number_or_null(facts.parameters)},
          {"context", number_or_null(facts.context)},
          {"layers", number_or_null(facts.layers)},
          {"embedding", number_or_null(facts.embedding)},
          {"heads", number_or_null(facts.heads)},
          {"experts", number_or_null(facts.experts)},
          {"experts_used", number_or_null(facts.experts_used)},
          {"kv_bytes_per_token", number_or_null(kv)},
          {"tokenizer", text_or_null(facts.tokenizer)},
          {"vocabulary", number_or_null(facts.vocabulary)},
          {"abilities", json::Object{{"system", facts.abilities.system},
                                     {"tools", facts.abilities.tools},
                                     {"reasoning", facts.abilities.reasoning},
                                     {"vision", facts.modalities.vision},
                                     {"audio", facts.modalities.audio}}},
          {"chat_template", facts.chat_template.empty() ? json::Value(nullptr)
                                                        : json::Value(template_json(details))}};
}

}  // namespace llf::gateway
