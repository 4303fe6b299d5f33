#pragma once

#include "json/json.hpp"
#include "migration/draft.hpp"
#include "migration/keys.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace llf::migration {

/// A local server of the predecessor: one llama-server with one model.
struct Server {
  std::string prefix;    ///< of its keys: "local_llm_servers[0]."
  json::Object members;  ///< of the predecessor
  /// Whether its address and engine are those of llf now.
  enum class Role : std::uint8_t { leading, other } role = Role::leading;
  std::string profile = {};     ///< its profile's name; empty: it has none
  std::string no_profile = {};  ///< why not: half a sentence
  std::string model = {};       ///< of the profile
  std::string model_why = {};   ///< what there is to say of it
};

/// Where the predecessor looked for models.
struct ModelFolders {
  std::vector<std::filesystem::path> folders;  ///< the first is the usual one; not empty
  std::string model_name;  ///< whose folder has the file of a server without model_dir
};

/// A name that a profile may have and that is near to `text`; empty when nothing is left. Pure.
[[nodiscard]] std::string as_profile_name(std::string_view text);

/// Begins the server's profile with its model, or says in the server why there can be none. To be
/// done before a reader begins.
void begin_profile(Draft& draft, Server& server, const ModelFolders& folders,
                   const Surroundings& around);

/// Reads the keys of a server.
class ServerReader {
 public:
  /// All outlive it.
  ServerReader(Draft& draft, const Server& server, const Surroundings& around)
      : draft_(draft), server_(server), around_(around) {}

  void take_name(const LegacyMember& member);
  void take_engine(const LegacyMember& member);
  void take_host(const LegacyMember& member);
  void take_port(const LegacyMember& member);
  void take_model(const LegacyMember& member);
  void take_parameters(const LegacyMember& member);

  static constexpr std::array kKeys{
      Key<ServerReader>{"name", &ServerReader::take_name},
      Key<ServerReader>{"llama_server_path", &ServerReader::take_engine},
      Key<ServerReader>{"server_host", &ServerReader::take_host},
      Key<ServerReader>{"server_port", &ServerReader::take_port},
      Key<ServerReader>{"model_dir", &ServerReader::take_model},
      Key<ServerReader>{"gguf_file", &ServerReader::take_model},
      Key<ServerReader>{"server_params", &ServerReader::take_parameters},
      Key<ServerReader>{.name = "healthcheck_interval",
                        .why = "llf sees at once that its engine is ready"},
      Key<ServerReader>{.name = "auto_start",
                        .why = "it never had an effect; llf starts what a request needs"},
  };

 private:
  [[nodiscard]] bool is_leading(const LegacyMember& member);

  Draft& draft_;
  const Server& server_;
  const Surroundings& around_;
};

}  // namespace llf::migration
