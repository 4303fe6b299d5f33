#include "scheduler/names.hpp"

#include "net/run.hpp"
#include "os/test_folder.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace llf::scheduler {
namespace {

using testing::HasSubstr;

class NamesTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const auto* name : {"a.gguf", "b.gguf"}) std::ofstream(folder_ / name) << "GGUF";
  }
  [[nodiscard]] Target resolve(const char* name) const {
    const auto target = names_.resolve(ModelId(name));
    EXPECT_TRUE(target) << target.error().message;
    return target.value_or(Target{});
  }
  [[nodiscard]] std::string error_of(const char* name) const {
    const auto target = names_.resolve(ModelId(name));
    return target ? "resolved" : target.error().message;
  }
  config::Profile& profile(const char* name, std::string model) {
    auto& added = settings_.profiles[name];
    added.model = std::move(model);
    return added;
  }

  os::TestFolder folder_;
  store::Catalog catalog_{{{.root = folder_.path()}}};
  config::Settings settings_;
  Names names_{catalog_, settings_};
};

TEST_F(NamesTest, a_model_has_the_general_settings) {
  settings_.engine.context = 100;
  settings_.inference.top_k = 5;
  const auto target = resolve("a");
  EXPECT_EQ(target.worker, ModelId("a"));
  EXPECT_EQ(target.load.path, (folder_ / "a.gguf").string());
  EXPECT_EQ(target.load.context, 100);
  EXPECT_EQ(target.inference.top_k, 5);
}

TEST_F(NamesTest, a_profile_that_loads_its_model_as_it_is_shares_its_worker) {
  auto& coder = profile("coder", "a");
  coder.prompt = "coder";
  coder.inference.temperature = 0;
  const auto target = resolve("coder");
  EXPECT_EQ(target.worker, ModelId("a"));
  EXPECT_EQ(target.load, resolve("a").load);
  EXPECT_EQ(target.prompt, "coder");
  EXPECT_EQ(target.inference.temperature, 0);
  EXPECT_EQ(resolve("a").prompt, "");
}

TEST_F(NamesTest, a_profile_that_loads_it_otherwise_has_its_own) {
  settings_.engine.arguments = {{"threads", 4}, {"mlock", true}};
  auto& small = profile("small", "a");
  small.context = 64;
  small.arguments = {{"threads", 1}};
  const auto target = resolve("small");
  EXPECT_EQ(target.worker, ModelId("small"));
  EXPECT_EQ(target.load.context, 64);
  ASSERT_EQ(target.load.arguments.size(), 2U);
  EXPECT_EQ(target.load.arguments[0].flag, "mlock");
  EXPECT_EQ(target.load.arguments[1].value, "1");
}

TEST_F(NamesTest, a_profile_with_a_models_name_stands_before_it) {
  profile("a", "a").context = 64;
  EXPECT_EQ(resolve("a").load.context, 64);
  profile("plain", "a");
  EXPECT_EQ(resolve("plain").worker, ModelId("plain")) << "'a' is the worker of another load";
  EXPECT_EQ(names_.list().size(), 3U);
}

TEST_F(NamesTest, a_profile_may_name_a_file) {
  const os::TestFolder elsewhere;
  std::ofstream(elsewhere / "x.gguf") << "GGUF";
  profile("x", (elsewhere / "x.gguf").string());
  EXPECT_EQ(resolve("x").worker, ModelId("x"));
  EXPECT_EQ(resolve("x").load.path, (elsewhere / "x.gguf").string());
  profile("gone", "/nowhere/x.gguf");
  EXPECT_EQ(error_of("gone"), "the profile 'gone': there is no file /nowhere/x.gguf");
  profile("odd", "/etc/passwd");
  EXPECT_THAT(error_of("odd"), HasSubstr("does not end in .gguf"));
}

TEST_F(NamesTest, an_unknown_name_gets_the_nearest) {
  profile("coder", "a");
  EXPECT_EQ(error_of("codr"), "no model 'codr' is here. Did you mean 'coder'?");
  EXPECT_THAT(error_of("zzzzzzzz"), HasSubstr("llf ls"));
  profile("lost", "nothing");
  EXPECT_THAT(error_of("lost"), HasSubstr("the profile 'lost': no model 'nothing'"));
}

TEST_F(NamesTest, an_alias_takes_its_model_no_short_name) {
  const auto file = names_.model_file(ModelId("a"))->path;
  std::filesystem::copy_file(file, std::filesystem::path(file).parent_path() / "echo.gguf");
  catalog_.set_shelves(catalog_.shelves());
  profile("echo2", "echo");
  EXPECT_EQ(resolve("ech").name, ModelId("echo"));
  EXPECT_EQ(names_.model_file(ModelId("ech"))->id, ModelId("echo"));
  profile("echoes", "a");
  EXPECT_THAT(error_of("ech"), HasSubstr("echo, echo2, echoes"));
}

TEST_F(NamesTest, a_profile_may_be_shortened_as_a_model_may) {
  profile("pin", "a").context = 64;
  EXPECT_EQ(resolve("pi").name, ModelId("pin"));
  EXPECT_EQ(resolve("PIN").load.context, 64);
  EXPECT_EQ(names_.model_file(ModelId("pi"))->id, ModelId("a"));
  EXPECT_TRUE(names_.is_name("PIN"));
  EXPECT_FALSE(names_.is_name("pi")) << "it may as well be a prompt";
  profile("pink", "b");
  EXPECT_EQ(resolve("pin").name, ModelId("pin")) << "a whole name wins";
  EXPECT_EQ(error_of("pi"), "'pi' may be any of these, say which: pin, pink");
  EXPECT_EQ(names_.meant_by("pi"), (std::vector{ModelId("pin"), ModelId("pink")}));
  EXPECT_TRUE(names_.meant_by("pit").empty());
}

TEST_F(NamesTest, what_begins_a_profile_and_a_model_is_asked_back) {
  std::ofstream(folder_ / "coder-7b.gguf") << "GGUF";
  profile("coder-cold", "a");
  EXPECT_EQ(error_of("cod"), "'cod' may be any of these, say which: coder-7b, coder-cold");
  EXPECT_THAT(names_.model_file(ModelId("cod")).error().message, HasSubstr("say which"));
  profile("coder-7b", "b");
  EXPECT_EQ(resolve("coder-7").model, ModelId("b")) << "a profile owns the name of a model";
}

TEST_F(NamesTest, the_default_is_the_settings_one) {
  EXPECT_EQ(names_.default_name(), ModelId("a"));
  profile("mine", "b");
  settings_.models.default_model = "mine";
  EXPECT_EQ(names_.default_name(), ModelId("mine"));
  EXPECT_EQ(resolve("").worker, ModelId("b"));
}

TEST_F(NamesTest, lists_profiles_with_their_models) {
  profile("c", "a");
  profile("lost", "nothing");
  const auto all = names_.list();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[2].id, ModelId("c"));
  EXPECT_EQ(all[2].source, "profile");
  EXPECT_EQ(all[2].worker, ModelId("a"));
  EXPECT_EQ(names_.model_of(ModelId("c")), ModelId("a"));
  EXPECT_EQ(names_.model_of(ModelId("unknown")), ModelId("unknown"));
}

TEST_F(NamesTest, a_worker_stays_as_long_as_one_of_those_who_asked_wants) {
  using std::chrono::seconds;
  const auto keep_alive = [&](std::set<ModelId> names) {
    return names_.retention(ModelId("a"), names).keep_alive;
  };
  const ModelId a("a");
  const ModelId brief("brief");
  const ModelId gone("gone");
  settings_.models.keep_alive = {};
  profile("brief", "a").keep_alive = seconds(2);
  EXPECT_EQ(keep_alive({brief}), seconds(2));
  EXPECT_EQ(keep_alive({brief, a}), seconds(0)) << "0: for ever";
  EXPECT_EQ(keep_alive({gone, brief}), seconds(2));
  settings_.models.keep_alive = seconds(10);
  EXPECT_EQ(keep_alive({}), seconds(10));
  EXPECT_EQ(keep_alive({gone}), seconds(10));
  EXPECT_EQ(keep_alive({brief, a}), seconds(10));
  profile("long", "a").keep_alive = seconds(60);
  EXPECT_EQ(keep_alive({brief, a}), seconds(10));
  EXPECT_EQ(keep_alive({brief, ModelId("long")}), seconds(60));
  profile("plain", "a");
  EXPECT_EQ(keep_alive({ModelId("plain")}), seconds(10));
}

TEST_F(NamesTest, a_pinned_profile_pins_its_worker) {
  EXPECT_FALSE(names_.retention(ModelId("a"), {}).pinned);
  profile("pinned", "a").pinned = true;
  EXPECT_TRUE(names_.retention(ModelId("a"), {}).pinned);
  EXPECT_FALSE(names_.retention(ModelId("b"), {}).pinned);
}

/// Names that servers elsewhere have, too.
class NamesElsewhere : public NamesTest {
 protected:
  void SetUp() override {
    NamesTest::SetUp();
    std::ofstream(folder_ / "qwen3-4b.gguf") << "GGUF";
    config::Endpoint office{.url = "http://127.0.0.1:1/v1"};
    office.models = {"a", "qwen3", "far/big"};
    directory_.set({{"office", office}});
  }
  void TearDown() override { static_cast<void>(net::run_until_done(loop_, directory_.end())); }
  [[nodiscard]] std::string place_of(const char* name) const {
    const auto target = all_.resolve(ModelId(name));
    if (!target) return target.error().message;
    return target->elsewhere ? "there: " + target->elsewhere->name : "here: " + target->model.str();
  }

  net::Loop loop_;
  remote::Directory directory_{
      loop_, [](const char*) { return std::nullopt; },
      [](const std::string&) { return Expected<std::shared_ptr<net::CipherSource>>(nullptr); }};
  Names all_{catalog_, settings_, &directory_};
};

TEST_F(NamesElsewhere, what_is_here_comes_first_and_a_whole_name_before_a_shortened_one) {
  EXPECT_EQ(place_of("a"), "here: a");
  EXPECT_EQ(place_of("office/a"), "there: a");
  EXPECT_EQ(place_of("qwen3"), "there: qwen3");
  EXPECT_EQ(place_of("qwen3-4"), "here: qwen3-4b");
  EXPECT_EQ(place_of("far"), "there: far/big");
  EXPECT_EQ(place_of("far/big"), "there: far/big");
  EXPECT_THAT(place_of("far/bgi"), HasSubstr("far/big"));
}

TEST_F(NamesElsewhere, a_profile_comes_before_all_and_may_be_of_a_model_there) {
  profile("qwen3", "a");
  EXPECT_EQ(place_of("qwen3"), "here: a");
  profile("cold", "far/big").inference.temperature = 0;
  EXPECT_EQ(place_of("cold"), "there: far/big");
  EXPECT_EQ(all_.resolve(ModelId("cold"))->inference.temperature, 0);
  EXPECT_EQ(all_.resolve(ModelId("cold"))->name, ModelId("cold"));
}

TEST_F(NamesElsewhere, a_shortened_profile_comes_before_a_shortened_model_there) {
  profile("fast", "a");
  EXPECT_EQ(place_of("fa"), "here: a");
  EXPECT_EQ(place_of("far"), "there: far/big");
  EXPECT_EQ(place_of("qwen3"), "there: qwen3");
}

TEST_F(NamesElsewhere, all_are_listed_once) {
  profile("cold", "far/big");
  std::string listed;
  for (const auto& one : all_.list()) listed += fmt::format("{}:{} ", one.id.str(), one.source);
  EXPECT_EQ(listed,
            "a:folder b:folder cold:profile far/big:endpoint qwen3:endpoint qwen3-4b:folder ");
  EXPECT_TRUE(all_.is_name("far/big"));
  EXPECT_FALSE(all_.is_name("far"));
}

TEST_F(NamesElsewhere, a_model_there_has_no_file_here) {
  const auto file = all_.model_file(ModelId("far/big"));
  ASSERT_FALSE(file);
  EXPECT_THAT(file.error().message, HasSubstr("model of an endpoint"));
}

}  // namespace
}  // namespace llf::scheduler
