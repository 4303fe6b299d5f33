#include "net/run.hpp"
#include "os/atomic_file.hpp"
#include "os/paths.hpp"
#include "os/test_folder.hpp"
#include "worker/engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace llf::worker {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr std::string_view kShortHelp = R"(--model FNAME    model path to load
--host HOST      IP address, or UNIX socket
-kvo,  --kv-offload, -nkvo, --no-kv-offload
)";

void make_script(const fs::path& path, std::string_view script = "exit 0") {
  ASSERT_TRUE(os::ensure_dir(path.parent_path()));
  ASSERT_TRUE(os::write_file_atomically(path, "#!/bin/sh\n" + std::string(script) + "\n", 0755));
}

struct Probe : testing::Test {
  os::TestFolder folder;
  net::Loop loop;

  Expected<Abilities> probe() {
    return net::run_until_done(loop, probe_engine(loop, folder / "engine", folder / "cache"));
  }

  /// An engine that notes each of its runs.
  void make_engine(const std::string& version) {
    make_script(folder / "engine",
                "echo run >>'" + (folder / "runs").native() +
                    "'\nif [ \"$1\" = --version ]; then echo 'version: " + version +
                    "' >&2; else cat <<'END'\n" + std::string(kShortHelp) + "END\nfi");
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

TEST_F(Probe, the_version_is_known_to_later_searches) {
  make_engine("1.0");
  const EngineSearch search{.configured = (folder / "engine").native(),
                            .path_variable = "",
                            .user_dir = "",
                            .tree_dir = "",
                            .cache_dir = folder / "cache"};
  EXPECT_EQ(find_engine(search)->version, "");
  ASSERT_TRUE(probe());
  EXPECT_EQ(find_engine(search)->version, "1.0");
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
  make_script(folder / "engine", "echo 'cannot find libfoo.so' >&2; exit 127");
  const auto result = probe();
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("exit code 127"));
  EXPECT_THAT(result.error().message, HasSubstr("libfoo.so"));
  EXPECT_FALSE(fs::exists(folder / "cache/engine.json"));
}

TEST_F(Probe, a_program_that_is_no_engine_is_refused) {
  make_script(folder / "engine", "echo hello");
  EXPECT_THAT(probe().error().message, HasSubstr("is no llama-server"));
}

TEST_F(Probe, a_missing_engine_is_not_found) {
  EXPECT_EQ(probe().error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace llf::worker
