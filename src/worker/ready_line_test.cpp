#include "worker/ready_line.hpp"

#include <gtest/gtest.h>

namespace llf::worker {
namespace {

TEST(ReadyLine, the_plain_form_is_known) {
  ReadyLine ready;
  EXPECT_FALSE(ready.see("0.00.045.659 I srv    load_model: loading model '/m/tiny.gguf'"));
  EXPECT_FALSE(ready.see("0.00.066.781 I srv  llama_server: model loaded"));
  EXPECT_TRUE(ready.see("0.00.066.842 I srv  llama_server: listening on unix://w-00000001.sock"));
  EXPECT_FALSE(ready.see("0.00.066.842 I srv  llama_server: listening on unix://w-00000001.sock"))
      << "once";
}

TEST(ReadyLine, the_jsonl_form_is_known) {
  ReadyLine ready;
  EXPECT_FALSE(ready.see(
      R"({"type":"log","time":29820,"level":"info","msg":"srv  llama_server: model loaded\n"})"));
  EXPECT_TRUE(ready.see(
      R"({"type":"log","time":29846,"msg":"srv  llama_server: listening on unix://w-2.sock\n"})"));
}

TEST(ReadyLine, an_engine_that_listens_before_it_loads_is_ready_when_it_has_loaded) {
  ReadyLine ready;
  EXPECT_FALSE(ready.see("main: server is listening on http://127.0.0.1:8080"));
  EXPECT_FALSE(ready.see("main: loading model"));
  EXPECT_TRUE(ready.see("main: model loaded"));
}

TEST(ReadyLine, one_sign_alone_is_not_enough) {
  ReadyLine loaded;
  EXPECT_FALSE(loaded.see("x: model loaded"));
  EXPECT_FALSE(loaded.see("x: model loaded"));
  EXPECT_FALSE(loaded.see("x: failed, no model loaded yet"));
}

}  // namespace
}  // namespace llf::worker
