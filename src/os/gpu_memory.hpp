#pragma once

#include "base/byte_size.hpp"

#include <filesystem>
#include <sys/types.h>

namespace llf::os {

/// Where the kernel tells about processes and devices; tests have folders of their own.
struct KernelFolders {
  std::filesystem::path proc = "/proc";
  std::filesystem::path sys = "/sys";
};

/// Whether there is a GPU that engines compute with and whose memory is its own: of NVIDIA's or
/// AMD's drivers for it the devices are there.
[[nodiscard]] bool has_compute_gpu();

/// Whether there is any whose driver may tell what a process has of its memory.
[[nodiscard]] bool has_gpu();

/// The memory of GPUs' own that `pid` holds, as the kernel tells it: of the DRM devices that it has
/// open (drm-usage-stats, the regions vram and local) or, where that is more, of AMD's KFD, which
/// counts the same memory. NVIDIA's driver tells neither. 0 for a process that is gone or not ours
/// to look at. Any thread.
[[nodiscard]] ByteSize gpu_memory(pid_t pid, const KernelFolders& folders = {});

}  // namespace llf::os
