#include "store/shelf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace llf::store {
namespace {

using testing::ElementsAre;

Environment environment(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const char* name) -> std::optional<std::string> {
    const auto at = values.find(name);
    return at == values.end() ? std::nullopt : std::optional(at->second);
  };
}

TEST(Shelf, the_cache_is_where_hugging_face_has_it) {
  EXPECT_EQ(hub_cache(environment({{"HOME", "/h"}})), "/h/.cache/huggingface/hub");
  EXPECT_EQ(hub_cache(environment({{"HOME", "/h"}, {"XDG_CACHE_HOME", "/x"}})),
            "/x/huggingface/hub");
  EXPECT_EQ(hub_cache(environment({{"HOME", "/h"}, {"HF_HOME", "/f"}})), "/f/hub");
  EXPECT_EQ(hub_cache(environment({{"HF_HOME", "/f"}, {"HF_HUB_CACHE", "/c"}})), "/c");
  EXPECT_EQ(hub_cache(environment({{"HOME", "/h"}, {"HF_HUB_CACHE", "relative"}})),
            "/h/.cache/huggingface/hub");
  EXPECT_TRUE(hub_cache(environment({})).empty());
}

TEST(Shelf, knows_where_other_programs_keep_their_models) {
  const auto usual = usual_shelves(environment({{"HOME", "/h"}}));
  EXPECT_THAT(usual, ElementsAre(Shelf{"/h/.cache/huggingface/hub", Source::hugging_face},
                                 Shelf{"/h/.ollama/models", Source::ollama},
                                 Shelf{"/usr/share/ollama/.ollama/models", Source::ollama},
                                 Shelf{"/h/.lmstudio/models", Source::lm_studio},
                                 Shelf{"/h/.cache/lm-studio/models", Source::lm_studio},
                                 Shelf{"/h/.cache/llama.cpp", Source::llama_cpp}));
  EXPECT_THAT(usual_shelves(environment({{"OLLAMA_MODELS", "/o"}})),
              ElementsAre(Shelf{"/o", Source::ollama}));
  EXPECT_TRUE(usual_shelves(environment({})).empty());
}

}  // namespace
}  // namespace llf::store
