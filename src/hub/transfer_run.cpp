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

std::unexpected<Error> stopped() {
  return failure(ErrorKind::cancelled, "the download was stopped");
}

}  // namespace

TransferRun::TransferRun(Connections& connections, const TransferOrder& order,
                         const ProgressReport& report, const std::stop_token& stop)
    : connections_(connections),
      order_(order),
      report_(report),
      stop_(stop),
      size_(order.size.value_or(0)),
      promised_(order.sha256),
      count_(limits::kFirstConnections, limits::kMostConnections),
      senders_(order.origins.size()),
      before_(senders_),
      came_(mono_now()) {
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
  // What nothing tells apart from another file is not gone on with: no two tries have one tag.
  const bool known = !located->etag.empty() || !located->modified.empty();
  return fmt::format("{} {} {} {}", located->origin->url.str(), located->etag, located->modified,
                     known ? 0 : mono_now().time_since_epoch().count());
}

/// Ends what runs: its readers point here.
void TransferRun::drop_requests() {
  for (const auto& [id, source] : looks_) connections_.drop(id);
  for (const auto& [id, lane] : requests_) connections_.drop(id);
  looks_.clear();
  requests_.clear();
  lanes_.clear();
  for (auto& source : sources_) source.looking = false;
}

const RangeSet& TransferRun::arrived() const {
  return round_.mode == Mode::fetch ? part_->written() : fresh_;
}

Expected<store::HashedFile> TransferRun::fetch(PartFile& part, Round round) {
  drop_requests();  // of an earlier round, whose parts are no longer given
  part_ = &part;
  round_ = std::move(round);
  before_ = senders_;
  fresh_ = round_.right;
  plan_.emplace(size_, arrived(), limits::kPart.bytes(), limits::kLeastSplit.bytes());
  FrontHash hash(part.fd());
  Expected<void> going;
  while (going && !hash.failed() && arrived().total() < size_) {
    hash.advance(arrived().front());
    verified_ = hash.done();
    going = step();
  }
  for (auto& [key, lane] : lanes_) note(lane);
  if (!going) return failure(going.error());
  // What is left of the hash of a large file: it can be stopped and watched.
  while (size_ - hash.done() > limits::kSyncStep.bytes() && !hash.failed()) {
    if (stop_.stop_requested()) return stopped();
    hash.advance(size_);
    verified_ = hash.done();
    static_cast<void>(connections_.wait(limits::kTransferStep));
    tell(mono_now());
  }
  return hash.finish(size_);
}

/// Begins or goes on with what there is to do, and waits for something to happen.
Expected<void> TransferRun::step() {
  if (stop_.stop_requested()) return stopped();
  const auto now = mono_now();
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const auto& source = sources_[i];
    const bool idle = !source.located && !source.looking && !source.given_up;
    if (idle && takes_part(i) && now >= source.not_before) look(i);
  }
  if (plan_) fill();
  for (const auto& result : connections_.wait(limits::kTransferStep)) {
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
  std::optional<Error> why;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    if (!takes_part(i)) continue;
    if (!sources_[i].given_up) return std::nullopt;
    if (!why) why = sources_[i].given_up;
  }
  return why;
}

bool TransferRun::takes_part(std::size_t index) const {
  return round_.mode != Mode::alone || round_.source == index;
}

bool TransferRun::can_be_asked(std::size_t index) const {
  const auto& source = sources_[index];
  return takes_part(index) && source.located && !source.given_up && mono_now() >= source.not_before;
}

void TransferRun::tell(MonoTime now) {
  if (now - told_ < limits::kTransferTold) return;
  told_ = now;
  count_.measure(now, fetched_);
  if (!report_) return;
  auto trouble = trouble_;
  if (const auto silent = now - came_;
      trouble.empty() && silent >= limits::kTransferSilence && !lanes_.empty()) {
    trouble = fmt::format("nothing has come for {} s",
                          std::chrono::duration_cast<std::chrono::seconds>(silent).count());
  }
  report_({.done = part_ == nullptr ? 0 : arrived().total(),
           .size = size_,
           .verified = verified_,
           .connections = lanes_.size(),
           .trouble = std::move(trouble)});
}

/// The sources that can be asked now, those first that have the fewest connections. One without
/// ranges serves only when nothing else does.
std::vector<std::size_t> TransferRun::free_sources() const {
  std::vector<std::size_t> free;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    if (can_be_asked(i)) free.push_back(i);
  }
  const auto ranged = [this](std::size_t i) { return sources_[i].ranges; };
  if (!lanes_.empty() || std::ranges::any_of(free, ranged)) {
    std::erase_if(free, [&](std::size_t i) { return !ranged(i); });
  }
  std::ranges::sort(free, {}, [this](std::size_t i) {
    const auto source = [](const auto& entry) { return entry.second.source; };
    return std::pair(std::ranges::count(lanes_, i, source), i);
  });
  return free;
}

/// What a source is not asked for: in a repair, what it sent itself, while another one can send it.
RangeSet TransferRun::barred(std::size_t index) const {
  if (round_.mode != Mode::repair) return {};
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    if (i != index && can_be_asked(i) && sources_[i].ranges) return before_.of(index);
  }
  return {};
}

/// Connections at once: a limit of the speed is kept with few.
std::size_t TransferRun::most_lanes() const {
  const bool limited = order_.speed != nullptr && order_.speed->is_set();
  return limited ? std::min(count_.count(), limits::kLimitedConnections) : count_.count();
}

void TransferRun::fill() {
  const bool one_only = std::ranges::any_of(
      lanes_, [this](const auto& entry) { return !sources_[entry.second.source].ranges; });
  while (!one_only && lanes_.size() < most_lanes()) {
    const auto sources = free_sources();
    if (sources.empty()) return;
    const auto begun =
        std::ranges::find_if(sources, [this](std::size_t index) { return start_lane(index); });
    if (begun == sources.end()) {
      drop_slowest(mono_now());
      return;
    }
    if (!sources_[*begun].ranges) return;
  }
}

/// When nothing is left to give away: ends a lane that would keep the whole waiting, while others
/// were much faster, so that one of them fetches its rest.
void TransferRun::drop_slowest(MonoTime now) {
  for (auto& [key, lane] : lanes_) {
    const auto seconds = std::chrono::duration<double>(now - lane.since).count();
    if (now - lane.since < limits::kConnectionReview) continue;
    const auto rate = static_cast<double>(lane.at - lane.mark) / seconds;
    const auto left = static_cast<double>(plan_->end_of(key) - lane.at);
    lane.since = now;
    lane.mark = lane.at;
    best_rate_ = std::max(best_rate_, rate);
    const auto most = std::chrono::duration<double>(limits::kConnectionRest).count();
    if (left <= rate * most || rate * limits::kConnectionFaster > best_rate_) continue;
    const auto request = lane.request;
    connections_.drop(request);
    requests_.erase(request);
    end_lane(
        key,
        {.id = request,
         .end = HttpEnd::failed,
         .error = {.kind = ErrorKind::timeout,
                   .message = fmt::format("{} is very slow", sources_[lane.source].at.shown())}});
    return;
  }
}

/// False when there is nothing (more) to fetch.
bool TransferRun::start_lane(std::size_t index) {
  const auto& source = sources_[index];
  const auto key = next_lane_++;
  Lane lane{.source = index, .asked = asked_of(source)};
  auto fields = credentials(source.origin->endpoint, source.at);
  if (source.ranges) {
    const auto range = plan_->give(key, barred(index));
    if (!range) return false;
    lane.asked.range = *range;
    fields.push_back(fmt::format("Range: bytes={}-{}", range->begin, range->end - 1));
    const auto& same = source.etag.starts_with('"') ? source.etag : source.modified;
    if (!same.empty()) fields.push_back("If-Range: " + same);
  } else {
    lane.asked.range = {.begin = 0, .end = size_};
    plan_->give_rest(key, arrived().front());
  }
  lane.at = lane.asked.range.begin;
  lane.noted = source.ranges ? lane.at : arrived().front();
  lane.since = mono_now();
  lane.mark = lane.at;
  lane.request = connections_.start(
      {.url = source.at,
       .fields = std::move(fields),
       .on_head = [this, key](const HttpHead& head) { return take_head(key, head); },
       .on_body = [this, key](std::span<const char> bytes) { return take_body(key, bytes); }});
  requests_[lane.request] = key;
  lanes_.emplace(key, std::move(lane));
  return true;
}

/// What a file must look like to be the one that was found. A promised hash is worth more than what
/// servers say of a file, which differs from one to the next.
Asked TransferRun::asked_of(const Source& source) const {
  const bool strong = source.etag.starts_with('"');
  return {.range = {},
          .size = size_,
          .tag = strong || !promised_ ? source.etag : std::string(),
          .modified = promised_ ? std::string() : source.modified};
}

Verdict TransferRun::take_head(Key key, const HttpHead& head) {
  auto& lane = lanes_.at(key);
  auto judgement = judge(head, lane.asked, sources_[lane.source].at.shown());
  if (judgement.kind == Kind::take) return Verdict::go_on;
  lane.problem = std::move(judgement);
  return Verdict::stop;
}

Verdict TransferRun::take_body(Key key, std::span<const char> bytes) {
  if (order_.speed != nullptr && !order_.speed->take(bytes.size(), mono_now())) {
    return Verdict::later;
  }
  auto& lane = lanes_.at(key);
  const auto& source = sources_[lane.source];
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
  came_ = mono_now();
  if (lane.at > lane.noted && lane.at - lane.noted >= limits::kJournalStep.bytes()) note(lane);
  const bool shortened = end < lane.asked.range.end;
  return shortened && lane.at == end ? Verdict::stop : Verdict::go_on;
}

/// Writes what is new of the bytes at the lane's place: what is there may be hashed already. False
/// when that failed for good.
bool TransferRun::put(const Lane& lane, std::span<const char> bytes) {
  const auto end = lane.at + bytes.size();
  for (auto at = lane.at; at < end;) {
    const auto gap = arrived().first_gap(at, end, end - at);
    if (!gap) return true;
    const auto fresh = bytes.subspan(gap->begin - lane.at, gap->size());
    if (!write(lane.source, *gap, fresh)) return false;
    at = gap->end;
  }
  return true;
}

bool TransferRun::write(std::size_t source, Range range, std::span<const char> bytes) {
  if (round_.mode == Mode::fetch) {
    const auto written = part_->write(range.begin, bytes);
    if (written) senders_.wrote(source, range);
    if (!written) fail(written.error());
    return written.has_value();
  }
  const auto others = part_->replace(range.begin, bytes);
  if (!others) {
    fail(others.error());
    return false;
  }
  if (*others) {
    repaired_.add(**others);
    senders_.differed(source, **others);
  }
  senders_.agreed(source, range);
  return true;
}

void TransferRun::fail(Error error) {
  if (!fatal_) fatal_ = std::move(error);
}

void TransferRun::note(Lane& lane) {
  if (lane.at <= lane.noted) return;
  const Range range{.begin = lane.noted, .end = lane.at};
  lane.noted = lane.at;
  // Only what counts ends a row of failures: else a server that spoils every answer goes on for
  // ever.
  auto& source = sources_[lane.source];
  source.failures = 0;
  source.moves = 0;
  trouble_.clear();
  if (round_.mode != Mode::fetch) {
    fresh_.add(range);
  } else if (auto noted = part_->note(range); !noted) {
    fail(noted.error());
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
    // Nothing tells whether the rest would be of the same file: all of it is fetched again.
    const bool same = promised_ || !source.etag.empty() || !source.modified.empty();
    const auto kind = is_lasting(result.error) ? Kind::refused : same ? Kind::busy : Kind::changed;
    trouble(source, {.kind = kind, .error = std::move(error)});
  }
}

}  // namespace llf::hub
