#pragma once

#include "config/settings.hpp"
#include "gateway/measurements.hpp"
#include "gguf/demand.hpp"
#include "hub/download.hpp"
#include "hub/model_catalog.hpp"
#include "json/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llf::gateway {

/// What a model has to fit into.
struct MachineFacts {
  std::uint64_t memory = 0;         ///< bytes of RAM
  std::uint64_t available = 0;      ///< of them, now
  std::uint64_t bandwidth = 0;      ///< bytes a second from memory; 0: not measured
  std::uint64_t gpu = 0;            ///< bytes of the GPUs' own memory
  std::uint64_t gpu_available = 0;  ///< of them, now
};

/// How well it does.
enum class Fit : std::uint8_t {
  yes,    ///< now
  tight,  ///< when other programs leave room
  no,
};

[[nodiscard]] std::string_view to_string(Fit fit);

/// Judges a plan of so many bytes. Pure, as are the others.
[[nodiscard]] Fit judge_fit(std::uint64_t bytes, const MachineFacts& machine);

/// How many tokens a second a model may reach with a nearly empty context; 0: not known, as of
/// GPUs, whose memory nobody has measured.
[[nodiscard]] double estimate_speed(const gguf::Demand& demand, const MachineFacts& machine);

/// A way to have a model.
struct FitCase {
  std::string_view label;  ///< its quantisation
  gguf::Demand demand;
  std::optional<Measured> measured{};  ///< when it ran here
};

/// The bytes of memory that a model takes when it is loaded so: as planned, corrected by what the
/// plan was wrong by when it ran.
[[nodiscard]] std::uint64_t memory_of(const FitCase& one, const gguf::Loading& loading);

/// How somebody wants a model to be loaded; the settings say the rest.
struct WantedLoading {
  std::optional<std::uint64_t> context;
  std::optional<std::uint64_t> slots;
};

/// How a model of that size would be loaded. A context that nobody named for it is no larger than
/// the one that it was trained for, as its workers have it.
[[nodiscard]] gguf::Loading loading_of(const WantedLoading& wanted,
                                       const config::Settings::Engine& engine, ByteSize size,
                                       const gguf::Demand& demand);

/// What chooses among the quantisations of a model: those that may fit, as rank_fits shows them.
[[nodiscard]] hub::FitsHere fits_here(const WantedLoading& wanted,
                                      const config::Settings::Engine& engine,
                                      const MachineFacts& machine);

/// Its memory, whether it fits, how fast: what was measured takes the place of what is estimated.
[[nodiscard]] json::Object fit_json(const FitCase& one, const gguf::Loading& loading,
                                    const MachineFacts& machine);

/// fit_json of each: those that fit first, then those that may, of each the largest first, which is
/// the best. The first of `cases` is marked as the one that is chosen.
[[nodiscard]] json::Array rank_fits(const std::vector<FitCase>& cases, const gguf::Loading& loading,
                                    const MachineFacts& machine);

/// What an entry of the catalog would ask for in one of its quantisations.
[[nodiscard]] gguf::Demand demand_of(const hub::CatalogModel& model,
                                     const hub::CatalogModel::Quantisation& quantisation);

/// The models of the catalog that are of use on this machine, the best first: each in the usual
/// quantisation that fits, those that are too slow to talk to last. `use` ("code"): only those that
/// are for it; empty: those to chat with.
[[nodiscard]] json::Array recommend(const std::vector<hub::CatalogModel>& catalog,
                                    std::string_view use, const MachineFacts& machine);

}  // namespace llf::gateway
