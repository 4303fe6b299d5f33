#include "hub/downloads.hpp"

#include <utility>

namespace llf::hub {

Task<Expected<DownloadPlan>> Downloads::plan(DownloadRequest request) {
  co_return co_await ask(
      [request = std::move(request), places = options_.places](const std::stop_token& stop) {
        return plan_download(request, places, stop);
      });
}

Task<Expected<Downloads::Inspection>> Downloads::inspect(DownloadRequest request) {
  co_return co_await ask([request = std::move(request), places = options_.places](
                             const std::stop_token& stop) -> Expected<Inspection> {
    auto plan = plan_download(request, places, stop);
    if (!plan) return failure(plan.error());
    const auto demand = hub::inspect(*plan, stop);
    if (!demand) return failure(demand.error());
    return Inspection{.plan = *std::move(plan), .demand = *demand};
  });
}

Task<Expected<std::vector<CatalogModel>>> Downloads::catalog() {
  co_return co_await ask([file = options_.places.catalog](const std::stop_token& /*stop*/) {
    return read_catalog(file);
  });
}

Task<Expected<std::vector<FoundRepository>>> Downloads::search(Endpoint endpoint, std::string query,
                                                               std::int64_t most) {
  co_return co_await ask(
      [endpoint = std::move(endpoint), query = std::move(query),
       most](const std::stop_token& stop) -> Expected<std::vector<FoundRepository>> {
        auto connections = Connections::create();
        if (!connections) return failure(connections.error());
        return search_repositories(
            {.connections = *connections, .endpoint = endpoint, .stop = stop}, query, most);
      });
}

Task<Expected<BaseTemplate>> Downloads::learn_base(Endpoint endpoint,
                                                   store::RepositoryName repository) {
  co_return co_await ask(
      [endpoint = std::move(endpoint), repository = std::move(repository),
       folder = options_.places.bases](const std::stop_token& stop) -> Expected<BaseTemplate> {
        auto connections = Connections::create();
        if (!connections) return failure(connections.error());
        auto base = get_base_template(
            {.connections = *connections, .endpoint = endpoint, .stop = stop}, repository);
        if (base) save_base_template(folder, repository, *base);
        return base;
      });
}

}  // namespace llf::hub
