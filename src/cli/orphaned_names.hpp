#pragma once

#include "base/expected.hpp"
#include "cli/context.hpp"
#include "json/json.hpp"

#include <string>
#include <vector>

namespace llf::cli {

/// The names of the settings that mean a model which is about to be removed. Made before it goes.
class OrphanedNames {
 public:
  /// `model` is its name, `files` are its files. Errors: those of asking the daemon.
  [[nodiscard]] static Expected<OrphanedNames> of(Context& context, const std::string& model,
                                                  const json::Array& files);

  /// Takes out of the settings what means nothing any more, now that the model is gone: its
  /// aliases, and the default. Says so on stderr, and which profiles, which stay, have no model.
  /// Errors: those of asking the daemon and of settings files.
  [[nodiscard]] Expected<void> settle(Context& context) const;

 private:
  std::string model_;
  std::vector<std::string> profiles_;
  bool is_default_ = false;  ///< the settings' default names it
};

}  // namespace llf::cli
