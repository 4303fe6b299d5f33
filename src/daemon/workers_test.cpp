#include "daemon/workers.hpp"

#include "net/run.hpp"
#include "os/gpu_memory.hpp"
#include "os/process_facts.hpp"
#include "os/test_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace llf::daemon {
namespace {

class WorkersTest : public testing::Test {
 protected:
  scheduler::Target target(worker::Mode mode) {
    const auto path = folder_.path() / "m.gguf";
    std::ofstream(path, std::ios::binary) << std::string("GGUF\3\0\0\0", 8) + std::string(16, '\0');
    scheduler::Target target;
    target.model = ModelId("m");
    target.load.path = path.native();
    target.load.size = ByteSize::mib(1);
    target.load.mode = mode;
    target.load.slots = 3;
    return target;
  }

  Expected<scheduler::Footprint> footprint(worker::Mode mode) {
    return net::run_until_done(loop_, workers_.machine().footprint(target(mode)));
  }

  os::TestFolder folder_;
  net::Loop loop_;
  os::Paths paths_{.data_dir = folder_.path()};
  config::Settings settings_;
  Models models_{loop_, folder_.path() / "built-in.gguf", paths_, settings_};
  gateway::Measurements measurements_{folder_.path() / "measured.json"};
  Workers workers_{{.loop = loop_,
                    .paths = paths_,
                    .settings = settings_,
                    .models = models_,
                    .measurements = measurements_,
                    .tree_engine = "/tree"}};
};

TEST_F(WorkersTest, tell_what_a_model_takes) {
  const auto taken = footprint(worker::Mode::generate);
  ASSERT_TRUE(taken);
  EXPECT_GT(taken->memory, ByteSize::mib(1));
  EXPECT_LT(taken->memory, ByteSize::gib(1));
  EXPECT_EQ(taken->slots, 3);
  EXPECT_GT(taken->reload, Duration::zero());
}

TEST_F(WorkersTest, a_model_that_was_not_made_to_rank_is_refused) {
  const auto taken = footprint(worker::Mode::rerank);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().kind, ErrorKind::invalid);
  EXPECT_THAT(taken.error().message, testing::HasSubstr("reranking model"));
}

TEST_F(WorkersTest, models_may_take_what_the_settings_say_or_the_machine_has) {
  const auto memory = workers_.machine().memory;
  if (!os::has_compute_gpu()) {
    ASSERT_TRUE(memory({}));
    EXPECT_LT(*memory({}), os::total_memory().value());
  }
  settings_.models.memory = 700;
  EXPECT_EQ(memory({}), ByteSize(700'000'000));
}

TEST_F(WorkersTest, look_for_the_engine_that_is_named_first) {
  const auto search = workers_.engine_search("/opt/llama-server");
  EXPECT_EQ(search.configured, "/opt/llama-server");
  EXPECT_EQ(search.tree_dir, "/tree");
}

}  // namespace
}  // namespace llf::daemon
