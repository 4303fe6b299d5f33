#pragma once

#include "base/expected.hpp"
#include "prompt/template.hpp"

#include <map>
#include <string>
#include <string_view>

namespace llf::prompt {

/// Names of variables and their values.
using Values = std::map<std::string, std::string, std::less<>>;

/// Whether a variable may have this name: a letter or '_', then letters, digits and '_'. Pure.
[[nodiscard]] bool is_variable_name(std::string_view name);

/// The template with every variable of its texts replaced (those that a model gets, not
/// description, category and tags), and without `variables`: {{name}}, {{name::default}}; white
/// space inside the braces does not matter, a default holds no "{{" and no "}}", \{{ stands for {{
/// itself, and what is no variable by its form stays as it is. A value is that of `values`, else
/// the template's own, else the default at that place. Values are not looked through again. Errors:
/// `invalid`, naming the template and each variable of its texts that has no value; `too_large`
/// past limits::kFilledPrompt. Pure.
[[nodiscard]] Expected<Template> fill(const Template& source, const Values& values);

/// The names of the variables in its texts and in its `variables`, in alphabetical order. Pure.
[[nodiscard]] std::vector<std::string> variables_of(const Template& source);

}  // namespace llf::prompt
