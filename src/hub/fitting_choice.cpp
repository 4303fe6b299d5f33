#include "hub/fitting_choice.hpp"

#include "hub/remote_header.hpp"
#include "store/file_label.hpp"

#include <cstdint>
#include <optional>

namespace llf::hub {
namespace {

std::optional<gguf::Demand> look_into(const Session& session, const Repository& repository,
                                      const Choice& choice) {
  const auto& file = choice.model.front();
  const auto header =
      read_remote_header(session, file_url(session.endpoint, repository, file), file.size);
  return header ? std::optional(gguf::demand_of(*header)) : std::nullopt;
}

/// More than any model of that size asks for: where that fits, nobody need look.
gguf::Demand most_of(const Choice& choice) {
  constexpr std::uint64_t kTokens = 2048;  // whose context is as large as all weights
  constexpr std::uint64_t kEmbedding = 8192;
  constexpr std::uint64_t kFeedForward = 32768;
  constexpr std::uint64_t kVocabulary = 300'000;
  const auto size = choice.size().bytes();
  return {.weights = size,
          .repacked = size,
          .kv_per_token = size / kTokens,
          .embedding = kEmbedding,
          .feed_forward = kFeedForward,
          .vocabulary = kVocabulary};
}

}  // namespace

Expected<Choice> choose_fitting(const Session& session, const Repository& repository,
                                const FitsHere& fits) {
  const auto usual = choose(repository, "", {});
  if (!usual || !fits || choices_of(repository).size() < 2 || fits(most_of(*usual))) return usual;
  const auto seen = look_into(session, repository, *usual);
  return choose(repository, "", [&](const Choice& choice) {
    const auto size = choice.size().bytes();
    // Of the parts of a split model the first tells the shape, not how much there is of it.
    if (seen && choice.model == usual->model && choice.model.size() == 1) {
      auto whole = *seen;
      whole.add({.weights = gguf::rest_of(size, whole.weights)});
      return fits(whole);
    }
    const auto quantisation = store::label_of(choice.model.front().path).quantisation;
    return fits(gguf::resized(seen.value_or(gguf::Demand()), quantisation, size));
  });
}

}  // namespace llf::hub
