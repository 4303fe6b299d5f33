// What was read and written is read as the same, in all ways of writing and of reading; members are
// found, changed and removed where they stand.
#include "json/edit.hpp"
#include "json/json.hpp"
#include "json/locate.hpp"
#include "json/skim.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <array>
#include <vector>

namespace llf::fuzz {
namespace {

void check_members(std::string_view input, const json::Object& object) {
  for (const auto& [key, value] : object) {
    const auto member = json::locate(input, std::array<std::string_view, 1>{key});
    LLF_ASSERT(member && member->key < member->value && member->value < member->end);
    const auto found =
        json::parse(input.substr(member->value, member->end - member->value), {.comments = true});
    LLF_ASSERT(found && found->kind() == value.kind());
  }
}

void check_edits(std::string_view input, const json::Object& object) {
  constexpr json::ParseOptions kCommented{.comments = true};
  const std::string_view key = object.empty() ? "k" : object.begin()->key();
  for (const auto& path : {std::vector<std::string_view>{key}, {key, "a\n"}, {"new", "er"}}) {
    const auto text = json::set_member(input, path, 7);
    if (!text) continue;  // no object on the way
    const auto value = json::parse(*text, kCommented);
    LLF_ASSERT(value);
    const auto member = json::locate(*text, path);
    LLF_ASSERT(member && text->substr(member->value, member->end - member->value) == "7");
    LLF_ASSERT(value->get_object().size() - object.size() <= 1);
    const auto without = json::remove_member(*text, path);
    LLF_ASSERT(without && json::parse(*without, kCommented) && !json::locate(*without, path));
  }
}

}  // namespace

void check(std::string_view input) {
  const auto value = json::parse(input);
  const auto skimmed = json::skim(input, [](const json::Token&) {});
  const auto commented = json::parse(input, {.comments = true});
  if (commented && commented->is_object()) {
    check_members(input, commented->get_object());
    check_edits(input, commented->get_object());
  }
  // Of a key given twice the last value counts, so parse does not see a wrong number before it; nor
  // one before the end of a text that is wrong later.
  if (!skimmed && skimmed.error().message.ends_with("too large")) return;
  LLF_ASSERT(skimmed.has_value() == value.has_value());
  if (!value) {
    LLF_ASSERT(skimmed.error() == value.error());
    return;
  }
  LLF_ASSERT(json::is_object(input) == value->is_object());
  LLF_ASSERT(commented && *commented == *value);
  const auto text = json::write(*value);
  LLF_ASSERT(text.find('\n') == std::string::npos);
  const auto again = json::parse(text);
  const auto pretty = json::parse(json::write_pretty(*value));
  LLF_ASSERT(again && pretty);
  // Boost.JSON 1.81 may read a fraction one bit too high or low. It writes them with an E.
  if (text.find('E') != std::string::npos) return;
  LLF_ASSERT(*again == *value && *pretty == *value && json::write(*again) == text);
}

}  // namespace llf::fuzz
