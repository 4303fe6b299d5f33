#pragma once

#include "base/byte_size.hpp"
#include "base/expected.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace llf::hub {

/// A model that we know of and that can be downloaded: one entry of assets/catalog.json.
struct CatalogModel {
  struct Quantisation {
    std::string name;
    ByteSize size;
  };
  std::string name;        ///< "qwen3:4b"
  std::string repository;  ///< "Qwen/Qwen3-4B-GGUF"
  std::string title;
  std::string about;  ///< one sentence
  std::vector<std::string> uses;
  std::string license;
  std::uint64_t parameters = 0;
  std::uint64_t active_parameters = 0;  ///< computed for each token
  std::uint64_t context = 0;            ///< tokens
  std::uint64_t kv_per_token = 0;       ///< bytes, as f16; 0: not known
  std::vector<Quantisation> quantisations;
  std::int64_t rank = 0;  ///< how good we think it is, 1 to 100
};

/// The catalog. Errors: those of files; `corrupt` when it is not as it should be. Blocks.
[[nodiscard]] Expected<std::vector<CatalogModel>> read_catalog(const std::filesystem::path& file);

/// The text of a catalog. Errors: `corrupt`. Pure.
[[nodiscard]] Expected<std::vector<CatalogModel>> parse_catalog(std::string_view text);

/// The entry with this name in any case; nullptr when there is none.
[[nodiscard]] const CatalogModel* find_model(const std::vector<CatalogModel>& catalog,
                                             std::string_view name);

}  // namespace llf::hub
