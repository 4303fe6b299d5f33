#include "worker/gpu_watch.hpp"

#include "net/run.hpp"
#include "net/task_group.hpp"
#include "os/atomic_file.hpp"
#include "os/paths.hpp"
#include "os/test_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <unistd.h>

namespace llf::worker {
namespace {

using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

TEST(GpuDevices, are_what_the_engine_lists) {
  // As llama-server prints it, with one device and with two.
  EXPECT_EQ(parse_devices("Available devices:\n"
                          "  CUDA0: NVIDIA GeForce RTX 4060 (8188 MiB, 7105 MiB free)\n"),
            (GpuMemory{.total = ByteSize::mib(8188), .free = ByteSize::mib(7105)}));
  EXPECT_EQ(parse_devices("ggml_cuda_init: found 2 devices (1 MiB, 1 MiB free)\n"
                          "Available devices:\n"
                          "  ROCm0: AMD Radeon RX 7900 XTX (uma) (24560 MiB, 24000 MiB free)\n"
                          "  Vulkan1: (odd, name) (1000 MiB, 10 MiB free)\r\n"),
            (GpuMemory{.total = ByteSize::mib(25560), .free = ByteSize::mib(24010)}));
}

TEST(GpuDevices, may_be_none) {
  EXPECT_EQ(parse_devices("Available devices:\n  (none)\n"), GpuMemory{});
  EXPECT_EQ(parse_devices("Available devices:\n"), GpuMemory{});
}

TEST(GpuDevices, are_not_known_from_anything_else) {
  EXPECT_EQ(parse_devices(""), std::nullopt);
  EXPECT_EQ(parse_devices("error: invalid argument: --list-devices\n"), std::nullopt);
  for (const auto* line :
       {"CUDA0: x (8188 MB, 7105 MB free)", "CUDA0: x (8188 MiB)", "(, 1 MiB free)",
        "x (99999999999999999999 MiB, 1 MiB free)", "x (1 MiB, 4294967296 MiB free)", " free)",
        " MiB free)", "1 MiB, 1 MiB free)"}) {
    EXPECT_EQ(parse_devices("Available devices:\n  " + std::string(line) + "\n"), GpuMemory{})
        << line;
  }
}

TEST(GpuProcesses, are_summed_over_their_gpus) {
  EXPECT_THAT(parse_gpu_processes("1234, 5678\n99, 10\r\n1234, 2\n"),
              UnorderedElementsAre(Pair(1234, ByteSize::mib(5680)), Pair(99, ByteSize::mib(10))));
}

TEST(GpuProcesses, that_cannot_be_read_are_left_out) {
  EXPECT_THAT(parse_gpu_processes(""), IsEmpty());
  EXPECT_THAT(parse_gpu_processes("No running processes found\n"), IsEmpty());
  EXPECT_THAT(parse_gpu_processes("1234, [N/A]\n, 5\nx, 5\n7\n1, 99999999999999\n"), IsEmpty());
}

class GpuWatchTest : public testing::Test {
 protected:
  void make(const std::string& name, const std::string& script) {
    const auto text = "#!/bin/sh\necho run >>'" + (folder_ / "runs").native() + "'\n" + script;
    ASSERT_TRUE(os::write_file_atomically(folder_ / name, text, 0755));
  }

  GpuWatch watch(GpuWatch::Machine machine = GpuWatch::Machine::compute_gpu) {
    return {loop_,
            {.machine = machine,
             .engine = [this]() -> Expected<Engine> {
               return Engine{.path = (folder_ / "engine").native(),
                             .origin = EngineOrigin::configured,
                             .version = ""};
             },
             .path_variable = folder_.path().native()}};
  }

  void look(GpuWatch& watch) { static_cast<void>(net::run_until_done(loop_, watch.look())); }

  [[nodiscard]] std::ptrdiff_t runs() const {
    const auto text = os::read_file(folder_ / "runs", ByteSize::mib(1));
    return text ? std::ranges::count(*text, '\n') : 0;
  }

  os::TestFolder folder_;
  net::Loop loop_;
};

Task<void> look_and_know(GpuWatch& gpu) {
  co_await gpu.look();
  EXPECT_TRUE(gpu.memory());
}

Task<void> look_twice(net::Loop& loop, GpuWatch& gpu) {
  net::TaskGroup tasks(loop, "test");
  tasks.spawn(look_and_know(gpu));
  tasks.spawn(look_and_know(gpu));
  co_await tasks.join();
}

constexpr const char* kDevices =
    "[ \"$1\" = --list-devices ] || exit 1\n"
    "echo 'Available devices:'\necho '  CUDA0: x (100 MiB, 90 MiB free)'\n";

TEST_F(GpuWatchTest, asks_the_engine_and_nvidia) {
  make("engine", kDevices);
  make("nvidia-smi", "echo '" + std::to_string(::getpid()) + ", 7'\n");
  auto gpu = watch();
  EXPECT_EQ(gpu.memory(), std::nullopt);
  EXPECT_EQ(gpu.memory_of(::getpid()), ByteSize());
  look(gpu);
  EXPECT_EQ(
      gpu.memory(),
      (GpuMemory{.total = ByteSize::mib(100), .free = ByteSize::mib(90), .own = ByteSize::mib(7)}))
      << "it was asked for before";
  EXPECT_EQ(gpu.memory_of(::getpid()), ByteSize::mib(7));
  constexpr pid_t kNobody = 0x3FFFFF;
  EXPECT_EQ(gpu.memory_of(kNobody), ByteSize());
  EXPECT_EQ(runs(), 2);
  look(gpu);
  EXPECT_EQ(runs(), 2) << "again so soon";
  static_cast<void>(net::run_until_done(loop_, gpu.look_later()));
  EXPECT_EQ(runs(), 4);
}

TEST_F(GpuWatchTest, who_comes_during_a_look_waits_for_it) {
  make("engine", kDevices);
  auto gpu = watch();
  static_cast<void>(net::run_until_done(loop_, look_twice(loop_, gpu)));
  EXPECT_EQ(runs(), 1);
}

TEST_F(GpuWatchTest, runs_nothing_without_a_gpu) {
  make("engine", kDevices);
  make("nvidia-smi", "");
  auto gpu = watch(GpuWatch::Machine::no_gpu);
  look(gpu);
  EXPECT_EQ(runs(), 0);
  EXPECT_EQ(gpu.memory(), std::nullopt);
}

TEST_F(GpuWatchTest, does_without_programs_that_do_not_tell) {
  make("engine", "echo 'invalid argument' >&2; exit 1\n");
  make("nvidia-smi", "echo 'NVIDIA-SMI has failed'; exit 9\n");
  auto gpu = watch();
  look(gpu);
  EXPECT_EQ(gpu.memory(), std::nullopt);
  EXPECT_EQ(runs(), 2);
}

}  // namespace
}  // namespace llf::worker
