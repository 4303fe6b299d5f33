#include "cli/render.hpp"

#include <gtest/gtest.h>

namespace llf::cli {
namespace {

client::WorkerInfo ready() {
  client::WorkerInfo worker;
  worker.model = "llf-nano";
  worker.state = "ready";
  worker.pid = 42;
  worker.rss_bytes = 12'000'000;
  worker.context = 2048;
  worker.slots = 4;
  worker.idle_s = 90;
  return worker;
}

TEST(Render, workers_are_a_table) {
  EXPECT_EQ(render_workers(std::vector{ready()}),
            "NAME      STATE  PID   MEMORY  CONTEXT  BUSY   IDLE\n"
            "llf-nano  ready   42  12.0 MB     2048   0/4  1 min\n");
}

TEST(Render, memory_of_gpus_has_a_column_where_there_is_any) {
  auto worker = ready();
  worker.gpu_bytes = 3'400'000'000;
  EXPECT_EQ(render_workers(std::vector{worker, ready()}),
            "NAME      STATE  PID   MEMORY     GPU  CONTEXT  BUSY   IDLE\n"
            "llf-nano  ready   42  12.0 MB  3.4 GB     2048   0/4  1 min\n"
            "llf-nano  ready   42  12.0 MB       -     2048   0/4  1 min\n");
}

TEST(Render, F05_who_waits_for_a_slot_is_counted) {
  auto worker = ready();
  worker.active = 4;
  worker.queued = 3;
  const auto out = render_workers(std::vector{worker});
  EXPECT_NE(out.find("4/4 +3"), std::string::npos) << out;
}

TEST(Render, a_worker_without_a_process_has_no_pid) {
  for (const std::optional<std::int64_t> pid : {std::optional<std::int64_t>(0), {}}) {
    auto worker = ready();
    worker.pid = pid;
    EXPECT_EQ(render_workers(std::vector{worker}),
              "NAME      STATE  PID   MEMORY  CONTEXT  BUSY   IDLE\n"
              "llf-nano  ready    -  12.0 MB     2048   0/4  1 min\n");
  }
}

TEST(Render, no_worker_is_the_header_alone) {
  EXPECT_EQ(render_workers({}), "NAME  STATE  PID  MEMORY  CONTEXT  BUSY  IDLE\n");
}

TEST(Render, a_worker_that_loads_shows_how_far) {
  client::WorkerInfo worker;
  worker.model = "m";
  worker.state = "starting";
  worker.progress = 0.425;
  const auto out = render_workers(std::vector{worker});
  EXPECT_NE(out.find("starting 42 %"), std::string::npos) << out;
}

TEST(Render, a_worker_that_failed_says_why_below) {
  auto worker = ready();
  worker.state = "failed";
  worker.error = "no \x1b[31mmemory";
  const auto out = render_workers(std::vector{worker});
  EXPECT_TRUE(out.ends_with("llf-nano: no memory\n")) << out;
}

TEST(Render, models_are_a_table) {
  client::ModelInfo model;
  model.id = "llf-nano";
  model.size_bytes = 3'900'000;
  model.source = "built-in";
  model.loaded = true;
  EXPECT_EQ(render_models(std::vector{model}),
            "NAME        SIZE  SOURCE    LOADED\n"
            "llf-nano  3.9 MB  built-in  yes\n");
}

TEST(Render, the_address_is_a_url_or_the_reason_for_none) {
  client::DaemonStatus status;
  status.listen = {.address = "127.0.0.1", .port = 8000, .error = {}};
  EXPECT_EQ(render_address(status), "http://127.0.0.1:8000");
  status.listen.address = "::1";
  EXPECT_EQ(render_address(status), "http://[::1]:8000");
  status.listen.tls = true;
  EXPECT_EQ(render_address(status), "https://[::1]:8000");
  status.listen.error = "port 8000 is taken";
  EXPECT_EQ(render_address(status), "port 8000 is taken");
}

TEST(Render, the_status_is_readable) {
  client::DaemonStatus status;
  status.version = "0.1.0";
  status.pid = 7;
  status.uptime_s = 61;
  status.on_demand = true;
  status.listen = {.address = "127.0.0.1", .port = 8000, .error = {}};
  const auto out = render_status(status);
  EXPECT_TRUE(out.starts_with("llfd 0.1.0 is running (pid 7, for 1 min, until it is idle)\n"))
      << out;
  EXPECT_NE(out.find("llama-server is not installed"), std::string::npos);
}

TEST(Render, an_engine_that_was_not_asked_for_its_version_has_none) {
  client::DaemonStatus status;
  status.engine = {.path = "/e", .version = "", .origin = "configured"};
  EXPECT_NE(render_status(status).find("engine   /e (configured)\n"), std::string::npos);
  status.engine->version = "b1";
  EXPECT_NE(render_status(status).find("engine   /e (b1, configured)\n"), std::string::npos);
}

TEST(Render, lost_log_lines_stand_behind_the_log) {
  client::DaemonStatus status;
  status.log_file = "/l";
  EXPECT_NE(render_status(status).find("log      /l\n"), std::string::npos);
  status.log_lines_dropped = 1;
  EXPECT_NE(render_status(status).find("log      /l (1 line could not be written)\n"),
            std::string::npos);
  status.log_lines_dropped = 20;
  EXPECT_NE(render_status(status).find("log      /l (20 lines could not be written)\n"),
            std::string::npos);
}

TEST(Render, durations_have_the_largest_unit) {
  EXPECT_EQ(render_duration(-5), "0 s");
  EXPECT_EQ(render_duration(59), "59 s");
  EXPECT_EQ(render_duration(60), "1 min");
  EXPECT_EQ(render_duration(7199), "1 h");
  EXPECT_EQ(render_duration(200'000), "2 d");
}

}  // namespace
}  // namespace llf::cli
