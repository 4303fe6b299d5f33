#pragma once

#include "migration/draft.hpp"
#include "migration/keys.hpp"

#include <array>
#include <string>

namespace llf::migration {

/// What is known of the endpoint to which the predecessor sent its requests; reasons are half a
/// sentence.
struct Target {
  std::string endpoint = {};         ///< its name now; empty: it was one of the servers
  std::string default_profile = {};  ///< that of the default server; empty: none
  std::string no_default = {};       ///< why not
  std::string named_profile = {};    ///< whose model was found by `model_name`; empty: none
  std::string no_profile = {};       ///< why not; empty: nothing needed it
};

/// Reads the keys of `llm_endpoint`. Secrets are not repeated.
class EndpointReader {
 public:
  /// Both outlive it.
  EndpointReader(Draft& draft, const Target& target) : draft_(draft), target_(target) {}

  void take_url(const LegacyMember& member);
  void take_key(const LegacyMember& member);
  void take_model_name(const LegacyMember& member);
  void take_default(const LegacyMember& member);

  static constexpr std::array kKeys{
      Key<EndpointReader>{"api_base_url", &EndpointReader::take_url},
      Key<EndpointReader>{"api_key", &EndpointReader::take_key},
      Key<EndpointReader>{"model_name", &EndpointReader::take_model_name},
      Key<EndpointReader>{"default_local_server", &EndpointReader::take_default},
      Key<EndpointReader>{.name = "tool_execution_mode",
                          .why = "whoever asks sends the tools and runs them"},
      Key<EndpointReader>{.name = "tools", .why = "it never had an effect"},
  };

 private:
  Draft& draft_;
  const Target& target_;
};

}  // namespace llf::migration
