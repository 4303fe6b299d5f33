#include "store/digest_file.hpp"

#include "base/limits.hpp"
#include "os/atomic_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace llf::store {
namespace {

constexpr std::string_view kComment = "# ";

/// Takes the first line off a text.
std::string_view take_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  const auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

}  // namespace

std::filesystem::path digest_file_of(const std::filesystem::path& file) {
  auto path = file;
  return path += ".sha256";
}

std::optional<Digest> read_digest_text(std::string_view text, std::string_view name) {
  auto line = take_line(text);
  while (line.starts_with(kComment)) line = take_line(text);
  line = line.substr(0, line.find('\r'));
  const auto space = std::min(line.find(' '), line.size());
  const auto path = line.substr(std::min(line.find_first_not_of(" *", space), line.size()));
  const auto named = path.substr(path.rfind('/') + 1);
  const bool of_this = space == line.size() || named == name;
  return of_this ? Digest::parse(line.substr(0, space)) : std::nullopt;
}

Expected<void> keep_digest(const std::filesystem::path& file, const KeptDigest& kept) {
  const auto source =
      kept.source.empty() ? std::string() : fmt::format("{}{}\n", kComment, kept.source);
  constexpr unsigned kForAll = 0644;
  return os::replace_file(
      digest_file_of(file),
      fmt::format("{}{}  {}\n", source, kept.sha256.hex(), file.filename().native()), kForAll);
}

std::optional<KeptDigest> kept_digest(const std::filesystem::path& file) {
  const auto text = os::read_file(digest_file_of(file), limits::kManifestFile);
  if (!text) return std::nullopt;
  const auto digest = read_digest_text(*text, file.filename().native());
  if (!digest) return std::nullopt;
  std::string_view rest = *text;
  const auto first = take_line(rest);
  const auto source = first.starts_with(kComment) ? first.substr(kComment.size()) : "";
  return KeptDigest{.sha256 = *digest, .source = std::string(source)};
}

}  // namespace llf::store
