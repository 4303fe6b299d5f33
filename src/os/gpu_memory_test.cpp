#include "os/gpu_memory.hpp"

#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <unistd.h>

namespace llf::os {
namespace {

namespace fs = std::filesystem;

constexpr pid_t kPid = 77;

/// Folders of the kernel's as drivers fill them.
class GpuMemoryTest : public testing::Test {
 protected:
  void put(const std::string& name, std::string_view text) const {
    const auto path = folder_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }

  void open_file(int fd, const std::string& target, std::string_view fdinfo) const {
    fs::create_directories(folder_ / "proc/77/fd");
    fs::create_symlink(target, folder_ / ("proc/77/fd/" + std::to_string(fd)));
    put("proc/77/fdinfo/" + std::to_string(fd), fdinfo);
  }

  [[nodiscard]] ByteSize memory() const {
    return gpu_memory(kPid, {.proc = folder_ / "proc", .sys = folder_ / "sys"});
  }

  TestFolder folder_;
};

// As amdgpu of Linux 6.12 writes it, shortened.
constexpr std::string_view kAmd =
    "pos:\t0\nflags:\t02100002\nmnt_id:\t27\nino:\t712\ndrm-driver:\tamdgpu\n"
    "drm-client-id:\t41\ndrm-pdev:\t0000:03:00.0\npasid:\t32771\n"
    "drm-total-vram:\t3145728 KiB\ndrm-shared-vram:\t0\ndrm-resident-vram:\t2097152 KiB\n"
    "drm-resident-gtt:\t512 MiB\ndrm-memory-vram:\t2097152 KiB\ndrm-memory-gtt: \t524288 KiB\n";

TEST_F(GpuMemoryTest, is_what_is_resident_on_the_device) {
  open_file(5, "/dev/dri/renderD128", kAmd);
  EXPECT_EQ(memory(), ByteSize::gib(2));
}

TEST_F(GpuMemoryTest, counts_a_client_once_and_each_of_them) {
  open_file(5, "/dev/dri/renderD128", kAmd);
  open_file(6, "/dev/dri/renderD128", kAmd);
  open_file(7, "/dev/dri/renderD129",
            "drm-driver:\txe\ndrm-client-id:\t41\ndrm-pdev:\t0000:04:00.0\n"
            "drm-resident-vram0:\t1 MiB\ndrm-resident-system:\t9 MiB\n");
  open_file(8, "/dev/dri/renderD129",
            "drm-driver:\ti915\ndrm-client-id:\t42\ndrm-pdev:\t0000:05:00.0\n"
            "drm-resident-local0:\t1048576\ndrm-resident-system0:\t9 MiB\n");
  EXPECT_EQ(memory(), ByteSize::gib(2) + ByteSize::mib(2));
}

TEST_F(GpuMemoryTest, is_read_in_the_words_of_older_drivers) {
  open_file(5, "/dev/dri/renderD128",
            "drm-driver:\tamdgpu\ndrm-client-id:\t1\ndrm-pdev:\t0000:03:00.0\n"
            "drm-memory-vram:\t1024 KiB\ndrm-memory-cpu:\t7 KiB\n");
  EXPECT_EQ(memory(), ByteSize::mib(1));
}

TEST_F(GpuMemoryTest, of_rocm_is_not_counted_twice) {
  put("sys/class/kfd/kfd/proc/77/vram_61", "1073741824\n");
  put("sys/class/kfd/kfd/proc/77/vram_62", "2147483648\n");
  put("sys/class/kfd/kfd/proc/77/pasid", "32771\n");
  EXPECT_EQ(memory(), ByteSize::gib(3));
  open_file(5, "/dev/dri/renderD128", kAmd);
  EXPECT_EQ(memory(), ByteSize::gib(3));
}

TEST_F(GpuMemoryTest, of_no_device_is_none) {
  EXPECT_EQ(memory(), ByteSize());
  open_file(5, "/dev/null", kAmd);
  open_file(6, "/dev/dri/renderD128", "pos:\t0\n");
  open_file(7, "/dev/dri/renderD128", "drm-client-id:\t1\ndrm-resident-vram:\tmuch KiB\n");
  EXPECT_EQ(memory(), ByteSize());
}

}  // namespace
}  // namespace llf::os
