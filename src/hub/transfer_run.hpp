#pragma once

#include "base/clock.hpp"
#include "hub/answer_check.hpp"
#include "hub/front_hash.hpp"
#include "hub/http.hpp"
#include "hub/part_file.hpp"
#include "hub/sender_log.hpp"
#include "hub/transfer.hpp"
#include "hub/transfer_plan.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace llf::hub {

/// One try at a transfer: from what is there to all bytes there. See transfer.hpp.
class TransferRun {
 public:
  enum class Mode : std::uint8_t {
    fetch,   ///< what is missing
    repair,  ///< all of it, each part from another source than sent it, comparing with what is
             ///< there
    alone,   ///< the same, all of it from one source
  };
  struct Round {
    Mode mode = Mode::fetch;
    std::size_t source = 0;  ///< of Mode::alone: its place in the order
    RangeSet right{};        ///< of all but Mode::fetch: what is there and need not come again
  };

  TransferRun(Connections& connections, const TransferOrder& order, const ProgressReport& report,
              const std::stop_token& stop);
  TransferRun(const TransferRun&) = delete;
  TransferRun& operator=(const TransferRun&) = delete;
  ~TransferRun() { drop_requests(); }

  /// Asks the origins until one tells the size. Errors: as of transfer.
  [[nodiscard]] Expected<std::uint64_t> find_size();

  /// What names the file's bytes, after find_size: its SHA-256, else the ETag.
  [[nodiscard]] std::string tag() const;

  /// What the hash must be, when that is known.
  [[nodiscard]] const std::optional<store::Digest>& promised() const { return promised_; }

  /// Fetches what a round asks for. Returns the hash of the whole. Errors: as of transfer.
  [[nodiscard]] Expected<store::HashedFile> fetch(PartFile& part, Round round);

  /// Whether a source will not be asked again, and why.
  [[nodiscard]] const std::optional<Error>& given_up(std::size_t source) const {
    return sources_.at(source).given_up;
  }
  [[nodiscard]] const SenderLog& senders() const { return senders_; }

  [[nodiscard]] std::uint64_t fetched() const { return fetched_; }
  [[nodiscard]] const RangeSet& repaired() const { return repaired_; }

 private:
  /// What is known of an origin.
  struct Source {
    const Origin* origin = nullptr;
    Url at;                ///< where it is asked: after redirects, which expire
    bool located = false;  ///< whether `at` was found to have the file
    bool looking = false;  ///< a request that looks for it runs
    HttpHead found;        ///< what that was answered
    int hops = 0;
    bool ranges = true;
    std::string etag;      ///< of `at`
    std::string modified;  ///< its Last-Modified
    int failures = 0;      ///< pauses in a row, without a byte between
    int moves = 0;         ///< the same of looking for it anew
    MonoTime not_before{};
    std::optional<Error> given_up;
  };

  /// A connection that fetches a part.
  struct Lane {
    std::size_t source = 0;
    Asked asked;
    std::size_t request = 0;
    std::uint64_t at = 0;     ///< the next byte
    std::uint64_t noted = 0;  ///< up to here the journal knows
    std::optional<Judgement> problem;
    MonoTime since{};  ///< when it was last looked at, and where it was then
    std::uint64_t mark = 0;
  };
  using Key = TransferPlan::Lane;

  // Finding the file: transfer_look.cpp
  void look(std::size_t index);
  void end_look(std::size_t index, const HttpResult& result);
  void looked(Source& source);
  void found(Source& source, std::uint64_t size);
  void trouble(Source& source, const Judgement& judgement);
  void pause(Source& source, const Judgement& judgement);

  // Fetching it: transfer_run.cpp
  [[nodiscard]] Expected<void> step();
  void fill();
  void drop_requests();
  void drop_slowest(MonoTime now);
  [[nodiscard]] std::size_t most_lanes() const;
  [[nodiscard]] bool takes_part(std::size_t index) const;
  [[nodiscard]] bool can_be_asked(std::size_t index) const;
  [[nodiscard]] std::vector<std::size_t> free_sources() const;
  [[nodiscard]] RangeSet barred(std::size_t index) const;
  [[nodiscard]] bool start_lane(std::size_t index);
  [[nodiscard]] Verdict take_head(Key key, const HttpHead& head);
  [[nodiscard]] Verdict take_body(Key key, std::span<const char> bytes);
  [[nodiscard]] Asked asked_of(const Source& source) const;
  [[nodiscard]] bool put(const Lane& lane, std::span<const char> bytes);
  [[nodiscard]] bool write(std::size_t source, Range range, std::span<const char> bytes);
  /// The run ends with `error`, or the one that came before it.
  void fail(Error error);
  void note(Lane& lane);
  void end_lane(Key key, const HttpResult& result);
  [[nodiscard]] const RangeSet& arrived() const;
  [[nodiscard]] std::optional<Error> hopeless() const;
  void tell(MonoTime now);

  Connections& connections_;
  const TransferOrder& order_;
  const ProgressReport& report_;
  const std::stop_token& stop_;
  std::vector<Source> sources_;
  std::map<std::size_t, std::size_t> looks_;  ///< requests that look for a source
  std::map<std::size_t, Key> requests_;       ///< requests of lanes
  std::map<Key, Lane> lanes_;
  Key next_lane_ = 0;
  std::uint64_t size_ = 0;
  std::optional<store::Digest> promised_;  ///< the SHA-256 of the order, or that an origin told
  std::optional<TransferPlan> plan_;
  ConnectionCount count_;
  PartFile* part_ = nullptr;
  Round round_;
  SenderLog senders_;
  SenderLog before_;   ///< the same when the round began
  RangeSet fresh_;     ///< of a repair: what came again
  RangeSet repaired_;  ///< and was another
  std::optional<Error> fatal_;
  std::string trouble_;
  std::uint64_t fetched_ = 0;
  std::uint64_t verified_ = 0;
  MonoTime told_{};
  MonoTime came_{};       ///< when the last byte came
  double best_rate_ = 0;  ///< bytes a second of the fastest lane so far
};

}  // namespace llf::hub
