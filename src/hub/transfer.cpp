#include "hub/transfer.hpp"

#include "base/limits.hpp"
#include "hub/part_file.hpp"
#include "hub/transfer_run.hpp"
#include "os/process_facts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace llf::hub {
namespace {

std::string names_of(const std::vector<Origin>& origins) {
  std::vector<std::string> names;
  names.reserve(origins.size());
  for (const auto& origin : origins) names.push_back(origin.url.shown());
  return fmt::format("{}", fmt::join(names, ", and what "));
}

std::unexpected<Error> wrong_hash(const TransferOrder& order, const store::Digest& got,
                                  const store::Digest& expected) {
  return failure(
      ErrorKind::corrupt,
      fmt::format("what {} sends is not the file that was promised: its SHA-256 is {}, not {}. "
                  "Nothing of it was kept{}; try another source",
                  names_of(order.origins), got.hex(), expected.hex(),
                  order.damage ? ", and the file that is here stays as it was" : ""));
}

/// What of a part that is not what it should be is right all the same; nothing where no marks tell.
Expected<RangeSet> right_of(const PartFile& part, const TransferOrder& order,
                            const store::Digest& promised, const std::stop_token& stop) {
  RangeSet right;
  if (!order.marks || order.marks->states.size() != part.size() / limits::kPart.bytes()) {
    return right;
  }
  const auto damage = store::find_damage(PartFile::part_of(order.place),
                                         {.sha256 = promised, .marks = *order.marks},
                                         [&](std::uint64_t) { return !stop.stop_requested(); });
  if (!damage) return failure(damage.error());
  return damage->empty() ? right : without({.begin = 0, .end = part.size()}, *damage);
}

/// Fetches into `part` until its hash is right, as often as that makes sense: once more, and where
/// that mixes what several origins send, from each of them alone.
Expected<Transferred> fetch_right(TransferRun& run, PartFile& part, const TransferOrder& order,
                                  const std::stop_token& stop) {
  using Mode = TransferRun::Mode;
  std::deque<TransferRun::Round> rounds{{.mode = Mode::fetch}};
  rounds.insert(rounds.end(), limits::kTransferRepairs, {.mode = Mode::repair});
  std::optional<store::Digest> got;
  while (!rounds.empty()) {
    auto round = std::move(rounds.front());
    rounds.pop_front();
    if (got) {
      auto right = right_of(part, order, *run.promised(), stop);
      if (!right) return failure(right.error());
      round.right = *std::move(right);
    }
    const bool alone = round.mode == Mode::alone;
    auto hash = run.fetch(part, round);
    if (!hash && alone && run.given_up(round.source)) continue;
    if (!hash) return failure(hash.error());
    const auto& promised = run.promised();
    if (!promised || hash->sha256 == *promised) {
      Transferred done{.sha256 = hash->sha256,
                       .size = part.size(),
                       .fetched = run.fetched(),
                       .repaired = run.repaired().ranges(),
                       .marks = std::move(hash->marks)};
      const auto last = alone ? std::optional(round.source) : std::nullopt;
      for (const auto source : run.senders().blamed(last)) {
        done.blamed.push_back(order.origins[source].url);
      }
      return done;
    }
    got = hash->sha256;
    if (!rounds.empty() || alone || order.origins.size() == 1) continue;
    for (const auto source : run.senders().by_doubt()) {
      if (!run.given_up(source)) rounds.push_back({.mode = Mode::alone, .source = source});
    }
  }
  return wrong_hash(order, *got, *run.promised());
}

/// An error of a check. What could not be read may be right: only what was read and is wrong goes.
Error judged(Error error) {
  const bool wrong = error.kind == ErrorKind::invalid || error.kind == ErrorKind::too_large;
  if (wrong) error.kind = ErrorKind::corrupt;
  return error;
}

/// One try, which a file that is changed meanwhile ends with `conflict`.
Expected<Transferred> try_transfer(Connections& connections, const TransferOrder& order,
                                   const ProgressReport& report, const std::stop_token& stop) {
  std::optional<PartFile> part;
  std::optional<Error> wrong;  // of its beginning
  std::stop_source ending;
  const auto ended = ending.get_token();
  const std::stop_callback stopped(stop, [&] { ending.request_stop(); });
  const ProgressReport watched = [&](const TransferProgress& now) {
    if (report) report(now);
    if (!order.check_front || !part || wrong) return;
    const auto checked =
        order.check_front(PartFile::part_of(order.place), part->written().front(), part->size());
    if (checked) return;
    wrong = checked.error();
    ending.request_stop();
  };
  TransferRun run(connections, order, watched, ended);
  const auto size = run.find_size();
  if (!size) return failure(size.error());
  auto opened = PartFile::open(order.place, {.size = *size, .tag = run.tag()},
                               {.boot = os::boot_id().value_or(""), .sync_step = order.sync_step});
  if (!opened) return failure(opened.error());
  part = *std::move(opened);
  if (order.damage && !order.damage->empty()) {
    const auto right = without({.begin = 0, .end = *size}, *order.damage);
    if (auto copied = part->copy_right(right, stop); !copied) return failure(copied.error());
  }
  auto result = fetch_right(run, *part, order, stop);
  if (wrong) return failure(judged(*wrong));
  if (!result) return result;
  if (order.check) {
    auto checked = order.check(PartFile::part_of(order.place));
    if (!checked) return failure(judged(checked.error()));
  }
  if (auto finished = part->finish(); !finished) return failure(finished.error());
  return result;
}

}  // namespace

Expected<Transferred> transfer(const TransferOrder& order, const ProgressReport& report,
                               const std::stop_token& stop) {
  auto connections = Connections::create();
  if (!connections) return failure(connections.error());
  for (int round = 1;; ++round) {
    auto result = try_transfer(*connections, order, report, stop);
    if (result) return result;
    const auto kind = result.error().kind;
    const bool changed = kind == ErrorKind::conflict;
    if (changed || kind == ErrorKind::corrupt) PartFile::remove(order.place);
    if (!changed || round == limits::kTransferRounds) return result;
  }
}

}  // namespace llf::hub
