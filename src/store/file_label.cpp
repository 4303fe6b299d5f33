#include "store/file_label.hpp"

#include "base/ascii.hpp"
#include "base/limits.hpp"
#include "base/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace llf::store {
namespace {

constexpr std::string_view kExtension = ".gguf";
constexpr std::size_t kDigits = 5;  // of "-00001-of-00003"

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Takes "-00001-of-00003" off the end of `stem`.
void take_part(std::string_view& stem, FileLabel& label) {
  constexpr std::string_view kOf = "-of-";
  constexpr auto kLength = 1 + kDigits + kOf.size() + kDigits;
  if (stem.size() <= kLength) return;
  const auto tail = stem.substr(stem.size() - kLength);
  const auto number = tail.substr(1, kDigits);
  const auto count = tail.substr(kLength - kDigits);
  if (tail.front() != '-' || tail.substr(1 + kDigits, kOf.size()) != kOf) return;
  if (!std::ranges::all_of(number, is_digit) || !std::ranges::all_of(count, is_digit)) return;
  label.part = parse_number<std::uint32_t>(number).value_or(1);
  label.parts = parse_number<std::uint32_t>(count).value_or(1);
  stem.remove_suffix(kLength);
}

/// The quantisation that ends `word`, behind an underscore or as the whole of it:
/// "model_q4_k_m".
std::optional<std::string_view> at_end_of(std::string_view word) {
  for (std::size_t at = 0; at != std::string_view::npos && at < word.size();) {
    if (is_quantisation(word.substr(at))) return word.substr(at);
    const auto next = word.find('_', at);
    at = next == std::string_view::npos ? next : next + 1;
  }
  return std::nullopt;
}

std::string quantisation_in(std::string_view stem) {
  auto rest = stem;
  while (!rest.empty()) {
    const auto at = rest.find_last_of("-.");
    const auto word = at == std::string_view::npos ? rest : rest.substr(at + 1);
    rest = at == std::string_view::npos ? std::string_view() : rest.substr(0, at);
    const auto found = at_end_of(word);
    if (!found) continue;
    const bool dynamic = found->size() == word.size() && ascii_upper(rest).ends_with("UD");
    return (dynamic ? "UD-" : "") + ascii_upper(*found);
  }
  return {};
}

}  // namespace

bool is_quantisation(std::string_view word) {
  constexpr std::array<std::string_view, 9> kWhole{"F16",   "F32",       "BF16",  "FP16", "FP32",
                                                   "MXFP4", "MXFP4_MOE", "NVFP4", "FP8"};
  auto name = ascii_upper(word);
  if (name.starts_with("UD-")) name.erase(0, 3);
  if (std::ranges::find(kWhole, name) != kWhole.end()) return true;
  std::string_view rest = name;
  for (const std::string_view family : {"IQ", "TQ", "Q"}) {
    if (!rest.starts_with(family)) continue;
    rest.remove_prefix(family.size());
    // A digit, then groups of letters and digits: "4", "4_K_M", "4_0_4_8", "2_XXS", "8_0".
    if (rest.empty() || !is_digit(rest.front())) return false;
    return (rest.size() == 1 || rest[1] == '_') && rest.back() != '_' &&
           std::ranges::all_of(
               rest, [](char c) { return is_digit(c) || c == '_' || (c >= 'A' && c <= 'Z'); });
  }
  return false;
}

FileLabel label_of(std::string_view path) {
  FileLabel label;
  const auto slash = path.rfind('/');
  const auto folder = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
  auto stem = slash == std::string_view::npos ? path : path.substr(slash + 1);
  if (!ascii_lower(stem).ends_with(kExtension)) return label;
  stem.remove_suffix(kExtension.size());
  take_part(stem, label);
  if (stem.empty() || stem == "." || stem == "..") return label;
  label.stem = stem;
  label.quantisation = quantisation_in(stem);
  if (label.quantisation.empty() && !folder.empty()) {
    label.quantisation = quantisation_in(folder.substr(folder.rfind('/') + 1));
  }
  const auto name = ascii_lower(stem);
  const bool sane =
      label.part >= 1 && label.part <= label.parts && label.parts <= limits::kModelParts;
  if (name.contains("imatrix") || !sane) return label;
  label.kind = name.contains("mmproj") ? FileLabel::Kind::projector : FileLabel::Kind::model;
  return label;
}

std::string name_of_part(std::string_view stem, std::uint32_t part, std::uint32_t parts) {
  return fmt::format("{}-{:05}-of-{:05}{}", stem, part, parts, kExtension);
}

std::string folder_of_their_own(std::span<const std::string> paths) {
  std::string folder;
  bool has_projector = false;
  for (const auto& path : paths) {
    auto label = label_of(path);
    has_projector = has_projector || label.kind == FileLabel::Kind::projector;
    if (folder.empty() && label.kind == FileLabel::Kind::model) folder = std::move(label.stem);
  }
  if (!has_projector) return {};
  for (auto at = folder.find("--"); at != std::string::npos; at = folder.find("--")) {
    folder.erase(at, 1);
  }
  return folder;
}

std::pair<bool, std::uint64_t> projector_rank(const FileLabel& label, std::uint64_t size) {
  return {label.quantisation == "F16", size};
}

}  // namespace llf::store
