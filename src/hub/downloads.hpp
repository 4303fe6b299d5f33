#pragma once

#include "base/clock.hpp"
#include "base/expected.hpp"
#include "base/task.hpp"
#include "hub/base_template.hpp"
#include "hub/download.hpp"
#include "net/blocking_thread.hpp"
#include "net/event.hpp"
#include "net/loop.hpp"
#include "net/task_group.hpp"
#include "os/rate_limit.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace llf::hub {

/// A download as people see it.
struct DownloadStatus {
  enum class State : std::uint8_t {
    queued,  ///< others run
    running,
    stopped,      ///< by somebody; goes on when it is asked for again
    interrupted,  ///< by the end of an earlier daemon; likewise
    failed,
    done,
  };

  std::string model;
  State state = State::queued;
  DownloadProgress progress;
  double rate = 0;  ///< bytes a second, of late
  Error error;      ///< of a failed one
};

[[nodiscard]] std::string_view to_string(DownloadStatus::State state);

/// The downloads of a daemon: they run beside the loop, a few at a time, whoever watches. A model
/// that is asked for twice is fetched once. Loop thread.
class Downloads {
 public:
  struct Options {
    DownloadPlaces places;
    std::filesystem::path journal;               ///< the names of those that have not ended
    std::function<std::uint64_t()> speed_limit;  ///< bytes a second for all together; 0: none
  };

  /// One download, for those who follow it.
  class Handle {
   public:
    [[nodiscard]] const DownloadStatus& status() const;
    /// What it carries out.
    [[nodiscard]] const DownloadPlan& plan() const;
    /// Whether it queues or runs.
    [[nodiscard]] bool active() const;
    /// Counts its changes.
    [[nodiscard]] std::uint64_t version() const;
    /// Returns when it is not at that version any more. Errors: cancelled.
    [[nodiscard]] Task<Expected<void>> changed(std::uint64_t since) const;

   private:
    friend class Downloads;
    struct Entry;
    explicit Handle(std::shared_ptr<Entry> entry) : entry_(std::move(entry)) {}
    std::shared_ptr<Entry> entry_;
  };

  Downloads(net::Loop& loop, Options options);
  Downloads(const Downloads&) = delete;
  Downloads& operator=(const Downloads&) = delete;
  ~Downloads();

  [[nodiscard]] const DownloadPlaces& places() const { return options_.places; }

  /// What a request comes to. Errors: those of plan_download; cancelled.
  [[nodiscard]] Task<Expected<DownloadPlan>> plan(DownloadRequest request);

  /// What a request comes to, and what that would ask of a machine. Errors: those of plan_download
  /// and inspect; cancelled.
  struct Inspection {
    DownloadPlan plan;
    gguf::Demand demand;
  };
  [[nodiscard]] Task<Expected<Inspection>> inspect(DownloadRequest request);

  /// The models that we know of. Errors: those of read_catalog; cancelled.
  [[nodiscard]] Task<Expected<std::vector<CatalogModel>>> catalog();

  /// Repositories that a search finds. Errors: those of search_repositories; cancelled.
  [[nodiscard]] Task<Expected<std::vector<FoundRepository>>> search(Endpoint endpoint,
                                                                    std::string query,
                                                                    std::int64_t most);

  /// Learns, and keeps, the chat template of the model that a repository's was made from. Errors:
  /// those of get_base_template; cancelled.
  [[nodiscard]] Task<Expected<BaseTemplate>> learn_base(Endpoint endpoint,
                                                        store::RepositoryName repository);

  /// Begins a download, or gives the one of the same files that has begun. Errors:
  /// `conflict` while one of this name fetches other files: another revision, another address.
  /// `after` is run when all of it is there.
  using After = std::function<Task<void>()>;
  [[nodiscard]] Expected<Handle> start(DownloadPlan plan, After after = {});

  /// One of the list, by its name, to follow it; it may have ended. Errors: not_found.
  [[nodiscard]] Expected<Handle> follow(std::string_view model) const;

  /// Stops a download, by its name or what match_download takes for it; what has come stays,
  /// unless it is discarded, but for what another one is to have. Errors: `not_found`; `conflict`
  /// for one that is done, of which nothing is to be discarded.
  enum class Remains : std::uint8_t { keep, discard };
  [[nodiscard]] Expected<void> stop(std::string_view model, Remains remains);

  /// Every download since the daemon began, and those that an earlier one did not end; newest last.
  [[nodiscard]] std::vector<DownloadStatus> list() const;

  /// Where the files of those that are listed will stand.
  [[nodiscard]] std::set<std::filesystem::path> targets() const;

  /// The name of the one that queues or runs and will put a file there; empty: none.
  [[nodiscard]] std::string fetches(const std::filesystem::path& place) const;

  /// Those that queue or run.
  [[nodiscard]] std::size_t active() const;

  /// Stops all of them, for the end of the daemon, and waits for that.
  [[nodiscard]] Task<void> end();

 private:
  using Entry = Handle::Entry;

  /// What comes before a download begins.
  struct Before {
    std::shared_ptr<Entry> ending;  ///< an earlier one of this model that is about to end
    std::vector<std::filesystem::path>
        obsolete;  ///< places whose partial files have no use any more
  };

  [[nodiscard]] Expected<void> check(const DownloadPlan& plan) const;
  [[nodiscard]] Task<void> run(std::shared_ptr<Entry> entry, Before before);
  [[nodiscard]] Task<void> finish(std::shared_ptr<Entry> entry, Expected<void> result);
  [[nodiscard]] Task<void> discard(std::shared_ptr<Entry> entry);
  [[nodiscard]] Task<void> compare_template(Endpoint endpoint, store::RepositoryName repository);
  [[nodiscard]] std::shared_ptr<Entry> find(std::string_view model) const;
  [[nodiscard]] std::vector<std::filesystem::path> only_of(const Entry& entry) const;
  /// Does something that asks a server beside the loop; a wait that is cancelled stops it.
  template <class Work>
  [[nodiscard]] auto ask(Work work) -> Task<std::invoke_result_t<Work, const std::stop_token&>> {
    auto& asker = *std::ranges::min_element(asking_, {}, &Thread::works);
    ++asker.works;
    auto result = co_await asker.thread->run(std::move(work));
    --asker.works;
    co_return std::move(result);
  }
  void forget_old();
  void save() const;
  void load();

  /// A thread and how much it has to do.
  struct Thread {
    std::unique_ptr<net::BlockingThread> thread;
    std::size_t works = 0;
  };
  [[nodiscard]] static std::vector<Thread> make_threads(net::Loop& loop, std::size_t count);

  net::Loop& loop_;
  Options options_;
  std::shared_ptr<os::RateLimit> speed_ = std::make_shared<os::RateLimit>();
  std::vector<Thread> asking_;
  std::vector<Thread> fetching_;
  net::Event freed_;  ///< pulses when one of fetching_ has nothing to do
  std::vector<std::shared_ptr<Entry>> entries_;
  net::TaskGroup tasks_;
};

}  // namespace llf::hub
