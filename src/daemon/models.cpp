#include "daemon/models.hpp"

#include "base/limits.hpp"
#include "hub/base_template.hpp"
#include "hub/license.hpp"
#include "os/memory_bandwidth.hpp"
#include "os/process_facts.hpp"
#include "store/gguf_file.hpp"

#include <utility>

namespace llf::daemon {

namespace fs = std::filesystem;

namespace {

/// The models of this home, and what is kept to find damage in others.
fs::path own_models(const os::Paths& paths) {
  return paths.data_dir / "models";
}
fs::path hash_marks(const os::Paths& paths) {
  return paths.data_dir / "marks";
}
/// What was learned of the models that others were made from.
fs::path base_templates(const os::Paths& paths) {
  return paths.data_dir / "bases";
}

/// Tells on the loop, now and then, how far a work is, until it is to stop.
store::HashProgress told_on(net::Loop& loop, std::function<void(std::uint64_t)> progress,
                            std::stop_token stop) {
  return [&loop, progress = std::move(progress), stop = std::move(stop),
          told = std::uint64_t{0}](std::uint64_t done) mutable {
    if (done - told >= limits::kHashTold.bytes()) {
      told = done;
      loop.post([progress, done] { progress(done); });
    }
    return !stop.stop_requested();
  };
}

}  // namespace

Models::Models(net::Loop& loop, fs::path built_in, const os::Paths& paths,
               const config::Settings& settings)
    : built_in_(std::move(built_in)),
      own_(own_models(paths)),
      marks_(hash_marks(paths)),
      bases_(base_templates(paths)),
      catalog_(shelves(settings)),
      loop_(loop),
      disk_(loop),
      reading_(loop),
      importing_(loop) {}

std::vector<store::Shelf> Models::shelves(const config::Settings& settings) const {
  std::vector<store::Shelf> shelves{{.root = built_in_, .source = store::Source::built_in},
                                    {.root = own_}};
  const auto usual = store::usual_shelves(os::env);
  shelves.insert(shelves.end(), usual.begin(), usual.end());
  if (!settings.models.folder.empty()) {
    shelves.push_back({.root = fs::absolute(settings.models.folder).lexically_normal()});
  }
  return shelves;
}

Task<void> Models::refresh() {
  while (catalog_.stale()) {
    auto inventory =
        co_await disk_.run([shelves = catalog_.shelves()]() -> Expected<store::Inventory> {
          return store::take_inventory(shelves);
        });
    if (!inventory) co_return;
    // Other shelves may be wanted by now; and a look that began later may have been over sooner.
    const bool wanted = inventory->shelves == catalog_.shelves();
    if (catalog_.stale()) catalog_.take(*std::move(inventory));
    if (wanted) co_return;
  }
}

Task<Expected<store::Details>> Models::details(store::ModelFile model) {
  co_return co_await disk_.run([model = std::move(model), bases = bases_] {
    auto details = store::read_details(model);
    const auto repository = store::RepositoryName::parse(model.repository);
    const auto base = repository ? hub::load_base_template(bases, *repository) : std::nullopt;
    if (details && repository && details->facts.license.empty()) {
      details->facts.license = hub::load_license(bases, *repository);
    }
    if (details && base) {
      details->base = base->repository;
      details->template_as_base =
          hub::template_fingerprint(details->facts.chat_template) == base->fingerprint;
    }
    return details;
  });
}

Task<gateway::MachineFacts> Models::machine(gateway::MachineLook look) {
  if (look == gateway::MachineLook::measured && bandwidth_.due(mono_now())) {
    const auto measured = co_await disk_.run([]() -> Expected<std::uint64_t> {
      return os::measure_memory_bandwidth(os::usable_cores());
    });
    if (measured) bandwidth_.take(*measured, mono_now());
  }
  co_return gateway::MachineFacts{.memory = os::total_memory().value_or(ByteSize()).bytes(),
                                  .available = os::available_memory().value_or(ByteSize()).bytes(),
                                  .bandwidth = bandwidth_.best()};
}

store::OwnFolders Models::own_folders() const {
  return {.hub_cache = store::hub_cache(os::env), .folder = own_};
}

Task<Expected<store::Removal>> Models::plan_removal(store::ModelFile model) {
  co_return co_await disk_.run(
      [model = std::move(model), own = own_folders()] { return store::plan_removal(model, own); });
}

Task<Expected<void>> Models::remove(store::Removal removal) {
  co_return co_await disk_.run([removal = std::move(removal), own = own_folders()] {
    return store::remove_model(removal, own);
  });
}

Task<Expected<std::vector<store::Leftover>>> Models::leftovers(std::set<fs::path> wanted,
                                                               gateway::Prune prune) {
  co_await refresh();
  // After imports, whose unfinished files would be leftovers.
  co_return co_await importing_.run([places = store::LeftoverPlaces{.own = own_folders(),
                                                                    .marks = marks_,
                                                                    .notes = {bases_},
                                                                    .wanted = std::move(wanted),
                                                                    .models = catalog_.list(),
                                                                    .shelves = catalog_.shelves()},
                                     prune] {
    return prune == gateway::Prune::remove ? store::remove_leftovers(places)
                                           : store::find_leftovers(places);
  });
}

Task<Expected<std::vector<store::Imported>>> Models::import(
    fs::path from, store::ImportBy by, std::function<void(std::uint64_t)> progress) {
  co_return co_await importing_.run([from = std::move(from), own = own_, by,
                                     progress = std::move(progress),
                                     &loop = loop_](const std::stop_token& stop) {
    return store::import_models(from, own, by, told_on(loop, progress, stop));
  });
}

Task<Expected<std::optional<store::BundleManifest>>> Models::look_into_bundle(fs::path path) {
  co_return co_await disk_.run([path = std::move(path)] { return store::look_into_bundle(path); });
}

Task<Expected<store::ImportedBundle>> Models::import_bundle(
    fs::path path, std::function<void(std::uint64_t)> progress) {
  co_return co_await importing_.run([path = std::move(path), progress = std::move(progress),
                                     own = own_folders(), bases = bases_,
                                     &loop = loop_](const std::stop_token& stop) {
    auto imported = store::import_bundle(path, own, told_on(loop, progress, stop));
    const auto name = imported ? imported->repository : std::string();
    const auto repository = store::RepositoryName::parse(name);
    // A hub's own word is worth more.
    if (repository && hub::load_license(bases, *repository).empty()) {
      hub::save_license(bases, *repository, imported->license);
    }
    return imported;
  });
}

Task<Expected<store::BundleManifest>> Models::export_bundle(
    store::BundleOrder order, std::function<void(std::uint64_t)> progress) {
  co_return co_await reading_.run([order = std::move(order), progress = std::move(progress),
                                   own = own_folders(), bases = bases_,
                                   &loop = loop_](const std::stop_token& stop) {
    auto known = order;
    if (const auto repository = store::RepositoryName::parse(order.model.repository)) {
      known.license = hub::load_license(bases, *repository);
    }
    return store::export_bundle(known, own, told_on(loop, progress, stop));
  });
}

Task<Expected<std::vector<store::VerifiedFile>>> Models::verify(
    store::ModelFile model, std::function<void(std::uint64_t)> progress) {
  co_return co_await reading_.run([model = std::move(model), progress = std::move(progress),
                                   marks = marks_, &loop = loop_](const std::stop_token& stop) {
    return store::verify_model(model, marks, told_on(loop, progress, stop));
  });
}

gateway::ModelAccess Models::access() {
  return {
      .refresh = [this] { return refresh(); },
      .places = [this] { return catalog_.shelves(); },
      .details = [this](store::ModelFile model) { return details(std::move(model)); },
      .machine = {},  // GPUs belong to it too, of which nothing is known here
      .plan_removal = [this](store::ModelFile model) { return plan_removal(std::move(model)); },
      .remove = [this](store::Removal removal) { return remove(std::move(removal)); },
      .leftovers = [this](std::set<fs::path> wanted,
                          gateway::Prune prune) { return leftovers(std::move(wanted), prune); },
      .import =
          [this](fs::path from, store::ImportBy by, std::function<void(std::uint64_t)> progress) {
            return import(std::move(from), by, std::move(progress));
          },
      .look_into_bundle = [this](fs::path path) { return look_into_bundle(std::move(path)); },
      .import_bundle =
          [this](fs::path path, std::function<void(std::uint64_t)> progress) {
            return import_bundle(std::move(path), std::move(progress));
          },
      .export_bundle =
          [this](store::BundleOrder order, std::function<void(std::uint64_t)> progress) {
            return export_bundle(std::move(order), std::move(progress));
          },
      .verify =
          [this](store::ModelFile model, std::function<void(std::uint64_t)> progress) {
            return verify(std::move(model), std::move(progress));
          }};
}

Task<Expected<Models::Look>> Models::look_into(std::vector<std::string> files) {
  co_return co_await disk_.run([files = std::move(files)]() -> Expected<Look> {
    Look look;
    for (const auto& file : files) {
      const auto header = store::read_gguf(file);
      if (!header) return failure(header.error());
      const auto demand = gguf::demand_of(*header);
      if (&file == &files.front()) {
        look.demand = demand;
      } else {
        look.demand.add(demand);
      }
      if (look.pooling == gguf::Pooling::none) look.pooling = gguf::facts_of(*header).pooling;
    }
    return look;
  });
}

hub::Downloads::Options download_options(const os::Paths& paths, fs::path catalog,
                                         const config::Settings& settings) {
  return {.places = {.cache = store::hub_cache(os::env),
                     .folder = own_models(paths),
                     .catalog = std::move(catalog),
                     .marks = hash_marks(paths),
                     .bases = base_templates(paths)},
          .journal = paths.data_dir / "downloads.json",
          .speed_limit = [&settings]() -> std::uint64_t {
            constexpr std::uint64_t kMegabyte = 1'000'000;
            const auto& limit = settings.downloads.speed_limit;
            return limit ? static_cast<std::uint64_t>(*limit) * kMegabyte : 0;
          }};
}

}  // namespace llf::daemon
