#include "cli/run_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace llf::cli {
namespace {

constexpr std::string_view kWhiteSpace = " \t\r\n\v\f";

bool has_space(std::string_view text) {
  return text.find_first_of(kWhiteSpace) != std::string_view::npos;
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(kWhiteSpace) == std::string_view::npos;
}

bool looks_like_model(std::string_view word) {
  return word.find_first_of(":/") != std::string_view::npos;
}

std::string join(std::span<const std::string> words) {
  std::string out;
  for (const auto& word : words) {
    if (!out.empty()) out += ' ';
    out += word;
  }
  return out;
}

bool contains(std::span<const std::string> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::unexpected<Error> no_such_model(std::string_view name, const client::KnownNames& known,
                                     std::string_view advice) {
  auto text = known.absence;
  if (text.empty()) text = fmt::format("no model '{}' is here", name);
  const bool ended = text.ends_with('?') || text.ends_with('.');
  return failure(ErrorKind::not_found,
                 advice.empty() ? text : fmt::format("{}{} {}", text, ended ? "" : ".", advice));
}

}  // namespace

bool needs_models(std::span<const std::string> words, const std::optional<std::string>& model) {
  return !model && !words.empty() && !has_space(words.front());
}

bool must_be_model(std::span<const std::string> words) {
  return words.size() > 1 || looks_like_model(words.front());
}

Expected<RunPlan> plan_run(std::span<const std::string> words,
                           const std::optional<std::string>& model,
                           const client::KnownNames& known) {
  if (model || words.empty()) {
    const auto prompt = words.empty() ? std::nullopt : std::optional(join(words));
    return RunPlan{.model = model.value_or(""), .prompt = prompt};
  }
  const auto& first = words.front();
  if (words.size() > 1) {
    if (contains(known.names, first)) {
      return RunPlan{.model = first, .prompt = join(words.subspan(1))};
    }
    return no_such_model(first, known, "If it belongs to the prompt, put the prompt in quotes.");
  }
  if (contains(known.names, first)) return RunPlan{.model = first, .prompt = {}};
  if (!has_space(first) && looks_like_model(first)) {
    return no_such_model(
        first, known,
        known.unheard_of ? fmt::format("'llf model download {}' gets it.", first) : "");
  }
  return RunPlan{.model = "", .prompt = first};
}

std::optional<std::string> assemble_prompt(const std::optional<std::string>& typed,
                                           std::string_view piped) {
  const auto end = piped.find_last_not_of(kWhiteSpace);
  piped = end == std::string_view::npos ? std::string_view() : piped.substr(0, end + 1);
  const bool has_typed = typed && !is_blank(*typed);
  if (!has_typed && piped.empty()) return std::nullopt;
  if (!has_typed) return std::string(piped);
  if (piped.empty()) return typed;
  return fmt::format("{}\n\n{}", *typed, piped);
}

}  // namespace llf::cli
