#pragma once

#include "base/expected.hpp"
#include "gguf/cursor.hpp"
#include "gguf/header.hpp"
#include "gguf/tensor_layout.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace llf::gguf {

/// Reads a header while it comes, as read_header does with one that is there. Of what has been read
/// only the values are held, within limits::kGgufKept, and the tensors; of the rest, what the end
/// of a piece has cut: at most one key or text. One thread.
class HeaderReader {
 public:
  /// Of a file of so many bytes.
  explicit HeaderReader(std::uint64_t file_size) : file_size_(file_size) {}
  HeaderReader(const HeaderReader&) = delete;
  HeaderReader& operator=(const HeaderReader&) = delete;
  ~HeaderReader() = default;

  /// Takes the bytes of the file that follow those before, as many as there are. After the header's
  /// end nothing of them matters. Errors: those of read_header, after which it is of no use.
  [[nodiscard]] Expected<void> take(std::string_view bytes);

  /// Whether the header is whole.
  [[nodiscard]] bool done() const { return stage_ == Stage::done; }

  /// How much of the file, from its beginning, is needed to go on: more than was taken.
  [[nodiscard]] std::uint64_t needed() const { return needed_; }

  /// The header, when done.
  [[nodiscard]] Header header() && { return std::move(header_); }

 private:
  enum class Stage : std::uint8_t { preamble, values, texts, tensors, done };

  void read_step(Cursor& cursor);
  void read_preamble(Cursor& cursor);
  void read_pair(Cursor& cursor);
  [[nodiscard]] Scalar read_scalar(Cursor& cursor, ValueType type);
  [[nodiscard]] List read_list(Cursor& cursor, std::string_view key);
  [[nodiscard]] bool keep(Cursor& cursor, std::uint64_t bytes);
  void begin_tensors(Cursor& cursor);
  void read_tensor(Cursor& cursor);
  void end_tensors(Cursor& cursor);

  std::uint64_t file_size_;
  Stage stage_ = Stage::preamble;
  Header header_;
  std::string pending_;        ///< what is read again with what follows
  std::uint64_t at_ = 0;       ///< where in the file that begins
  std::uint64_t skip_ = 0;     ///< bytes from there that are of no interest
  std::uint64_t needed_ = 1;   ///< see needed
  std::uint64_t values_ = 0;   ///< that are to come
  std::uint64_t texts_ = 0;    ///< the same of a list's
  std::uint64_t tensors_ = 0;  ///< likewise
  std::uint64_t kept_ = 0;     ///< bytes of memory of the values
  TensorLayout layout_{1};
  std::unordered_set<std::string_view> names_;  ///< of the header's tensors, which do not move
};

}  // namespace llf::gguf
