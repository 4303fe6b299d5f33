// Whatever a config.json or config_prompt.json of the predecessor says, what comes out of it is a
// settings file and prompt templates, every key has its note, and no reference is followed.
#include "config/reader.hpp"
#include "json/json.hpp"
#include "migration/endpoint.hpp"
#include "migration/import.hpp"
#include "migration/prompt_import.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <optional>
#include <utility>

namespace llf::fuzz {
namespace {

std::optional<std::string> no_variable(const char* /*name*/) {
  LLF_ASSERT(false);
  return std::nullopt;
}

void check_import(const migration::Import& import) {
  const auto text = json::write(import.settings);
  LLF_ASSERT(config::read_settings(text, {}, config::look_up_in(no_variable)));
  for (const auto& note : import.notes) {
    LLF_ASSERT((note.outcome == migration::Outcome::taken) == !note.to.empty());
    LLF_ASSERT(!note.to.empty() || !note.why.empty());
  }
  for (const auto& one : import.prompts) {
    LLF_ASSERT(prompt::parse_template(one.name, prompt::write_template(one)) == one);
  }
}

}  // namespace

void check(std::string_view input) {
  const auto is_file = [](const std::filesystem::path& path) {
    return path.native().size() % 2 == 0;
  };
  auto import = migration::import_config(input, {.root = "/llf", .is_file = is_file});
  LLF_ASSERT(import || !migration::is_config(input));
  auto prompt = migration::import_prompt("fuzz", {.prompt = input, .facts = input},
                                         migration::PromptUse::active);
  if (prompt) check_import(*prompt);
  if (import) {
    check_import(*import);
    if (prompt) migration::merge(*import, *std::move(prompt));
    check_import(*import);
  }
  const auto endpoint = migration::endpoint_of(input);
  LLF_ASSERT(!migration::loopback_address(endpoint.host) ||
             migration::is_this_machine(endpoint.host));
}

}  // namespace llf::fuzz
