#include "worker/engine.hpp"

#include "net/run.hpp"
#include "os/atomic_file.hpp"
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
  EngineSearch search{.setting = "",
                      .path = "",
                      .distribution = folder / "usr",
                      .user_dir = folder / "user",
                      .beside_dir = folder / "beside"};

  [[nodiscard]] std::string found() const {
    const auto engine = find_engine(search);
    if (!engine) return engine.error().message;
    return std::string(to_string(engine->origin)) + " " +
           engine->path.lexically_relative(fs::canonical(folder.path())).native();
  }
};

TEST_F(Search, the_order_is_setting_path_distribution_user_beside) {
  EXPECT_THAT(found(), HasSubstr("tools/engine install"));
  make_program(folder / "beside/current/bin/llama-server");
  EXPECT_EQ(found(), "beside_llf beside/current/bin/llama-server");
  make_program(folder / "user/current/bin/llama-server");
  EXPECT_EQ(found(), "user user/current/bin/llama-server");
  make_program(folder / "usr/llama-server");
  EXPECT_EQ(found(), "distribution usr/llama-server");
  make_program(folder / "path/llama-server");
  search.path = "relative:" + (folder / "none").native() + "::" + (folder / "path").native();
  EXPECT_EQ(found(), "path path/llama-server");
  make_program(folder / "mine");
  search.setting = (folder / "mine").native();
  EXPECT_EQ(found(), "setting mine");
}

TEST_F(Search, a_setting_that_names_no_program_is_not_passed_over) {
  make_program(folder / "usr/llama-server");
  search.setting = (folder / "typo").native();
  EXPECT_THAT(found(), HasSubstr("LLF_ENGINE"));
  ASSERT_TRUE(os::write_file_atomically(folder / "typo", "text", 0644));
  EXPECT_THAT(found(), HasSubstr("is no program"));
  search.setting = folder.path().native();
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
  search.path = (folder / "path").native();
  EXPECT_EQ(found(), "path real/llama-server");
}

struct Probe : testing::Test {
  os::TestFolder folder;
  net::Loop loop;

  Expected<Abilities> probe() {
    return net::run_until_done(loop, probe_engine(loop, folder / "engine", folder / "cache"));
  }

  /// An engine that notes each of its runs.
  void make_engine(const std::string& version) {
    make_program(folder / "engine",
                 "echo run >>'" + (folder / "runs").native() +
                     "'\nif [ \"$1\" = --version ]; then echo 'version: " + version +
                     "' >&2; else cat <<'END'\n" + std::string(kHelp) + "END\nfi");
  }

  [[nodiscard]] std::size_t runs() const {
    const auto text = os::read_file(folder / "runs", ByteSize::mib(1));
    return text ? static_cast<std::size_t>(std::ranges::count(*text, '\n')) : 0;
  }
};

TEST_F(Probe, asks_the_engine_once_and_remembers) {
  make_engine("1.0");
  const auto first = probe();
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->version, "1.0");
  EXPECT_TRUE(first->has("--no-kv-offload"));
  EXPECT_EQ(runs(), 2U);
  EXPECT_EQ(probe(), *first);
  EXPECT_EQ(runs(), 2U);
}

TEST_F(Probe, another_binary_is_asked_again) {
  make_engine("1.0");
  ASSERT_TRUE(probe());
  make_engine("10.0");
  EXPECT_EQ(probe()->version, "10.0");
  EXPECT_EQ(runs(), 4U);
}

TEST_F(Probe, a_broken_cache_is_no_error) {
  make_engine("1.0");
  ASSERT_TRUE(probe());
  for (const auto* text : {"", "{", "[]", R"({"path":1})", R"({"path":"x","flags":3})"}) {
    ASSERT_TRUE(os::write_file_atomically(folder / "cache/engine.json", text));
    EXPECT_TRUE(probe()) << text;
  }
}

TEST_F(Probe, an_engine_that_fails_is_an_error_with_its_words) {
  make_program(folder / "engine", "echo 'cannot find libfoo.so' >&2; exit 127");
  const auto result = probe();
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("exit code 127"));
  EXPECT_THAT(result.error().message, HasSubstr("libfoo.so"));
  EXPECT_FALSE(fs::exists(folder / "cache/engine.json"));
}

TEST_F(Probe, a_program_that_is_no_engine_is_refused) {
  make_program(folder / "engine", "echo hello");
  EXPECT_THAT(probe().error().message, HasSubstr("is no llama-server"));
}

TEST_F(Probe, a_missing_engine_is_not_found) {
  EXPECT_EQ(probe().error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace llf::worker
