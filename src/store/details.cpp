#include "store/details.hpp"

#include "store/digest.hpp"
#include "store/gguf_file.hpp"
#include "store/template_check.hpp"

namespace llf::store {
namespace {

Expected<gguf::Facts> facts_of_file(const std::string& path) {
  const auto header = read_gguf(path);
  if (!header) return failure(header.error());
  return gguf::facts_of(*header);
}

}  // namespace

Expected<Details> read_details(const ModelFile& model) {
  auto facts = facts_of_file(model.path);
  if (!facts) return failure(facts.error());
  for (const auto& path : model.further) {
    const auto part = facts_of_file(path);
    if (!part) return failure(part.error());
    facts->parameters += part->parameters;
    facts->weights = ByteSize(facts->weights.bytes() + part->weights.bytes());
  }
  if (!model.projector.empty()) {
    const auto projector = facts_of_file(model.projector);
    if (!projector) return failure(projector.error());
    facts->modalities = projector->modalities;
  }
  Details details{.facts = *std::move(facts), .template_hash = {}, .template_warnings = {}};
  const auto& chat_template = details.facts.chat_template;
  if (!chat_template.empty()) details.template_hash = sha256(chat_template).hex();
  details.template_warnings = suspicious_parts(chat_template);
  return details;
}

}  // namespace llf::store
