#pragma once

#include "base/expected.hpp"
#include "gguf/header_reader.hpp"
#include "hub/transfer.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <vector>

namespace llf::hub {

/// Whether a file that has come is a model: a GGUF file that no engine could load is no download
/// that succeeded. Errors: `invalid` and `too_large` where it is none; those of files. Blocks.
[[nodiscard]] Expected<void> check_content(const std::filesystem::path& file);

/// The same while it comes, as soon as its header is there: what is no model need not come to its
/// end. One thread.
class FrontCheck {
 public:
  /// Both outlive this.
  FrontCheck(const std::vector<Origin>& origins, const std::stop_token& stop)
      : origins_(origins), stop_(stop) {}

  /// `front` bytes from the beginning of a file of `size` bytes stand in `part`. Errors: as of
  /// check_content, where every origin that answers sends the same: what was damaged on the way is
  /// none of them. Blocks, in that case for as long as they take.
  [[nodiscard]] Expected<void> look(const std::filesystem::path& part, std::uint64_t front,
                                    std::uint64_t size);

 private:
  [[nodiscard]] Expected<void> take(const std::filesystem::path& part, std::uint64_t front);
  [[nodiscard]] bool is_so_at_its_origins(std::uint64_t size, ErrorKind kind) const;

  const std::vector<Origin>& origins_;
  const std::stop_token& stop_;
  std::optional<gguf::HeaderReader> reader_;
  std::uint64_t have_ = 0;
  bool settled_ = false;
};

}  // namespace llf::hub
