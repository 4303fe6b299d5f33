#include "daemon/models.hpp"

#include "os/memory_bandwidth.hpp"
#include "os/process_facts.hpp"
#include "store/gguf_file.hpp"

#include <algorithm>
#include <utility>

namespace llf::daemon {

namespace fs = std::filesystem;

Models::Models(net::Loop& loop, fs::path built_in, fs::path own, const config::Settings& settings)
    : built_in_(std::move(built_in)),
      own_(std::move(own)),
      catalog_(shelves(settings)),
      disk_(loop) {}

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
  if (!catalog_.stale()) co_return;
  auto inventory =
      co_await disk_.run([shelves = catalog_.shelves()]() -> Expected<store::Inventory> {
        return store::take_inventory(shelves);
      });
  // Unless a look that began later was over sooner.
  if (inventory && catalog_.stale()) catalog_.take(*std::move(inventory));
}

Task<Expected<store::Details>> Models::details(store::ModelFile model) {
  co_return co_await disk_.run([model = std::move(model)] { return store::read_details(model); });
}

Task<gateway::MachineFacts> Models::machine(gateway::MachineLook look) {
  if (look == gateway::MachineLook::measured) {
    const auto measured = co_await disk_.run([]() -> Expected<std::uint64_t> {
      return os::measure_memory_bandwidth(os::usable_cores());
    });
    // What else runs makes it less: the best that was ever seen is the machine's.
    bandwidth_ = std::max(bandwidth_, measured.value_or(0));
  }
  co_return gateway::MachineFacts{.memory = os::total_memory().value_or(ByteSize()).bytes(),
                                  .available = os::available_memory().value_or(ByteSize()).bytes(),
                                  .bandwidth = bandwidth_};
}

gateway::ModelAccess Models::access() {
  return {.refresh = [this] { return refresh(); },
          .places = [this] { return catalog_.shelves(); },
          .details = [this](store::ModelFile model) { return details(std::move(model)); },
          .machine = [this](gateway::MachineLook look) { return machine(look); }};
}

Task<Expected<void>> Models::check(std::vector<fs::path> files) {
  co_return co_await disk_.run([files = std::move(files)]() -> Expected<void> {
    for (const auto& file : files) {
      const auto header = store::read_gguf(file);
      if (!header) return failure(header.error());
    }
    return {};
  });
}

hub::Downloads::Options download_options(const os::Paths& paths, fs::path catalog,
                                         const config::Settings& settings) {
  return {.places = {.cache = store::hub_cache(os::env),
                     .folder = paths.data_dir / "models",
                     .catalog = std::move(catalog)},
          .journal = paths.data_dir / "downloads.json",
          .speed_limit = [&settings]() -> std::uint64_t {
            constexpr std::uint64_t kMegabyte = 1'000'000;
            const auto& limit = settings.downloads.speed_limit;
            return limit ? static_cast<std::uint64_t>(*limit) * kMegabyte : 0;
          }};
}

}  // namespace llf::daemon
