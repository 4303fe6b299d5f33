#include "daemon/models.hpp"

#include "net/run.hpp"
#include "os/test_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace llf::daemon {
namespace {

TEST(Models, passes_a_model_and_tells_what_is_none) {
  const os::TestFolder folder;
  const auto path = folder.path() / "m.gguf";
  net::Loop loop;
  Models models(loop, folder.path() / "built-in.gguf", {.data_dir = folder.path()}, {});
  const auto check = [&](const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    return net::run_until_done(loop, models.look_into({path}));
  };
  EXPECT_TRUE(check(std::string("GGUF\3\0\0\0", 8) + std::string(16, '\0')));
  const auto refused = check("GGUF");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("m.gguf: at byte 4: "));
}

}  // namespace
}  // namespace llf::daemon
