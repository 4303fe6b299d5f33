#include "store/hub_repository.hpp"

#include "base/limits.hpp"
#include "base/utf8.hpp"
#include "os/atomic_file.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace llf::store {
namespace {

constexpr std::string_view kFolderPrefix = "models--";
constexpr std::string_view kFolderSlash = "--";
constexpr std::size_t kCommitDigits = 40;
constexpr std::size_t kNamePart = 96;  // characters, as the hub has it

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kNamePart && name.front() != '.' && name.front() != '-' &&
         name.back() != '.' && name.back() != '-' && !name.contains("--") && !name.contains("..") &&
         std::ranges::all_of(name, is_name_character);
}

bool is_file_name(std::string_view name) {
  const bool plain = std::ranges::none_of(name, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '\\' || c == ':';
  });
  return plain && !name.empty() && name != "." && name != ".." && name.size() <= limits::kHubPath &&
         repair_utf8(std::string(name)) == name;
}

}  // namespace

Expected<RepositoryName> RepositoryName::parse(std::string_view text) {
  const auto slash = text.find('/');
  if (slash != std::string_view::npos && is_name(text.substr(0, slash)) &&
      is_name(text.substr(slash + 1))) {
    return RepositoryName(std::string(text));
  }
  return failure(ErrorKind::invalid,
                 fmt::format("'{}' is not the name of a repository: ORG/REPO", text));
}

std::string RepositoryName::folder() const {
  auto name = text_;
  name.replace(name.find('/'), 1, kFolderSlash);
  return std::string(kFolderPrefix) + name;
}

std::optional<RepositoryName> repository_of_folder(std::string_view folder) {
  if (!folder.starts_with(kFolderPrefix)) return std::nullopt;
  std::string name(folder.substr(kFolderPrefix.size()));
  const auto slash = name.find(kFolderSlash);
  if (slash == std::string::npos) return std::nullopt;
  auto parsed = RepositoryName::parse(name.replace(slash, kFolderSlash.size(), "/"));
  return parsed ? std::optional(*std::move(parsed)) : std::nullopt;
}

bool is_commit(std::string_view text) {
  return text.size() == kCommitDigits && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::string read_ref(const std::filesystem::path& repository, std::string_view ref) {
  const auto text = os::read_file(repository / "refs" / ref, ByteSize(2 * kCommitDigits));
  if (!text) return {};
  const auto commit = std::string_view(*text).substr(0, text->find_last_not_of(" \n\r") + 1);
  return is_commit(commit) ? std::string(commit) : std::string();
}

Expected<void> check_file_path(std::string_view path) {
  for (auto rest = path;;) {
    const auto slash = rest.find('/');
    if (!is_file_name(rest.substr(0, slash))) break;
    if (slash == std::string_view::npos) return {};
    rest.remove_prefix(slash + 1);
  }
  return failure(ErrorKind::invalid,
                 fmt::format("'{}' cannot be the path of a file in a repository",
                             path.substr(0, limits::kShownPath)));
}

}  // namespace llf::store
