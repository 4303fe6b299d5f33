#include "os/gpu_memory.hpp"

#include "base/limits.hpp"
#include "base/number.hpp"
#include "base/trim.hpp"
#include "os/atomic_file.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace llf::os {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBlanks = " \t";

/// "1024 KiB": without a unit it is bytes.
std::uint64_t size_of(std::string_view value) {
  const auto digits = value.substr(0, value.find_first_of(kBlanks));
  const auto unit = trimmed(value.substr(digits.size()));
  const unsigned shift = unit == "KiB" ? 10 : unit == "MiB" ? 20 : 0;
  return parse_number<std::uint64_t>(digits).value_or(0) << shift;
}

/// Whether a region of this name is memory of the GPU's own. Others are of the machine's.
bool is_own(std::string_view region) {
  return region.starts_with("vram") || region.starts_with("local");
}

/// What an fdinfo of a DRM device says. Files that were opened together are one client.
struct DrmClient {
  std::string device;
  std::string id;
  std::uint64_t resident = 0;
  std::uint64_t memory = 0;  ///< the same in the words of older drivers

  [[nodiscard]] std::uint64_t bytes() const { return resident > 0 ? resident : memory; }
};

DrmClient read_client(std::string_view fdinfo) {
  constexpr std::string_view kResident = "drm-resident-";
  constexpr std::string_view kMemory = "drm-memory-";
  DrmClient client;
  while (!fdinfo.empty()) {
    const auto line = fdinfo.substr(0, fdinfo.find('\n'));
    fdinfo.remove_prefix(std::min(line.size() + 1, fdinfo.size()));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const auto key = line.substr(0, colon);
    const auto value = trimmed(line.substr(colon + 1));
    if (key == "drm-pdev") client.device = value;
    if (key == "drm-client-id") client.id = value;
    if (key.starts_with(kResident) && is_own(key.substr(kResident.size()))) {
      client.resident += size_of(value);
    }
    if (key.starts_with(kMemory) && is_own(key.substr(kMemory.size()))) {
      client.memory += size_of(value);
    }
  }
  return client;
}

std::uint64_t drm_memory(const fs::path& process) {
  std::map<std::pair<std::string, std::string>, std::uint64_t> clients;
  std::error_code error;
  const fs::directory_iterator end;
  for (fs::directory_iterator at(process / "fd", error); !error && at != end; at.increment(error)) {
    std::error_code gone;
    if (!fs::read_symlink(at->path(), gone).native().starts_with("/dev/dri/")) continue;
    const auto text = read_file(process / "fdinfo" / at->path().filename(), limits::kProcFile);
    if (!text) continue;
    const auto client = read_client(*text);
    if (!client.id.empty()) clients[{client.device, client.id}] = client.bytes();
  }
  std::uint64_t sum = 0;
  for (const auto& [client, bytes] : clients) sum += bytes;
  return sum;
}

/// KFD has a file vram_GPU for each GPU, with a number of bytes.
std::uint64_t kfd_memory(const fs::path& process) {
  std::uint64_t sum = 0;
  std::error_code error;
  const fs::directory_iterator end;
  for (fs::directory_iterator at(process, error); !error && at != end; at.increment(error)) {
    if (!at->path().filename().native().starts_with("vram_")) continue;
    const auto text = read_file(at->path(), limits::kProcFile);
    if (text) sum += size_of(std::string_view(*text).substr(0, text->find('\n')));
  }
  return sum;
}

bool is_there(const char* path) {
  return ::access(path, F_OK) == 0;
}

}  // namespace

bool has_compute_gpu() {
  return is_there("/dev/nvidiactl") || is_there("/dev/kfd");
}

bool has_gpu() {
  return has_compute_gpu() || is_there("/dev/dri");
}

ByteSize gpu_memory(pid_t pid, const KernelFolders& folders) {
  const auto name = std::to_string(pid);
  return ByteSize(std::max(drm_memory(folders.proc / name),
                           kfd_memory(folders.sys / "class/kfd/kfd/proc" / name)));
}

}  // namespace llf::os
