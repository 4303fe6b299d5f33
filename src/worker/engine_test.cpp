#include "worker/engine.hpp"

#include "os/atomic_file.hpp"
#include "os/paths.hpp"
#include "os/test_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace llf::worker {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

constexpr std::string_view kHelp = R"(----- common params -----

-h,    --help, --usage                  print usage and exit
-m,    --model FNAME                    model path to load
-kvo,  --kv-offload, -nkvo, --no-kv-offload
                                        whether to enable KV cache offloading, see
                                        --not-a-flag (default: enabled)
--host HOST                             IP address, or UNIX socket
                                        - a list
--poll <0...100>                        level
)";

void make_program(const fs::path& path, std::string_view script = "exit 0") {
  ASSERT_TRUE(os::ensure_dir(path.parent_path()));
  ASSERT_TRUE(os::write_file_atomically(path, "#!/bin/sh\n" + std::string(script) + "\n", 0755));
}

TEST(EngineHelp, flags_are_those_that_lines_introduce) {
  EXPECT_THAT(parse_flags(kHelp),
              UnorderedElementsAre("-h", "--help", "--usage", "-m", "--model", "-kvo",
                                   "--kv-offload", "-nkvo", "--no-kv-offload", "--host", "--poll"));
  EXPECT_TRUE(parse_flags("").empty());
  EXPECT_TRUE(parse_flags("no flags here\n-\n--\n").empty());
}

TEST(EngineVersion, is_the_rest_of_its_line) {
  EXPECT_EQ(parse_version("load_backend: x\nversion: 0.7.0 (build 11669)\nbuilt with GNU\n"),
            "0.7.0 (build 11669)");
  EXPECT_EQ(parse_version("something else"), "unknown");
}

struct Search : testing::Test {
  os::TestFolder folder;
  EngineSearch search{.configured = "",
                      .path_variable = "",
                      .distribution = folder / "usr",
                      .user_dir = folder / "user",
                      .tree_dir = folder / "beside",
                      .cache_dir = folder / "cache"};

  [[nodiscard]] std::string found() const {
    const auto engine = find_engine(search);
    if (!engine) return engine.error().message;
    return std::string(to_string(engine->origin)) + " " +
           fs::path(engine->path).lexically_relative(fs::canonical(folder.path())).native();
  }
};

TEST_F(Search, the_order_is_setting_path_distribution_user_tree) {
  EXPECT_THAT(found(), HasSubstr("tools/engine install"));
  make_program(folder / "beside/current/bin/llama-server");
  EXPECT_EQ(found(), "tree beside/current/bin/llama-server");
  make_program(folder / "user/current/bin/llama-server");
  EXPECT_EQ(found(), "user user/current/bin/llama-server");
  make_program(folder / "usr/llama-server");
  EXPECT_EQ(found(), "distribution usr/llama-server");
  make_program(folder / "path/llama-server");
  search.path_variable =
      "relative:" + (folder / "none").native() + "::" + (folder / "path").native();
  EXPECT_EQ(found(), "path path/llama-server");
  make_program(folder / "mine");
  search.configured = (folder / "mine").native();
  EXPECT_EQ(found(), "configured mine");
}

TEST_F(Search, a_setting_that_names_no_program_is_not_passed_over) {
  make_program(folder / "usr/llama-server");
  search.configured = (folder / "typo").native();
  EXPECT_THAT(found(), HasSubstr("engine.path"));
  ASSERT_TRUE(os::write_file_atomically(folder / "typo", "text", 0644));
  EXPECT_THAT(found(), HasSubstr("is no program"));
  search.configured = folder.path().native();
  EXPECT_THAT(found(), HasSubstr("is no program"));
}

TEST_F(Search, a_private_engine_that_was_moved_is_passed_over) {
  make_program(folder / "user/current/bin/llama-server");
  const auto record = folder / "user/current/record.json";
  ASSERT_TRUE(os::write_file_atomically(
      record, R"({"prefix": ")" + fs::canonical(folder / "user").native() + "\"}"));
  EXPECT_EQ(found(), "user user/current/bin/llama-server");
  ASSERT_TRUE(os::write_file_atomically(record, R"({"prefix": "/elsewhere"})"));
  EXPECT_THAT(found(), HasSubstr("no llama-server"));
}

TEST_F(Search, links_are_resolved) {
  make_program(folder / "real/llama-server");
  fs::create_directory(folder / "path");
  fs::create_symlink(folder / "real/llama-server", folder / "path/llama-server");
  search.path_variable = (folder / "path").native();
  EXPECT_EQ(found(), "path real/llama-server");
}

}  // namespace
}  // namespace llf::worker
