#include "cli/bundle_settings.hpp"

#include "base/limits.hpp"
#include "cli/config_command.hpp"
#include "cli/test_command.hpp"
#include "os/atomic_file.hpp"

#include <gmock/gmock.h>

namespace llf::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using State = TakenText::State;

constexpr std::string_view kTemplate = R"({"system":"You write code."})";

class BundleSettings : public CommandTest {
 protected:
  BundleSettings() {
    context_.home = folder_.path().native();
    context_.paths = paths_;
  }

  void settings(std::string_view text) { put(paths_.settings_file(), text); }
  void own_prompt(const std::string& name, std::string_view text) {
    put(paths_.prompts_dir() / (name + ".json"), text);
  }
  static void put(const std::filesystem::path& path, std::string_view text) {
    ASSERT_TRUE(os::ensure_dir(path.parent_path()));
    ASSERT_TRUE(os::write_file_atomically(path, text));
  }
  [[nodiscard]] std::string saved() const {
    return os::read_file(paths_.settings_file(), limits::kSettingsFile).value_or("");
  }
  static json::Array texts(const std::vector<std::pair<std::string, std::string>>& list) {
    json::Array all;
    for (const auto& [name, content] : list) {
      all.push_back(json::Object{{"name", name}, {"content", content}});
    }
    return all;
  }
  std::vector<TakenText> take(const std::vector<std::pair<std::string, std::string>>& list,
                              EngineArguments arguments = EngineArguments::leave_out) {
    return take_texts(
        context_, texts(list),
        {.model = "o/r:Q4", .installed = {"llf-nano", "own-model"}, .arguments = arguments});
  }

  Context context_{.out = Output(out_.get()), .err = Output(err_.get())};
};

TEST_F(BundleSettings, what_a_profile_says_goes_with_its_template) {
  settings(R"({"profiles":{"coder":{"model":"/x/m.gguf","prompt":"mine","context":{"env":"CTX"},
               "arguments":{"flash-attn":"on"},"inference":{"temperature":0.2}},
               "other":{"model":"m"}}})");
  own_prompt("mine", kTemplate);
  const auto made = texts_for_bundle(context_, {"coder"});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(json::get_string(*made, "prompts/mine.json"), kTemplate);
  const auto profiles = json::get_string(*made, "profiles.json").value_or("");
  EXPECT_THAT(profiles, HasSubstr(R"("temperature")"));
  EXPECT_THAT(profiles, HasSubstr("flash-attn"));
  EXPECT_THAT(profiles, Not(HasSubstr("m.gguf")));
  EXPECT_THAT(profiles, Not(HasSubstr("CTX")));
  EXPECT_THAT(profiles, Not(HasSubstr("other")));
  EXPECT_TRUE(texts_for_bundle(context_, {})->empty());
}

TEST_F(BundleSettings, they_are_added_elsewhere) {
  const auto taken = take({{"prompts/mine.json", std::string(kTemplate)},
                           {"profiles.json", R"({"coder":{"prompt":"mine","context":4096}})"}});
  ASSERT_EQ(taken.size(), 2U);
  EXPECT_EQ(taken[0].state, State::added) << taken[0].note;
  EXPECT_EQ(taken[1].state, State::added) << taken[1].note;
  const auto config = settings_here(context_);
  ASSERT_TRUE(config);
  const auto& profile = config->settings().profiles.at("coder");
  EXPECT_EQ(profile.model, "o/r:Q4");
  EXPECT_EQ(profile.context, 4096);
  const auto again = take({{"prompts/mine.json", std::string(kTemplate)},
                           {"profiles.json", R"({"coder":{"prompt":"mine","context":4096}})"}});
  EXPECT_EQ(again[0].state, State::was_there);
  EXPECT_EQ(again[1].state, State::was_there);
}

TEST_F(BundleSettings, what_has_the_name_stays) {
  settings(R"({"profiles":{"coder":{"model":"m"}}})");
  own_prompt("mine", R"({"system":"other"})");
  const auto before = saved();
  const auto taken =
      take({{"prompts/mine.json", std::string(kTemplate)}, {"profiles.json", R"({"coder":{}})"}});
  EXPECT_EQ(taken[0].state, State::kept);
  EXPECT_EQ(taken[1].state, State::kept);
  EXPECT_EQ(saved(), before);
}

TEST_F(BundleSettings, no_profile_hides_a_model) {
  const auto taken = take({{"profiles.json", R"({"coder":{},"llf-nano":{},"own-model":{}})"}});
  ASSERT_EQ(taken.size(), 3U);
  EXPECT_EQ(taken[0].state, State::added);
  for (const auto& hides : {taken[1], taken[2]}) {
    EXPECT_EQ(hides.state, State::refused) << hides.name;
    EXPECT_NE(hides.note, "") << hides.name;
  }
  EXPECT_THAT(taken[1].note, HasSubstr("would hide the model of that name"));
  EXPECT_THAT(saved(), Not(HasSubstr("llf-nano")));
}

TEST_F(BundleSettings, arguments_of_the_engine_are_taken_only_when_told) {
  const std::string profiles = R"({"coder":{"arguments":{"slot-save-path":"/home"}}})";
  const auto taken = take({{"profiles.json", profiles}});
  EXPECT_EQ(taken[0].state, State::added);
  EXPECT_THAT(taken[0].note, HasSubstr("slot-save-path"));
  EXPECT_THAT(saved(), Not(HasSubstr("slot-save-path")));
  const auto all = take({{"profiles.json", R"({"two":{"arguments":{"flash-attn":"on"}}})"}},
                        EngineArguments::take);
  EXPECT_EQ(all[0].state, State::added) << all[0].note;
  EXPECT_THAT(saved(), HasSubstr("flash-attn"));
}

TEST_F(BundleSettings, what_an_untrusted_bundle_says_is_checked) {
  const auto taken = take({{"prompts/../x.json", std::string(kTemplate)},
                           {"prompts/broken.json", "{"},
                           {"elsewhere/x", "?"},
                           {"profiles.json", R"({"a/b":{},"wrong":{"context":"x"},
                             "env":{"prompt":{"env":"SECRET"}},"unknown":{"hook":"/bin/sh"}})"}});
  ASSERT_EQ(taken.size(), 6U);
  for (const auto& one : taken) {
    EXPECT_EQ(one.state, one.name == "env" ? State::added : State::refused) << one.name;
  }
  EXPECT_THAT(saved(), Not(HasSubstr("SECRET")));
  EXPECT_THAT(take({{"profiles.json", "["}}).front().note, HasSubstr("line 1"));
}

}  // namespace
}  // namespace llf::cli
