#include "hub/choice.hpp"

#include "base/ascii.hpp"
#include "store/file_label.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <tuple>
#include <utility>

namespace llf::hub {
namespace {

using store::FileLabel;
using FileKind = FileLabel::Kind;

struct Labelled {
  FileLabel label;
  RemoteFile file;
};

/// Files of one model: of the same folder, stem and number of parts.
using Key = std::tuple<std::string, std::string, std::uint32_t>;

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

std::map<Key, std::vector<Labelled>> groups_of(const Repository& repository, FileKind kind) {
  std::map<Key, std::vector<Labelled>> groups;
  for (const auto& file : repository.files) {
    auto label = store::label_of(file.path);
    if (label.kind != kind || !file.sha256) continue;
    auto& group = groups[Key(folder_of(file.path), label.stem, label.parts)];
    group.push_back({.label = std::move(label), .file = file});
  }
  return groups;
}

/// The model's files when all parts are there, once each.
std::optional<std::vector<RemoteFile>> whole_model(std::vector<Labelled> group) {
  std::ranges::sort(group, {}, [](const Labelled& one) { return one.label.part; });
  std::vector<RemoteFile> files;
  for (auto& one : group) {
    if (one.label.part != files.size() + 1) return std::nullopt;
    files.push_back(std::move(one.file));
  }
  return files.size() == group.front().label.parts ? std::optional(std::move(files)) : std::nullopt;
}

std::optional<RemoteFile> projector_of(const Repository& repository) {
  std::vector<Labelled> all;
  for (auto& [key, group] : groups_of(repository, FileKind::projector)) {
    std::ranges::move(group, std::back_inserter(all));
  }
  const auto best = std::ranges::max_element(all, {}, [](const Labelled& one) {
    return store::projector_rank(one.label, one.file.size.bytes());
  });
  return best == all.end() ? std::nullopt : std::optional(best->file);
}

/// How far from the usual one a quantisation is.
std::size_t distance(std::string_view label) {
  constexpr std::array<std::string_view, 17> kUsual{
      "Q4_K_M", "UD-Q4_K_XL", "Q4_K_S", "IQ4_NL", "IQ4_XS", "Q4_0", "MXFP4", "Q5_K_M", "Q5_K_S",
      "Q6_K",   "Q8_0",       "Q3_K_M", "Q3_K_S", "Q2_K",   "F16",  "BF16",  "F32"};
  const auto at = std::ranges::find(kUsual, label);
  return static_cast<std::size_t>(std::distance(kUsual.begin(), at));
}

bool is_meant(const Choice& choice, std::string_view wanted) {
  const auto lower = ascii_lower(wanted);
  const auto label = ascii_lower(choice.label);
  if (lower == label || "ud-" + lower == label) return true;
  const auto path = ascii_lower(choice.model.front().path);
  const auto name = path.substr(path.rfind('/') + 1);
  return lower == path || lower == name || lower + ".gguf" == name ||
         lower == ascii_lower(store::label_of(path).stem);
}

std::unexpected<Error> not_there(const Repository& repository, std::string_view wanted,
                                 const std::vector<Choice>& choices) {
  std::vector<std::string> labels;
  labels.reserve(choices.size());
  for (const auto& choice : choices) labels.push_back(choice.label);
  return failure(ErrorKind::not_found,
                 fmt::format("{} has no '{}'. It has: {}", repository.name.str(), wanted,
                             fmt::join(labels, ", ")));
}

}  // namespace

ByteSize Choice::size() const {
  std::uint64_t bytes = 0;
  for (const auto& file : files()) bytes += file.size.bytes();
  return ByteSize(bytes);
}

std::vector<RemoteFile> Choice::files() const {
  auto all = model;
  if (projector) all.push_back(*projector);
  return all;
}

std::vector<Choice> choices_of(const Repository& repository) {
  const auto projector = projector_of(repository);
  std::vector<Choice> choices;
  std::map<std::string, int> uses;
  std::vector<std::string> stems;
  for (auto& [key, group] : groups_of(repository, FileKind::model)) {
    const auto label = group.front().label;
    auto files = whole_model(std::move(group));
    if (!files) continue;
    ++uses[label.quantisation];
    stems.push_back(label.stem);
    choices.push_back(
        {.label = label.quantisation, .model = *std::move(files), .projector = projector});
  }
  for (std::size_t i = 0; i < choices.size(); ++i) {
    auto& label = choices[i].label;
    if (label.empty() || uses[label] > 1) label = stems[i];
  }
  std::ranges::sort(choices, {}, [](const Choice& choice) {
    return std::tuple(choice.size().bytes(), choice.label);
  });
  return choices;
}

Expected<Choice> choose(const Repository& repository, std::string_view wanted, const Fits& fits) {
  const auto choices = choices_of(repository);
  if (choices.empty()) {
    return failure(ErrorKind::invalid,
                   fmt::format("{} has no GGUF files: llf runs GGUF models only. Search for one "
                               "with `llf model search {}`",
                               repository.name.str(),
                               repository.name.str().substr(repository.name.str().find('/') + 1)));
  }
  if (!wanted.empty()) {
    const auto meant =
        std::ranges::find_if(choices, [&](const Choice& one) { return is_meant(one, wanted); });
    if (meant == choices.end()) return not_there(repository, wanted, choices);
    return *meant;
  }
  const Choice* best = nullptr;
  for (const auto& choice : choices) {
    if (fits && !fits(choice)) continue;
    if (best == nullptr || distance(choice.label) < distance(best->label)) best = &choice;
  }
  return best == nullptr ? choices.front() : *best;
}

}  // namespace llf::hub
