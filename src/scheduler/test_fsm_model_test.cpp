#include "scheduler/scheduler_fsm.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <utility>

namespace llf::scheduler {
namespace {

using namespace std::chrono_literals;

/// Workers and requests as the scheduler has them, driven at random; what must always hold is
/// checked after every step.
class Simulation {
 public:
  explicit Simulation(std::uint64_t seed) : random_(seed) {}

  void run(int steps) {
    for (int i = 0; i < steps && !testing::Test::HasFailure(); ++i) {
      step();
      check();
    }
    finish();
  }

 private:
  struct Process {
    std::uint64_t gib = 0;
    bool runs = false;
    bool ordered_to_end = false;
  };

  std::size_t below(std::size_t count) { return random_() % count; }
  static ModelId name(std::size_t model) {
    return ModelId(std::string(1, static_cast<char>('a' + model)));
  }

  void step() {
    now_ += std::chrono::milliseconds(below(3000));
    switch (below(10)) {
      case 0:
      case 1:
      case 2:
        request();
        break;
      case 3:
      case 4:
      case 5:
        leave();
        break;
      case 6:
        take(fsm_.tick(now_));
        break;
      case 7:
        change();
        break;
      case 8:
        end_one();
        break;
      default:
        if (below(20) == 0) policy();
        break;
    }
  }

  void request() {
    const auto model = below(6);
    const auto id = ++last_;
    open_.insert(id);
    wants_[id] = name(model);
    take(fsm_.request(id,
                      {.worker = name(model),
                       .memory = ByteSize::gib(1 + model),
                       .reload = 1s,
                       .most_requests = 6},
                      now_));
  }

  void leave() {
    if (open_.empty()) return;
    auto at = open_.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(below(open_.size())));
    const auto id = *at;
    open_.erase(at);
    granted_.erase(id);
    take(fsm_.release(id, now_));
  }

  void change() {
    if (processes_.empty()) return;
    auto at = processes_.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(below(processes_.size())));
    auto& [worker, process] = *at;
    if (below(4) == 0) {
      take(fsm_.close(worker, "settings", now_));
      return;
    }
    process.runs = below(5) != 0;  // or it has crashed
    take(fsm_.update(worker,
                     {.has_process = process.runs,
                      .memory = ByteSize::gib(process.gib),
                      .pinned = false,
                      .keep_alive = below(2) == 0 ? std::optional<Duration>(20s) : std::nullopt},
                     now_));
  }

  void end_one() {
    for (auto& [worker, process] : processes_) {
      if (!process.ordered_to_end) continue;
      const auto gone = worker;
      processes_.erase(worker);
      std::erase_if(granted_, [&](auto id) { return wants_[id] == gone && !fsm_.is_open(gone); });
      take(fsm_.ended(gone, now_));
      return;
    }
  }

  void policy() {
    SchedulerPolicy policy{.most_loaded = 1 + below(4)};
    if (below(2) == 0) policy.memory = ByteSize::gib(6 + below(6));
    policy_ = policy;
    take(fsm_.set_policy(policy, now_));
  }

  void take(const Orders& orders) {
    for (const auto& one : orders) {
      if (const auto* grant = std::get_if<order::Grant>(&one)) {
        ASSERT_TRUE(open_.contains(grant->request)) << "granted after it had left";
        ASSERT_TRUE(granted_.insert(grant->request).second) << "granted twice";
        const auto& worker = wants_[grant->request];
        auto& process = processes_[worker];
        ASSERT_FALSE(process.ordered_to_end) << "granted one that ends";
        process.gib = 1 + static_cast<std::uint64_t>(worker.str()[0] - 'a');
        process.runs = true;
      } else if (const auto* refuse = std::get_if<order::Refuse>(&one)) {
        ASSERT_TRUE(open_.erase(refuse->request) == 1) << "refused after it had left";
        ASSERT_FALSE(granted_.contains(refuse->request));
      } else {
        const auto& worker = std::get<order::End>(one).worker;
        ASSERT_TRUE(processes_.contains(worker)) << "one ends that is not there";
        ASSERT_FALSE(std::exchange(processes_[worker].ordered_to_end, true)) << "ended twice";
        for (const auto id : granted_) {
          ASSERT_NE(wants_[id], worker) << "one ends that serves a request";
        }
      }
    }
  }

  void check() {
    std::map<ModelId, std::size_t> users;
    for (const auto id : granted_) ++users[wants_[id]];
    for (const auto& [worker, count] : users) {
      ASSERT_EQ(fsm_.users(worker), count) << worker.str();
      ASSERT_LE(count, 6U);
    }
    std::set<RequestId> waiting;
    for (const auto& one : fsm_.waiting()) waiting.insert(one.request);
    for (const auto id : open_) {
      ASSERT_NE(waiting.contains(id), granted_.contains(id)) << "a request was lost: " << id;
    }
    ASSERT_LE(fsm_.decisions().size(), limits::kDecisionsKept);
  }

  /// When nothing more comes, and everything that is ordered happens, everybody has been served.
  void finish() {
    for (int i = 0; i < 10'000 && !open_.empty() && !testing::Test::HasFailure(); ++i) {
      now_ += 1s;
      if (!granted_.empty()) {
        const auto id = *granted_.begin();
        granted_.erase(id);
        open_.erase(id);
        take(fsm_.release(id, now_));
      }
      end_one();
      take(fsm_.tick(now_));
      check();
    }
    EXPECT_TRUE(open_.empty()) << open_.size() << " requests were never served";
  }

  std::mt19937_64 random_;
  MonoTime now_ = MonoTime() + 1h;
  SchedulerPolicy policy_{.most_loaded = 3};
  SchedulerFsm fsm_{policy_};
  RequestId last_ = 0;
  std::set<RequestId> open_;
  std::set<RequestId> granted_;
  std::map<RequestId, ModelId> wants_;
  std::map<ModelId, Process> processes_;
};

// F15: 100,000 random interleavings of requests, ends, crashes, expiry and settings.
TEST(SchedulerFsmModel, no_request_is_lost_and_nobody_busy_ends) {
  const auto seed = std::random_device()();
  for (std::uint64_t i = 0; i < 200 && !testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE(testing::Message() << "seed " << seed + i);
    Simulation(seed + i).run(500);
  }
}

}  // namespace
}  // namespace llf::scheduler
