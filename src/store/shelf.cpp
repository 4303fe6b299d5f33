#include "store/shelf.hpp"

#include "store/scan_hub_cache.hpp"
#include "store/scan_ollama.hpp"
#include "store/scan_tree.hpp"

namespace llf::store {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> folder_of(const Environment& env, const char* name) {
  const auto value = env(name);
  if (!value || !value->starts_with('/')) return std::nullopt;
  return fs::path(*value);
}

/// $XDG_CACHE_HOME, else ~/.cache.
std::optional<fs::path> cache_home(const Environment& env) {
  if (auto cache = folder_of(env, "XDG_CACHE_HOME")) return cache;
  const auto home = folder_of(env, "HOME");
  return home ? std::optional(*home / ".cache") : std::nullopt;
}

}  // namespace

fs::path hub_cache(const Environment& env) {
  if (auto cache = folder_of(env, "HF_HUB_CACHE")) return *cache;
  if (const auto home = folder_of(env, "HF_HOME")) return *home / "hub";
  const auto cache = cache_home(env);
  return cache ? *cache / "huggingface/hub" : fs::path();
}

std::vector<Shelf> usual_shelves(const Environment& env) {
  std::vector<Shelf> shelves;
  const auto add = [&](fs::path root, Source source) {
    shelves.push_back({.root = std::move(root), .source = source});
  };
  if (auto cache = hub_cache(env); !cache.empty()) add(std::move(cache), Source::hugging_face);
  const auto home = folder_of(env, "HOME");
  if (auto models = folder_of(env, "OLLAMA_MODELS")) {
    add(*models, Source::ollama);
  } else if (home) {
    add(*home / ".ollama/models", Source::ollama);
    add("/usr/share/ollama/.ollama/models", Source::ollama);
  }
  if (home) add(*home / ".lmstudio/models", Source::lm_studio);
  if (const auto cache = cache_home(env)) {
    add(*cache / "lm-studio/models", Source::lm_studio);
    add(folder_of(env, "LLAMA_CACHE").value_or(*cache / "llama.cpp"), Source::llama_cpp);
  }
  return shelves;
}

std::vector<ModelFile> scan(const Shelf& shelf, const Look& look) {
  switch (shelf.source) {
    case Source::hugging_face:
      return scan_hub_cache(shelf.root, look);
    case Source::ollama:
      return scan_ollama(shelf.root, look);
    case Source::built_in:
    case Source::folder:
    case Source::lm_studio:
    case Source::llama_cpp:
      return scan_tree(shelf, look);
  }
  return {};
}

}  // namespace llf::store
