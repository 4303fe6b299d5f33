#include "cli/first_run.hpp"

#include "cli/test_command.hpp"

#include <gmock/gmock.h>

#include <filesystem>

namespace llf::cli {
namespace {

class FirstRun : public CommandTest {
 protected:
  FirstRun() {
    answer("/llf/v1/models", R"({"models":[{"id":"llf-nano","source":"built-in"}]})");
    answer("/llf/v1/recommend", R"({"models":[{"name":"qwen3:4b","size_bytes":2500000000}]})");
    answer_chat({chat_event("hi")});
  }
  [[nodiscard]] bool said() const {
    return std::filesystem::exists(paths_.state_dir / "suggested");
  }
};

// What a terminal sees is in chat_session_test.cpp.
TEST_F(FirstRun, what_is_no_terminal_hears_nothing) {
  EXPECT_EQ(run({"run", "a question"}), 0) << err();
  EXPECT_EQ(err(), "");
  EXPECT_FALSE(said());
}

}  // namespace
}  // namespace llf::cli
