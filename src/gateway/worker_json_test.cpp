#include "gateway/worker_json.hpp"

#include <gtest/gtest.h>

namespace llf::gateway {
namespace {

worker::WorkerStatus loading() {
  worker::WorkerStatus status;
  status.model = "m";
  status.state = worker::WorkerState::starting;
  status.pid = 42;
  status.progress = 0.5;
  status.uptime = std::chrono::milliseconds(1500);
  return status;
}

TEST(WorkerJson, has_the_fields_of_the_control_api) {
  EXPECT_EQ(
      json::write(worker_json(loading())),
      R"({"model":"m","state":"starting","pid":42,"rss_bytes":0,"gpu_bytes":0,"size_bytes":0,)"
      R"("context":0,"slots":0,"active":0,"queued":0,"waiting":0,"progress":0.5,"uptime_s":1,)"
      R"("idle_s":0,"restarts":0,"error":null})");
}

TEST(WorkerJson, what_is_not_known_is_null) {
  auto status = loading();
  status.progress.reset();
  status.error = "it broke";
  const auto object = worker_json(status);
  EXPECT_TRUE(object.at("progress").is_null());
  EXPECT_EQ(object.at("error").as_string(), "it broke");
}

TEST(WorkerJson, a_progress_event_is_short) {
  EXPECT_EQ(json::write(load_progress_json(loading())),
            R"({"state":"starting","progress":0.5,"elapsed_ms":1500})");
}

}  // namespace
}  // namespace llf::gateway
