#pragma once

#include "base/expected.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llf::prompt {

/// One turn that a template adds.
struct Message {
  std::string role;  ///< "system", "user" or "assistant"
  std::string content;
  friend bool operator==(const Message&, const Message&) = default;
};

/// A question and how it is to be answered: shown to the model before the conversation.
struct Example {
  std::string user;
  std::string assistant;
  friend bool operator==(const Example&, const Example&) = default;
};

/// Names and their values; without a value one must be given before the template can be used.
using Variables = std::map<std::string, std::optional<std::string>, std::less<>>;

/// A prompt template: what a model is told around a conversation. Texts may hold variables
/// (variables.hpp).
struct Template {
  std::string name;  ///< that of its file, without the ending
  std::string description;
  std::string category;
  std::vector<std::string> tags;
  std::string system;             ///< who the model is
  std::string master;             ///< rules that follow it
  std::vector<Example> examples;  ///< before the conversation
  std::vector<Message> prefix;    ///< before the newest message of the user
  std::vector<Message> suffix;    ///< behind it
  std::string opening;            ///< the beginning of the answer
  Variables variables;            ///< with their defaults
  friend bool operator==(const Template&, const Template&) = default;
};

/// Whether a message may have this role. Pure.
[[nodiscard]] bool is_role(std::string_view role);

/// Whether a template may have this name: 1 to limits::kPromptName of a-z, 0-9, '-' and '_',
/// beginning with a letter or digit; "none" and "selected" mean something else. Pure.
[[nodiscard]] bool is_template_name(std::string_view name);

/// The template name that is nearest to a text, such as a file's name: lower case, with one '-' for
/// what no name may have. Empty when nothing is left, or nothing that may be a name. Pure.
[[nodiscard]] std::string as_template_name(std::string_view text);

/// Reads a template file: a JSON object, comments and trailing commas allowed, in which a text may
/// also be a list of its lines. Keys that begin with "$" or "_" are the user's own (among
/// `variables`, all are names). `name` is not checked. Errors:
/// `invalid` with line and column for what is no JSON, an unknown key (with the nearest known one),
/// a wrong type, role or name of a variable; `too_large`. Pure.
[[nodiscard]] Expected<Template> parse_template(std::string_view name, std::string_view text);

/// A template file that parse_template reads as the same template: empty members left out, texts of
/// several lines as lists of lines. Pure.
[[nodiscard]] std::string write_template(const Template& source);

}  // namespace llf::prompt
