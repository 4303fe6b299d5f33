#include "migration/endpoint_keys.hpp"

#include <fmt/format.h>

namespace llf::migration {

void EndpointReader::take_url(const LegacyMember& member) {
  if (!target_.later.empty()) return draft_.skip(member.key, Outcome::later, target_.later);
  draft_.skip(member.key, Outcome::meaningless, "llf finds its daemon without an address");
}

void EndpointReader::take_key(const LegacyMember& member) {
  if (!target_.later.empty()) {
    return draft_.skip(member.key, Outcome::later,
                       fmt::format("*** is not copied: {}", target_.later));
  }
  draft_.skip(member.key, Outcome::meaningless,
              "*** is not copied: llf's own daemon needs no key of you");
}

void EndpointReader::take_model_name(const LegacyMember& member) {
  if (!target_.later.empty()) return draft_.skip(member.key, Outcome::later, target_.later);
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
