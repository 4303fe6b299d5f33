#pragma once

#include "store/model_file.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace llf::store {

/// A folder in which models may stand, as one program keeps them. It need not exist.
struct Shelf {
  std::filesystem::path root;
  Source source = Source::folder;

  friend bool operator==(const Shelf&, const Shelf&) = default;
};

/// Reads an environment variable.
using Environment = std::function<std::optional<std::string>(const char*)>;

/// The Hugging Face cache, as all its programs find it: HF_HUB_CACHE, else HF_HOME/hub, else
/// ~/.cache/huggingface/hub (XDG_CACHE_HOME counts); empty without any of these. Pure.
[[nodiscard]] std::filesystem::path hub_cache(const Environment& env);

/// Where this machine may have models beside llf's own folders: the Hugging Face cache first, then
/// those of Ollama, LM Studio and older llama.cpp. Pure.
[[nodiscard]] std::vector<Shelf> usual_shelves(const Environment& env);

/// What stands in a shelf, and `look` is called for every folder before it is looked into. What
/// cannot be read is passed over. Blocks. Any thread.
using Look = std::function<void(const std::filesystem::path&)>;
[[nodiscard]] std::vector<ModelFile> scan(const Shelf& shelf, const Look& look);

}  // namespace llf::store
