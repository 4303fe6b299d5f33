#pragma once

#include "base/clock.hpp"
#include "base/limits.hpp"
#include "gateway/engine_timings.hpp"
#include "gguf/demand.hpp"
#include "json/json.hpp"
#include "store/model_file.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace llf::gateway {

/// What a model took and did when it ran last.
struct Measured {
  std::uint64_t size = 0;  ///< bytes of its files: of another size it is another model
  std::uint64_t rss = 0;   ///< bytes of memory that its engine had
  std::uint64_t gpu = 0;   ///< and of GPUs' memory
  gguf::Loading loading;   ///< how it was loaded
  double tokens_per_s = 0;
  std::int64_t when = 0;  ///< seconds since 1970

  [[nodiscard]] std::uint64_t memory() const { return gguf::sum_of(rss, gpu); }
};

/// The measurements of the models of this home, by the paths of their files, kept in a file. They
/// are only an estimate's better half: what cannot be kept or read is forgotten. Loop thread.
class Measurements {
 public:
  explicit Measurements(std::filesystem::path file);

  /// Of the model of these files; nothing when it never ran.
  [[nodiscard]] std::optional<Measured> find(const std::string& path, ByteSize size) const;

  /// Keeps a measurement of an answer that is over, unless it is too short to tell, or one is kept
  /// that is nearly as new and of as much memory, which grows with the first answers. `measure` is
  /// asked for the rest.
  template <class Measure>
  void note(const std::string& path, const EngineSpeed& speed, Measure measure) {
    if (speed.tokens < limits::kTellingTokens || speed.tokens_per_s <= 0) return;
    Measured measured = measure();
    measured.tokens_per_s = speed.tokens_per_s;
    if (tells_more(path, measured)) keep(path, measured);
  }

 private:
  [[nodiscard]] bool tells_more(const std::string& path, const Measured& measured) const;
  void keep(const std::string& path, Measured measured);
  void load();
  void save() const;

  std::filesystem::path file_;
  std::map<std::string, Measured> models_;
  std::map<std::string, MonoTime> noted_;  ///< by this daemon
};

}  // namespace llf::gateway
