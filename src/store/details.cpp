#include "store/details.hpp"

#include "gguf/saturating.hpp"
#include "store/digest.hpp"
#include "store/gguf_file.hpp"
#include "store/template_check.hpp"

#include <utility>

namespace llf::store {
namespace {

struct FileDetails {
  gguf::Facts facts;
  gguf::Demand demand;
};

Expected<FileDetails> details_of_file(const std::string& path) {
  const auto header = read_gguf(path);
  if (!header) return failure(header.error());
  return FileDetails{.facts = gguf::facts_of(*header), .demand = gguf::demand_of(*header)};
}

}  // namespace

Expected<Details> read_details(const ModelFile& model) {
  auto first = details_of_file(model.path);
  if (!first) return failure(first.error());
  Details details{.facts = std::move(first->facts), .demand = first->demand};
  for (const auto& path : model.further) {
    const auto part = details_of_file(path);
    if (!part) return failure(part.error());
    details.facts.parameters = gguf::sum_of(details.facts.parameters, part->facts.parameters);
    details.facts.weights = ByteSize(details.facts.weights.bytes() + part->facts.weights.bytes());
    details.demand.add(part->demand);
  }
  if (!model.projector.empty()) {
    const auto projector = details_of_file(model.projector);
    if (!projector) return failure(projector.error());
    details.facts.modalities = projector->facts.modalities;
    details.demand.add(projector->demand);
  }
  const auto& chat_template = details.facts.chat_template;
  if (!chat_template.empty()) details.template_hash = sha256(chat_template).hex();
  details.template_warnings = suspicious_parts(chat_template);
  return details;
}

}  // namespace llf::store
