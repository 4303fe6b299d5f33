#include "migration/endpoint_keys.hpp"

#include <fmt/format.h>

#include <string_view>

namespace llf::migration {

void EndpointReader::take_url(const LegacyMember& member) {
  if (target_.endpoint.empty()) {
    return draft_.skip(member.key, Outcome::meaningless, "llf finds its daemon without an address");
  }
  // Not repeated, neither in a note nor in the settings: it may hold a password.
  const bool has_user =
      member.value.is_string() && std::string_view(member.value.get_string()).contains('@');
  if (has_user) {
    return draft_.skip(member.key, Outcome::refused,
                       "a URL with a user name or password is not asked for: `llf endpoint add`");
  }
  draft_.take(
      {.key = member.key, .endpoint = target_.endpoint, .setting = "url", .value = member.value});
}

void EndpointReader::take_key(const LegacyMember& member) {
  if (target_.endpoint.empty()) {
    return draft_.skip(member.key, Outcome::meaningless,
                       "*** is not copied: llf's own daemon needs no key of you");
  }
  if (member.value == json::Value("EMPTY")) {
    return draft_.skip(member.key, Outcome::meaningless, "it stood for none");
  }
  draft_.skip(member.key, Outcome::refused,
              fmt::format("*** is not copied: llf config set endpoints.{}.api_key "
                          "'{{\"file\": \"/PATH\"}}'",
                          target_.endpoint));
}

void EndpointReader::take_model_name(const LegacyMember& member) {
  if (!target_.endpoint.empty()) {
    return draft_.take({.key = member.key,
                        .setting = "models.default",
                        .value = member.value,
                        .why = "it was what answered"});
  }
  if (!target_.named_profile.empty()) {
    return draft_.mention({.key = member.key,
                           .profile = target_.named_profile,
                           .setting = "model",
                           .value = nullptr,
                           .why = "it named the folder of the file"});
  }
  if (!target_.no_profile.empty()) {
    return draft_.skip(member.key, Outcome::refused, target_.no_profile);
  }
  draft_.skip(member.key, Outcome::meaningless,
              "a request names a model or profile; models.default is for those that do not");
}

void EndpointReader::take_default(const LegacyMember& member) {
  if (target_.default_profile.empty()) {
    return draft_.skip(member.key, Outcome::refused, target_.no_default);
  }
  draft_.take({.key = member.key,
               .profile = "",
               .setting = "models.default",
               .value = json::Value(target_.default_profile)});
}

}  // namespace llf::migration
