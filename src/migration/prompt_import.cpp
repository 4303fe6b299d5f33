#include "migration/prompt_import.hpp"

#include <fmt/format.h>

#include <utility>

namespace llf::migration {
namespace {

/// Whether the model is told anything.
bool says_anything(const prompt::Template& content) {
  return !content.system.empty() || !content.master.empty() || !content.prefix.empty() ||
         !content.suffix.empty() || !content.opening.empty();
}

}  // namespace

Expected<Import> import_prompt(std::string_view name, const prompt::LegacyFiles& files,
                               PromptUse use) {
  auto converted = prompt::convert_legacy(name, files);
  if (!converted) return failure(converted.error());
  Import import;
  const auto note = [&](Outcome outcome, std::string to, std::string why) {
    import.notes.push_back(
        {.key = std::string(name), .outcome = outcome, .to = std::move(to), .why = std::move(why)});
  };
  if (says_anything(converted->content)) {
    note(Outcome::taken, template_target(name), "");
    if (use == PromptUse::active) {
      note(Outcome::taken, "prompts.use", "it was the prompt of every chat");
      import.settings = {{"prompts", {{"use", name}}}};
    }
    import.prompts.push_back(std::move(converted->content));
  } else {
    note(Outcome::meaningless, "", "it tells a model nothing");
  }
  for (auto& why : converted->notes) note(Outcome::meaningless, "", std::move(why));
  return import;
}

}  // namespace llf::migration
