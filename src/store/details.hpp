#pragma once

#include "base/expected.hpp"
#include "gguf/demand.hpp"
#include "gguf/facts.hpp"
#include "store/model_file.hpp"

#include <string>
#include <vector>

namespace llf::store {

/// What the headers of a model's files say.
struct Details {
  gguf::Facts facts;          ///< parameters and weights of all parts, modalities of the projector
  gguf::Demand demand;        ///< of all parts and the projector together
  std::string template_hash;  ///< SHA-256 of the chat template, hexadecimal; empty: it has none
  std::vector<std::string> template_warnings;  ///< see suspicious_parts
  std::string base{};                          ///< the repository that it was made from, if known
  bool template_as_base = true;                ///< whether its template is that of `base`
};

/// Reads the headers of a model and its projector. Errors: those of read_gguf. Blocks. Any thread.
[[nodiscard]] Expected<Details> read_details(const ModelFile& model);

}  // namespace llf::store
