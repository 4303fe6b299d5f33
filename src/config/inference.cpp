#include "config/inference.hpp"

#include "config/declarations.hpp"
#include "config/values.hpp"

#include <algorithm>
#include <array>

namespace llf::config {
namespace {

constexpr std::string_view kSection = "inference";

/// OpenAI's newer name of the limit, and the engine's own.
constexpr std::string_view kMaxTokens = "max_tokens";
constexpr std::array<std::string_view, 2> kMaxTokensToo{"max_completion_tokens", "n_predict"};

/// Runs `use` for every value of an Inference.
template <class Use>
void for_each_value(Use use) {
  for (const auto& one : profile_declarations()) {
    if (one.section() == kSection) use(one);
  }
}

}  // namespace

Inference overlay(const Inference& general, const Inference& own) {
  Profile result;
  result.inference = general;
  Profile source;
  source.inference = own;
  for_each_value([&](const Declared<Profile>& one) {
    std::visit(
        [&](auto field) {
          if constexpr (requires { field(source).has_value(); }) {
            if (field(source)) field(result) = field(source);
          }
        },
        one.field);
  });
  return result.inference;
}

json::Object request_members(const Inference& inference) {
  Profile source;
  source.inference = inference;
  json::Object members;
  for_each_value([&](const Declared<Profile>& one) {
    auto value = value_of(source, one);
    if (!value.is_null()) members[one.key()] = std::move(value);
  });
  return members;
}

std::string_view request_member(std::string_view field) {
  if (std::ranges::find(kMaxTokensToo, field) != kMaxTokensToo.end()) return kMaxTokens;
  for (const auto& one : profile_declarations()) {
    if (one.section() == kSection && one.key() == field) return one.key();
  }
  return {};
}

}  // namespace llf::config
