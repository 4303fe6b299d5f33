#include "gguf/tensor_layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <ranges>
#include <utility>

namespace llf::gguf {
namespace {

constexpr auto kMost = static_cast<std::uint64_t>(
    std::numeric_limits<std::int64_t>::max());  // what engines count with

/// `a * b`; nothing when it is more than an engine can count.
std::optional<std::uint64_t> product(std::uint64_t a, std::uint64_t b) {
  if (b != 0 && a > kMost / b) return std::nullopt;
  return a * b;
}

std::optional<std::uint64_t> sum(std::uint64_t a, std::uint64_t b) {
  if (a > kMost || b > kMost - a) return std::nullopt;
  return a + b;
}

/// The next multiple of `alignment`, a power of two.
std::optional<std::uint64_t> padded(std::uint64_t offset, std::uint64_t alignment) {
  const auto more = sum(offset, alignment - 1);
  return more ? std::optional(*more & ~(alignment - 1)) : std::nullopt;
}

template <class... Args>
std::unexpected<Error> wrong(fmt::format_string<Args...> form, Args&&... args) {
  return failure(ErrorKind::invalid, fmt::format(form, std::forward<Args>(args)...));
}

/// Nothing of a type that is not known.
Expected<std::optional<ByteSize>> size_of(const Tensor& tensor) {
  std::optional<std::uint64_t> elements = 1;
  for (const auto length : tensor.shape) {
    if (length == 0) return wrong("the tensor '{}' is empty", tensor.name);
    if (elements) elements = product(*elements, length);
  }
  if (!elements) return wrong("the tensor '{}' is larger than anything", tensor.name);
  const auto type = tensor_type(tensor.type);
  if (!type) return std::nullopt;
  if (type->block == 0) {
    return wrong("the tensor '{}' has the type {}, which no engine loads any more", tensor.name,
                 type->name);
  }
  if (tensor.shape[0] % type->block != 0) {
    return wrong(
        "the rows of the tensor '{}' have {} numbers, which is no multiple of the {} in a block of "
        "{}",
        tensor.name, tensor.shape[0], type->block, type->name);
  }
  const auto bytes = product(*elements / type->block, type->block_bytes);
  if (!bytes) return wrong("the tensor '{}' is larger than anything", tensor.name);
  return ByteSize(*bytes);
}

}  // namespace

Expected<void> TensorLayout::add(Tensor& tensor) {
  const auto size = size_of(tensor);
  if (!size) return failure(size.error());
  tensor.size = size->value_or(ByteSize());
  return place(tensor);
}

Expected<void> TensorLayout::place(const Tensor& tensor) {
  const bool fits = size_known_ ? tensor.offset == next_offset_ : tensor.offset >= next_offset_;
  if (!fits || tensor.offset % alignment_ != 0) {
    return wrong("the data of the tensor '{}' are at {}, not at {} where those before it end",
                 tensor.name, tensor.offset, next_offset_);
  }
  const auto known = tensor.size.bytes();
  const auto end = sum(tensor.offset, std::max<std::uint64_t>(known, 1));
  const auto next = end ? padded(*end, alignment_) : std::nullopt;
  if (!next) return wrong("the data of the tensor '{}' end beyond anything", tensor.name);
  size_known_ = known > 0;
  data_end_ = *end;
  next_offset_ = *next;
  has_data_ = true;
  return {};
}

Expected<std::uint64_t> TensorLayout::data_offset(std::uint64_t header_end,
                                                  std::uint64_t file_size) const {
  const auto begin = padded(header_end, alignment_);
  const auto end = begin ? sum(*begin, data_end_) : std::nullopt;
  // A file without tensors, a vocabulary, need not be padded.
  if (!end || (has_data_ && *end > file_size)) {
    return wrong("the file ends before its tensors do: {} bytes are missing",
                 end ? *end - file_size : 0);
  }
  return *begin;
}

void size_unknown(std::vector<Tensor>& tensors, std::uint64_t data_size) {
  auto end = data_size;
  for (auto& tensor : std::views::reverse(tensors)) {
    if (!tensor_type(tensor.type)) tensor.size = ByteSize(end - tensor.offset);
    end = tensor.offset;
  }
}

}  // namespace llf::gguf
