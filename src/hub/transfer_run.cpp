#include "hub/transfer_run.hpp"

#include "base/limits.hpp"
#include "hub/front_hash.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <utility>

namespace llf::hub {
namespace {

using Kind = Judgement::Kind;

constexpr auto kStep = std::chrono::milliseconds(50);  // between looks at the clock and the stop
constexpr auto kTell = std::chrono::milliseconds(100);
constexpr std::uint64_t kSplit = std::uint64_t{2} << 20U;  // bytes: less is not cut in two

}  // namespace

TransferRun::TransferRun(Connections& connections, const TransferOrder& order,
                         const ProgressReport& report, const std::stop_token& stop)
    : connections_(connections),
      order_(order),
      report_(report),
      stop_(stop),
      size_(order.size.value_or(0)),
      promised_(order.sha256),
      count_(limits::kFirstConnections, limits::kMostConnections) {
  for (const auto& origin : order.origins) {
    sources_.push_back({.origin = &origin, .at = origin.url});
  }
}

Expected<std::uint64_t> TransferRun::find_size() {
  while (!order_.size && std::ranges::none_of(sources_, &Source::located)) {
    if (auto done = step(); !done) return failure(done.error());
  }
  return size_;
}

std::string TransferRun::tag() const {
  if (promised_) return promised_->hex();
  const auto located = std::ranges::find(sources_, true, &Source::located);
  if (located == sources_.end()) return {};
  return fmt::format("{} {}", located->etag, located->origin->url.str());
}

const RangeSet& TransferRun::arrived() const {
  return mode_ == Mode::fetch ? part_->written() : fresh_;
}

Expected<store::Digest> TransferRun::fetch(PartFile& part, Mode mode) {
  part_ = &part;
  mode_ = mode;
  fresh_ = {};
  plan_.emplace(size_, arrived(), limits::kPart.bytes(), kSplit);
  FrontHash hash(part.fd());
  while (arrived().total() < size_) {
    hash.advance(arrived().front());
    verified_ = hash.done();
    if (auto done = step(); !done) {
      for (auto& [key, lane] : lanes_) note(lane);
      return failure(done.error());
    }
  }
  return hash.finish(size_);
}

/// Begins or goes on with what there is to do, and waits for something to happen.
Expected<void> TransferRun::step() {
  if (stop_.stop_requested()) return failure(ErrorKind::cancelled, "the download was stopped");
  const auto now = mono_now();
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const auto& source = sources_[i];
    const bool idle = !source.located && !source.looking && !source.given_up;
    if (idle && now >= source.not_before) look(i);
  }
  if (plan_) fill();
  for (const auto& result : connections_.wait(kStep)) {
    if (auto look = looks_.extract(result.id)) {
      end_look(look.mapped(), result);
    } else if (auto lane = requests_.extract(result.id)) {
      end_lane(lane.mapped(), result);
    }
  }
  if (fatal_) return failure(*fatal_);
  if (auto error = hopeless()) return failure(*std::move(error));
  tell(mono_now());
  return {};
}

std::optional<Error> TransferRun::hopeless() const {
  const bool all = std::ranges::all_of(
      sources_, [](const Source& source) { return source.given_up.has_value(); });
  return all ? sources_.front().given_up : std::nullopt;
}

void TransferRun::tell(MonoTime now) {
  if (now - told_ < kTell) return;
  told_ = now;
  count_.measure(now, fetched_);
  if (!report_) return;
  report_({.done = part_ == nullptr ? 0 : arrived().total(),
           .size = size_,
           .verified = verified_,
           .connections = lanes_.size(),
           .trouble = trouble_});
}

/// The source with the fewest connections that can be asked now. One without ranges serves only
/// when nothing else does.
std::optional<std::size_t> TransferRun::free_source() const {
  const auto now = mono_now();
  std::optional<std::size_t> best;
  std::size_t fewest = 0;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const auto& source = sources_[i];
    if (!source.located || source.given_up || now < source.not_before) continue;
    if (!source.ranges && !lanes_.empty()) continue;
    const auto lanes = static_cast<std::size_t>(
        std::ranges::count(lanes_, i, [](const auto& entry) { return entry.second.source; }));
    const bool better = !best || (source.ranges && !sources_[*best].ranges) ||
                        (source.ranges == sources_[*best].ranges && lanes < fewest);
    if (!better) continue;
    best = i;
    fewest = lanes;
  }
  return best;
}

void TransferRun::fill() {
  const bool one_only = std::ranges::any_of(
      lanes_, [this](const auto& entry) { return !sources_[entry.second.source].ranges; });
  while (!one_only && lanes_.size() < count_.count()) {
    const auto source = free_source();
    if (!source || !start_lane(*source)) return;
    if (!sources_[*source].ranges) return;
  }
}

/// False when there is nothing (more) to fetch.
bool TransferRun::start_lane(std::size_t index) {
  const auto& source = sources_[index];
  const auto key = next_lane_++;
  Lane lane{.source = index, .asked = {.range = {}, .size = size_, .tag = source.etag}};
  auto fields = credentials(source.origin->endpoint, source.at);
  if (source.ranges) {
    const auto range = plan_->give(key);
    if (!range) return false;
    lane.asked.range = *range;
    fields.push_back(fmt::format("Range: bytes={}-{}", range->begin, range->end - 1));
    if (source.etag.starts_with('"')) fields.push_back("If-Range: " + source.etag);
  } else {
    lane.skip_to = arrived().front();
    lane.asked.range = {.begin = 0, .end = size_};
    plan_->give_rest(key, lane.skip_to);
  }
  lane.at = lane.asked.range.begin;
  lane.noted = std::max(lane.at, lane.skip_to);
  lanes_.emplace(key, std::move(lane));
  const auto id = connections_.start(
      {.url = source.at,
       .fields = std::move(fields),
       .speed_limit = order_.speed_limit / count_.count(),
       .on_head = [this, key](const HttpHead& head) { return take_head(key, head); },
       .on_body = [this, key](std::span<const char> bytes) { return take_body(key, bytes); }});
  requests_[id] = key;
  return true;
}

Verdict TransferRun::take_head(Key key, const HttpHead& head) {
  auto& lane = lanes_.at(key);
  auto judgement = judge(head, lane.asked, sources_[lane.source].at.shown());
  if (judgement.kind == Kind::take) return Verdict::go_on;
  lane.problem = std::move(judgement);
  return Verdict::stop;
}

Verdict TransferRun::take_body(Key key, std::span<const char> bytes) {
  auto& lane = lanes_.at(key);
  auto& source = sources_[lane.source];
  if (bytes.size() > lane.asked.range.end - lane.at) {
    lane.problem = {
        .kind = Kind::wrong,
        .error = {.kind = ErrorKind::upstream,
                  .message = fmt::format("{} sends more than was asked for", source.at.shown())}};
    return Verdict::stop;
  }
  fetched_ += bytes.size();
  const auto end = plan_->end_of(key);  // another lane may have taken the rest of the part over
  const auto mine = bytes.first(std::min<std::uint64_t>(bytes.size(), end - lane.at));
  if (!put(lane, mine)) return Verdict::stop;
  lane.at += mine.size();
  plan_->advance(key, lane.at);
  source.failures = 0;
  source.moves = 0;
  trouble_.clear();
  if (lane.at > lane.noted && lane.at - lane.noted >= limits::kJournalStep.bytes()) note(lane);
  const bool shortened = end < lane.asked.range.end;
  return shortened && lane.at == end ? Verdict::stop : Verdict::go_on;
}

/// Writes what is new of the bytes at the lane's place. False when that failed for good.
bool TransferRun::put(Lane& lane, std::span<const char> bytes) {
  auto at = lane.at;
  if (at < lane.skip_to) {
    const auto known = std::min<std::uint64_t>(bytes.size(), lane.skip_to - at);
    bytes = bytes.subspan(known);
    at += known;
  }
  if (mode_ == Mode::fetch) {
    const auto put = part_->write(at, bytes);
    if (!put) fatal_ = put.error();
    return put.has_value();
  }
  const auto was_other = part_->replace(at, bytes);
  if (!was_other) {
    fatal_ = was_other.error();
  } else if (*was_other) {
    repaired_.add({.begin = at, .end = at + bytes.size()});
  }
  return was_other.has_value();
}

void TransferRun::note(Lane& lane) {
  if (lane.at <= lane.noted) return;
  const Range range{.begin = lane.noted, .end = lane.at};
  lane.noted = lane.at;
  if (mode_ == Mode::repair) {
    fresh_.add(range);
  } else if (auto noted = part_->note(range); !noted) {
    fatal_ = noted.error();
  }
}

void TransferRun::end_lane(Key key, const HttpResult& result) {
  auto lane = std::move(lanes_.at(key));
  lanes_.erase(key);
  // Of an answer that went wrong only what was noted before counts.
  if (!lane.problem) note(lane);
  const bool complete = lane.noted >= plan_->end_of(key);
  plan_->release(key, lane.noted);
  auto& source = sources_[lane.source];
  if (lane.problem) {
    trouble(source, *lane.problem);
  } else if (!complete && !fatal_) {
    auto error = result.error;
    if (result.end != HttpEnd::failed) {
      error = {.kind = ErrorKind::upstream,
               .message = fmt::format("{} sends less than was asked for", source.at.shown())};
    }
    trouble(source, {.kind = Kind::busy, .error = std::move(error)});
  }
}

}  // namespace llf::hub
