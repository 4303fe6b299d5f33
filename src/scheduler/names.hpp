#pragma once

#include "base/byte_size.hpp"
#include "base/expected.hpp"
#include "base/id.hpp"
#include "config/arguments.hpp"
#include "config/settings.hpp"
#include "remote/directory.hpp"
#include "store/catalog.hpp"
#include "worker/command_line.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace llf::scheduler {

/// How a model is loaded, as settings and profile have it. Another one means another process.
struct Load {
  std::string path;                  ///< of the model's file, of a split one its first part
  std::vector<std::string> further;  ///< the other parts
  std::string projector;             ///< what lets it see or hear; empty: none
  ByteSize size;
  std::string engine;  ///< engine.path; empty: the first that is found
  std::optional<std::int64_t> context;
  std::optional<std::int64_t> slots;
  std::vector<config::EngineArgument> arguments;
  worker::Mode mode = worker::Mode::generate;

  /// Every file that its engine is given.
  [[nodiscard]] std::vector<std::string> files() const {
    return store::files_of_model(path, further, projector);
  }

  friend bool operator==(const Load&, const Load&) = default;
};

/// What a model's name stands for.
struct Target {
  ModelId name;    ///< of the profile or the model, however it was asked for
  ModelId model;   ///< what is loaded: profiles that load a model as it is share it
  ModelId worker;  ///< who serves it: worker_of_mode of `model`
  Load load;
  config::Inference inference;  ///< where a request does not say
  std::string prompt;           ///< a prompt template's name; empty: none
  /// Servers elsewhere have it, and nothing is loaded here: `load` means nothing.
  std::optional<remote::RemoteModel> elsewhere{};
};

/// The worker of a model that runs in a mode: each has one of its own, "nomic (embeddings)".
[[nodiscard]] ModelId worker_of_mode(const ModelId& model, worker::Mode mode);

/// How long a worker stays when nobody uses it.
struct Retention {
  bool pinned = false;
  std::chrono::seconds keep_alive{};  ///< 0: until room is needed
};

/// A name that a request may give.
struct Listed {
  ModelId id;
  ModelId worker;
  std::string path;
  ByteSize size;
  std::int64_t modified = 0;  ///< of the file, seconds since 1970
  std::string_view source;    ///< store::to_string, "profile", or "endpoint"
};

/// What names mean: the profiles of the settings, the models of the catalog, and those of servers
/// elsewhere; of the same name the one that is earlier in this order, but a whole name before a
/// shortened one (see store::match_name), which may be that of a profile, too. Looks at all of them
/// anew each time. Owned by the daemon; loop thread.
class Names {
 public:
  /// All outlive it; `elsewhere` may be null: there are no such servers.
  Names(store::Catalog& catalog, const config::Settings& settings,
        const remote::Directory* elsewhere = nullptr);

  /// An empty name is the default one. Errors: `not_found`, with the nearest names; of a profile,
  /// that its model is not there.
  [[nodiscard]] Expected<Target> resolve(const ModelId& name,
                                         worker::Mode mode = worker::Mode::generate) const;

  /// The file that a name means, or a path ("/…"). Errors: those of resolve.
  [[nodiscard]] Expected<store::ModelFile> model_file(const ModelId& name) const;

  /// Whether a word that may as well be a prompt names a profile or a model, shortened or not.
  [[nodiscard]] bool is_name(std::string_view word) const;

  /// The profiles and models here that a word may mean: one, several, or none.
  [[nodiscard]] std::vector<ModelId> meant_by(std::string_view word) const;

  /// The Target::model that a name means; the name itself when it means nothing (any more).
  [[nodiscard]] ModelId model_of(const ModelId& name) const;

  /// What a request without a model gets: the one of the settings, else the built-in model, else
  /// the first by name; empty when there is none.
  [[nodiscard]] ModelId default_name() const;

  /// Every name, in alphabetical order; profiles without their model left out.
  [[nodiscard]] std::vector<Listed> list() const;

  /// How long a worker of a Target::model stays that was asked for by these names: as long as the
  /// one wants that wants it longest; names that are gone do not count. It is pinned by any pinned
  /// profile that it serves.
  [[nodiscard]] Retention retention(const ModelId& model, const std::set<ModelId>& asked_by) const;

 private:
  /// resolve, whatever the mode.
  [[nodiscard]] Expected<Target> target_named(const ModelId& name) const;
  [[nodiscard]] Expected<Target> profile_target(const config::Profiles::value_type& named) const;
  /// What store::match_name needs of the models and the profiles here.
  [[nodiscard]] std::vector<store::ModelFile> all_here() const;
  /// The model of servers elsewhere that a name means which none of `all` has.
  [[nodiscard]] std::optional<remote::RemoteModel> find_elsewhere(
      const std::string& name, std::span<const store::ModelFile> all) const;
  /// Why nothing has that name, with the nearest names of servers elsewhere, too.
  [[nodiscard]] Error unknown(const std::string& name, Error why,
                              std::span<const store::ModelFile> all) const;
  [[nodiscard]] Expected<store::ModelFile> file_of(const std::string& model) const;
  [[nodiscard]] Target target_of(const config::Profiles::value_type& profile,
                                 const store::ModelFile& file) const;
  [[nodiscard]] Load plain_load(const store::ModelFile& file) const;

  store::Catalog& catalog_;
  const config::Settings& settings_;
  const remote::Directory* elsewhere_;
};

}  // namespace llf::scheduler
