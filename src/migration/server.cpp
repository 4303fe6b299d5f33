#include "migration/server.hpp"

#include "base/limits.hpp"
#include "base/utf8.hpp"
#include "config/reader.hpp"
#include "migration/arguments.hpp"
#include "migration/endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace llf::migration {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".gguf";

/// The folder of a model that was downloaded by its name.
std::string folder_of(std::string_view model_name) {
  std::string folder;
  for (const char c : model_name) {
    if (c == '/') {
      folder += "--";
    } else {
      folder += c;
    }
  }
  return folder;
}

Expected<fs::path> model_file(const Server& server, const ModelFolders& folders,
                              const Surroundings& around) {
  const auto file = text_in(server.members, "gguf_file");
  if (file.empty()) {
    return failure(ErrorKind::not_found,
                   "no gguf_file says which model: llama-server loads .gguf files only");
  }
  if (!file.ends_with(kEnding)) {
    return failure(ErrorKind::invalid, "gguf_file does not end in .gguf");
  }
  auto folder = text_in(server.members, "model_dir");
  if (folder.empty()) folder = folder_of(folders.model_name);
  const auto path_in = [&](const fs::path& models) {
    return (models / folder / file).lexically_normal();
  };
  const auto found = std::ranges::find_if(
      folders.folders, [&](const fs::path& models) { return around.is_file(path_in(models)); });
  return path_in(found == folders.folders.end() ? folders.folders.front() : *found);
}

}  // namespace

std::string as_profile_name(std::string_view text) {
  std::string name;
  for (const char c : text) {
    if (config::may_be_in_profile_name(c)) {
      name += c;
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
  }
  // A name that begins with these is a comment of the settings file.
  name.erase(0, std::min(name.find_first_not_of("_$-"), name.size()));
  return std::string(cut_utf8(name, limits::kProfileName));
}

void begin_profile(Draft& draft, Server& server, const ModelFolders& folders,
                   const Surroundings& around) {
  const auto path = model_file(server, folders, around);
  if (!path) {
    server.no_profile = path.error().message;
    return;
  }
  const auto name = text_in(server.members, "name");
  auto profile = as_profile_name(name.empty() ? path->stem().string() : name);
  if (profile.empty()) {
    server.no_profile = "no name for a profile can be made of it";
    return;
  }
  if (auto added = draft.add_profile(profile, path->native()); !added) {
    server.no_profile = added.error().message;
    return;
  }
  server.profile = std::move(profile);
  server.model = path->native();
  if (!around.is_file(*path)) server.model_why = "there is no such file now";
}

void ServerReader::take_name(const LegacyMember& member) {
  if (server_.profile.empty()) {
    return draft_.skip(member.key, Outcome::refused, server_.no_profile);
  }
  const bool same = member.value == json::Value(server_.profile);
  draft_.mention({.key = member.key,
                  .profile = server_.profile,
                  .setting = "",
                  .value = nullptr,
                  .why = same ? "" : "a profile's name has no white space and no '/'"});
}

void ServerReader::take_engine(const LegacyMember& member) {
  if (server_.role == Server::Role::other) {
    return draft_.skip(member.key, Outcome::meaningless, "one engine serves all models");
  }
  if (!member.value.is_string()) {
    return draft_.skip(member.key, Outcome::refused, "it is not a text in quotes");
  }
  const auto path = (around_.root / std::string_view(member.value.get_string())).lexically_normal();
  if (!around_.is_file(path)) {
    return draft_.skip(member.key, Outcome::meaningless,
                       "there is no such file; llf finds an engine of its own");
  }
  draft_.take({.key = member.key,
               .profile = "",
               .setting = "engine.path",
               .value = json::Value(path.native())});
}

void ServerReader::take_host(const LegacyMember& member) {
  if (!is_leading(member)) return;
  const auto address = member.value.is_string()
                           ? loopback_address(std::string_view(member.value.get_string()))
                           : std::nullopt;
  if (member.value.is_string() && !address) {
    return draft_.skip(member.key, Outcome::refused,
                       "other machines reach llf only with a key: `llf key create NAME`, then `llf "
                       "server start --share`");
  }
  draft_.take({.key = member.key,
               .profile = "",
               .setting = "server.host",
               .value = address ? json::Value(*address) : member.value});
}

void ServerReader::take_port(const LegacyMember& member) {
  if (!is_leading(member)) return;
  draft_.take({.key = member.key, .profile = "", .setting = "server.port", .value = member.value});
}

void ServerReader::take_model(const LegacyMember& member) {
  if (server_.profile.empty()) {
    return draft_.skip(member.key, Outcome::refused, server_.no_profile);
  }
  if (!member.value.is_string()) {
    return draft_.skip(member.key, Outcome::refused, "it is not a text in quotes");
  }
  draft_.take({.key = member.key,
               .profile = server_.profile,
               .setting = "model",
               .value = json::Value(server_.model),
               .why = server_.model_why});
}

void ServerReader::take_parameters(const LegacyMember& member) {
  if (!member.value.is_object()) {
    return draft_.skip(member.key, Outcome::refused, "it is not an object");
  }
  if (server_.profile.empty()) {
    return draft_.skip(member.key, Outcome::refused, server_.no_profile);
  }
  read_arguments(draft_, server_.profile, member.key + ".", member.value.get_object());
}

bool ServerReader::is_leading(const LegacyMember& member) {
  if (server_.role == Server::Role::leading) return true;
  draft_.skip(member.key, Outcome::meaningless,
              "all models have one address: server.host and server.port");
  return false;
}

}  // namespace llf::migration
