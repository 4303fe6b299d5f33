#pragma once

#include "base/expected.hpp"
#include "base/task.hpp"
#include "config/settings.hpp"
#include "gateway/model_access.hpp"
#include "gguf/demand.hpp"
#include "gguf/facts.hpp"
#include "hub/downloads.hpp"
#include "net/blocking_thread.hpp"
#include "net/loop.hpp"
#include "os/memory_bandwidth.hpp"
#include "os/paths.hpp"
#include "store/catalog.hpp"
#include "store/shelf.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <vector>

namespace llf::daemon {

/// The model files of the daemon: where they stand, what they are called, and what is read of them
/// beside the loop. Loop thread.
class Models {
 public:
  /// `built_in` is the file of the built-in model, `paths` those of this home.
  Models(net::Loop& loop, std::filesystem::path built_in, const os::Paths& paths,
         const config::Settings& settings);
  Models(const Models&) = delete;
  Models& operator=(const Models&) = delete;

  [[nodiscard]] store::Catalog& catalog() { return catalog_; }

  /// Where models are looked for with these settings.
  [[nodiscard]] std::vector<store::Shelf> shelves(const config::Settings& settings) const;

  /// Takes over what changed on the disk since the last look.
  [[nodiscard]] Task<void> refresh();

  /// Reads what the files of a model say. Errors: those of store::read_details; cancelled.
  [[nodiscard]] Task<Expected<store::Details>> details(store::ModelFile model);

  /// What this machine has for models, GPUs aside.
  [[nodiscard]] Task<gateway::MachineFacts> machine(gateway::MachineLook look);

  /// What removing a model comes to, and the deed. Errors: those of store::plan_removal and
  /// store::remove_model; cancelled.
  [[nodiscard]] Task<Expected<store::Removal>> plan_removal(store::ModelFile model);
  [[nodiscard]] Task<Expected<void>> remove(store::Removal removal);

  /// What serves nothing and nobody fetches; `wanted` are places of downloads that are known.
  /// Errors: those of store::find_leftovers and store::remove_leftovers; cancelled.
  [[nodiscard]] Task<Expected<std::vector<store::Leftover>>> leftovers(
      std::set<std::filesystem::path> wanted, gateway::Prune prune);

  /// Makes files a part of our own models. `progress` as of `verify`. Errors: those of
  /// store::import_models; cancelled.
  [[nodiscard]] Task<Expected<std::vector<store::Imported>>> import(
      std::filesystem::path from, store::ImportBy by, std::function<void(std::uint64_t)> progress);

  /// What a bundle says it is. Errors: those of store::look_into_bundle; cancelled.
  [[nodiscard]] Task<Expected<std::optional<store::BundleManifest>>> look_into_bundle(
      std::filesystem::path path);

  /// Makes the model of a bundle ours, and a model a bundle. `progress` as of `verify`. Errors:
  /// those of store::import_bundle and store::export_bundle; cancelled.
  [[nodiscard]] Task<Expected<store::ImportedBundle>> import_bundle(
      std::filesystem::path path, std::function<void(std::uint64_t)> progress);
  [[nodiscard]] Task<Expected<store::BundleManifest>> export_bundle(
      store::BundleOrder order, std::function<void(std::uint64_t)> progress);

  /// Reads all of a model. `progress` is called on the loop, also a moment after a cancelled wait.
  /// Errors: those of store::verify_model; cancelled.
  [[nodiscard]] Task<Expected<std::vector<store::VerifiedFile>>> verify(
      store::ModelFile model, std::function<void(std::uint64_t)> progress);

  /// For the gateway, which must not outlive this.
  [[nodiscard]] gateway::ModelAccess access();

  /// What the headers of a model's files say, all of which our own reader must take: none that it
  /// refuses is given to an engine (SEC-23, F12). Errors: those of store::read_gguf; cancelled.
  struct Look {
    gguf::Demand demand;
    gguf::Pooling pooling = gguf::Pooling::none;  ///< of the first file that says it
  };
  [[nodiscard]] Task<Expected<Look>> look_into(std::vector<std::string> files);

 private:
  [[nodiscard]] store::OwnFolders own_folders() const;

  std::filesystem::path built_in_;
  std::filesystem::path own_;
  std::filesystem::path marks_;
  std::filesystem::path bases_;
  store::Catalog catalog_;
  net::Loop& loop_;
  net::BlockingThread disk_;
  net::BlockingThread reading_;    ///< for what reads models for minutes
  net::BlockingThread importing_;  ///< for what writes into the folder of this home, or clears it
  os::BestBandwidth bandwidth_;
};

/// Where downloads of this daemon go, by settings that outlive them.
[[nodiscard]] hub::Downloads::Options download_options(const os::Paths& paths,
                                                       std::filesystem::path catalog,
                                                       const config::Settings& settings);

}  // namespace llf::daemon
