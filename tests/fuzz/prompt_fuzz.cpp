// A prompt template that is read is written and read as the same; its variables take values, and
// the messages made of it are what chat templates accept.
#include "prompt/assembly.hpp"
#include "prompt/legacy.hpp"
#include "prompt/template.hpp"
#include "prompt/variables.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <string>
#include <utility>

namespace llf::fuzz {
namespace {

std::string_view role_of(const json::Value& message) {
  return message.at("role").get_string();
}

/// Whether two messages of its role in a row would be joined.
bool is_plain(const json::Value& message) {
  const auto& object = message.get_object();
  const auto* content = object.if_contains("content");
  const auto means = [&](std::string_view key) {
    const auto* value = object.if_contains(key);
    return value != nullptr && !value->is_null() && *value != json::Array();
  };
  return (role_of(message) == "user" || role_of(message) == "assistant") && content != nullptr &&
         (content->is_string() || content->is_array()) && !means("name") && !means("tool_calls") &&
         !means("function_call");
}

void check_messages(const prompt::Template& filled, const json::Array& messages,
                    prompt::Opening opening) {
  const auto assembled = prompt::assemble(filled, messages, opening);
  if (!assembled) return;  // a message without a role
  for (std::size_t i = 0; i < assembled->size(); ++i) {
    const auto role = role_of((*assembled)[i]);
    LLF_ASSERT(role != "developer" && (role != "system" || i == 0));
    if (i == 0) continue;
    const auto& before = (*assembled)[i - 1];
    LLF_ASSERT(!is_plain((*assembled)[i]) || !is_plain(before) || role != role_of(before));
  }
  LLF_ASSERT(prompt::assemble({}, *assembled, opening) == *assembled);
}

/// Messages made of the input itself, and those of a usual conversation.
void check_assembly(const prompt::Template& filled, std::string_view input,
                    prompt::Opening opening) {
  json::Array turns;
  for (const auto& message : filled.prefix) {
    turns.push_back(json::Object{{"role", message.role}, {"content", message.content}});
  }
  turns.push_back(json::Object{{"role", "user"}, {"content", input}});
  const auto assembled = prompt::assemble(filled, turns, opening);
  LLF_ASSERT(assembled && !assembled->empty());
  check_messages(filled, turns, opening);
  const auto value = json::parse(input, {.comments = true});
  if (!value || !value->is_object()) return;
  for (const auto& [key, member] : value->get_object()) {
    if (member.is_array()) check_messages(filled, member.get_array(), opening);
  }
}

void check_template(const prompt::Template& source, std::string_view input) {
  LLF_ASSERT(prompt::parse_template(source.name, prompt::write_template(source)) == source);
  prompt::Values values;
  for (const auto& name : prompt::variables_of(source)) {
    LLF_ASSERT(prompt::is_variable_name(name));
    values.emplace(name, "-");
  }
  const auto filled = prompt::fill(source, values);
  LLF_ASSERT(filled && filled->variables.empty());
  // Only escapes, braces within braces and defaults can make a variable of what was none.
  if (!input.contains('\\') && !input.contains("{{{") && !input.contains("::")) {
    LLF_ASSERT(prompt::variables_of(*filled).empty());
  }
  check_assembly(*filled, input, prompt::Opening::prefill);
  check_assembly(*filled, input, prompt::Opening::asked_for);
}

}  // namespace

void check(std::string_view input) {
  const auto source = prompt::parse_template("fuzz", input);
  if (source) check_template(*source, input);
  const auto converted = prompt::convert_legacy("fuzz", {.prompt = input, .facts = input});
  if (converted) check_template(converted->content, input);
  static_cast<void>(prompt::is_legacy(input));
  const auto name = prompt::as_template_name(input);
  LLF_ASSERT(name.empty() || prompt::is_template_name(name));
}

}  // namespace llf::fuzz
