#pragma once

#include "gateway/api.hpp"
#include "json/json.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

namespace llf::gateway {

/// Adds up what the answers to a request used, which llama-server tells of each by itself: the
/// tokens of a prompt once, however many answers it has, and those of all answers. One thread.
class UsageSum {
 public:
  /// `choices` is how many answers each prompt has.
  UsageSum(Api api, std::size_t choices) : api_(api), choices_(choices) {}

  /// The `usage` of one answer, whose index it is; of a chat that does not matter.
  void add(std::int64_t index, const json::Object& usage);

  [[nodiscard]] std::size_t answers() const { return answers_; }

  /// In the shape of one; of a single answer its own, with everything that it tells.
  [[nodiscard]] json::Object total() const;

 private:
  struct Prompt {
    std::int64_t tokens = 0;
    std::int64_t cached = 0;
  };

  Api api_;
  std::size_t choices_;
  std::size_t answers_ = 0;
  std::int64_t completion_ = 0;
  std::map<std::int64_t, Prompt> prompts_;
  json::Object first_;
};

/// Gives a stream that ends with what was used the shape that OpenAI's has: `usage` is null in
/// every event, and one more, without choices, tells it of all answers before the end. One of these
/// sees all events in their order. One thread.
class UsageShape {
 public:
  explicit UsageShape(UsageSum sum) : sum_(std::move(sum)) {}

  /// What the client gets for an event; nothing: none.
  [[nodiscard]] std::optional<json::Object> rewrite(json::Object event);

  /// The event before the end; nothing where the engine told nothing.
  [[nodiscard]] std::optional<json::Object> last() const;

 private:
  UsageSum sum_;
  json::Object last_;
};

/// The index of the answer that an event is about; 0 where it does not say. Pure.
[[nodiscard]] std::int64_t index_of_event(const json::Object& event);

}  // namespace llf::gateway
