#include "gguf/header_reader.hpp"

#include "base/limits.hpp"
#include "base/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

namespace llf::gguf {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little endian");

constexpr std::string_view kMagic = "GGUF";
constexpr std::string_view kAlignment = "general.alignment";
constexpr std::uint64_t kDefaultAlignment = 32;
constexpr std::uint64_t kPair = sizeof(decltype(Header::values)::value_type);

/// A key for a message.
std::string_view shown(std::string_view key) {
  return cut_utf8(key, limits::kGgufTensorName);
}

void fail(Cursor& cursor, std::uint64_t place, std::string_view what) {
  cursor.fail_at(place, ErrorKind::invalid, what);
}

std::uint64_t read_count(Cursor& cursor, std::string_view what, std::uint64_t limit,
                         std::uint64_t least) {
  const auto place = cursor.at();
  const auto count = cursor.number<std::uint64_t>();
  if (count > cursor.rest() / least) {
    fail(cursor, place, fmt::format("{} {} do not fit into the file", count, what));
  } else if (count > limit) {
    cursor.fail_at(place, ErrorKind::too_large,
                   fmt::format("the file has {} {}, more than {}", count, what, limit));
  }
  return count;
}

bool read_bool(Cursor& cursor) {
  const auto place = cursor.at();
  const auto byte = cursor.number<std::uint8_t>();
  if (byte > 1) fail(cursor, place, fmt::format("a bool is {}, neither 0 nor 1", byte));
  return byte == 1;
}

/// Of the types of List::numbers.
bool is_whole(ValueType type) {
  return type != ValueType::string && type != ValueType::float32 && type != ValueType::float64;
}

std::uint64_t whole_number(const Scalar& scalar) {
  if (const auto* flag = std::get_if<bool>(&scalar)) return *flag ? 1 : 0;
  if (const auto* number = std::get_if<std::uint64_t>(&scalar)) return *number;
  const auto* number = std::get_if<std::int64_t>(&scalar);
  return number == nullptr || *number < 0 ? 0 : static_cast<std::uint64_t>(*number);
}

}  // namespace

Expected<void> HeaderReader::take(std::string_view bytes) {
  if (done()) return {};
  const bool carried = !pending_.empty();
  if (carried) {
    pending_ += bytes;
    bytes = pending_;
  }
  Cursor cursor(bytes, at_, file_size_);
  for (;;) {
    const auto skipped = std::min<std::uint64_t>(skip_, cursor.left().size());
    static_cast<void>(cursor.take(skipped));
    skip_ -= skipped;
    if (skip_ > 0) needed_ = cursor.at() + skip_;
    if (skip_ > 0 || done()) break;
    // What is cut is read again as a whole.
    auto step = cursor;
    read_step(step);
    if (step.error()) return failure(*step.error());
    if (!step.ok()) {
      needed_ = step.needed();
      break;
    }
    cursor = step;
  }
  if (carried) {
    pending_.erase(0, cursor.at() - at_);
  } else {
    pending_ = cursor.left();
  }
  at_ = cursor.at();
  if (done()) pending_ = std::string();
  return {};
}

/// Reads one thing, and notes nothing unless it is there as a whole.
void HeaderReader::read_step(Cursor& cursor) {
  switch (stage_) {
    case Stage::preamble:
      read_preamble(cursor);
      return;
    case Stage::values:
      if (values_ == 0) {
        begin_tensors(cursor);
      } else {
        read_pair(cursor);
      }
      return;
    case Stage::texts:
      static_cast<void>(cursor.text(limits::kGgufText, "a text"));
      if (cursor.ok() && --texts_ == 0) stage_ = Stage::values;
      return;
    case Stage::tensors:
      if (tensors_ == 0) {
        end_tensors(cursor);
      } else {
        read_tensor(cursor);
      }
      return;
    case Stage::done:
      return;
  }
}

void HeaderReader::read_preamble(Cursor& cursor) {
  // A file that is no model is told as that, however short it is.
  const auto magic = cursor.take(std::min<std::uint64_t>(kMagic.size(), cursor.rest()));
  if (!cursor.ok()) return;
  if (magic != kMagic) {
    fail(cursor, 0, "this is no GGUF file: it does not begin with GGUF");
    return;
  }
  const auto place = cursor.at();
  header_.version = cursor.number<std::uint32_t>();
  if (!cursor.ok()) return;
  constexpr std::uint32_t kLowHalf = 0xFFFF;
  constexpr std::uint32_t kOldest = 2;
  constexpr std::uint32_t kNewest = 3;
  if (header_.version != 0 && (header_.version & kLowHalf) == 0) {
    fail(cursor, place, "the file is big endian, and no engine of this machine reads it");
  } else if (header_.version < kOldest || header_.version > kNewest) {
    fail(cursor, place,
         fmt::format("GGUF version {} is not known, only {} and {}", header_.version, kOldest,
                     kNewest));
  }
  constexpr std::uint64_t kLeastTensor = 24;  // bytes of its shortest entry
  constexpr std::uint64_t kLeastPair = 14;
  tensors_ = read_count(cursor, "tensors", limits::kGgufTensors, kLeastTensor);
  values_ = read_count(cursor, "metadata values", limits::kGgufValues, kLeastPair);
  if (cursor.ok()) stage_ = Stage::values;
}

void HeaderReader::read_pair(Cursor& cursor) {
  const auto place = cursor.at();
  const auto key = cursor.text(limits::kGgufKey, "a key");
  const auto type_place = cursor.at();
  const auto number = cursor.number<std::uint32_t>();
  if (!cursor.ok()) return;
  if (key.empty()) fail(cursor, place, "a key is empty");
  const auto type = value_type(number);
  if (!type) {
    fail(cursor, type_place,
         fmt::format("{} has a value of type {}, which there is not", shown(key), number));
    return;
  }
  if (header_.values.contains(key)) {
    fail(cursor, place, fmt::format("{} is there twice", shown(key)));
    return;
  }
  auto value = *type == ValueType::array ? Value(read_list(cursor, shown(key)))
                                         : Value(read_scalar(cursor, *type));
  if (!keep(cursor, key.size() + kPair)) return;
  const auto* list = std::get_if<List>(&value);
  if (list != nullptr && list->numbers.size() < list->count) {
    if (list->type == ValueType::string) {
      texts_ = list->count;
      stage_ = Stage::texts;
    } else {
      skip_ = list->count * size_of(list->type);
    }
  }
  header_.values.emplace(key, std::move(value));
  --values_;
}

Scalar HeaderReader::read_scalar(Cursor& cursor, ValueType type) {
  switch (type) {
    case ValueType::uint8:
      return std::uint64_t{cursor.number<std::uint8_t>()};
    case ValueType::int8:
      return std::int64_t{cursor.number<std::int8_t>()};
    case ValueType::uint16:
      return std::uint64_t{cursor.number<std::uint16_t>()};
    case ValueType::int16:
      return std::int64_t{cursor.number<std::int16_t>()};
    case ValueType::uint32:
      return std::uint64_t{cursor.number<std::uint32_t>()};
    case ValueType::int32:
      return std::int64_t{cursor.number<std::int32_t>()};
    case ValueType::float32:
      return double{cursor.number<float>()};
    case ValueType::uint64:
      return cursor.number<std::uint64_t>();
    case ValueType::int64:
      return cursor.number<std::int64_t>();
    case ValueType::float64:
      return cursor.number<double>();
    case ValueType::boolean:
      return read_bool(cursor);
    case ValueType::string: {
      const auto text = cursor.text(limits::kGgufText, "a text");
      return keep(cursor, text.size()) ? std::string(text) : std::string();
    }
    case ValueType::array:
      break;  // is none
  }
  cursor.fail("a list in a list");
  return {};
}

/// The head of a list, and its numbers if they are kept.
List HeaderReader::read_list(Cursor& cursor, std::string_view key) {
  const auto place = cursor.at();
  const auto number = cursor.number<std::uint32_t>();
  const auto count = cursor.number<std::uint64_t>();
  if (!cursor.ok()) return {};
  const auto type = value_type(number);
  if (!type || *type == ValueType::array) {
    fail(cursor, place, fmt::format("{} is a list of type {}, which there is not", key, number));
    return {};
  }
  constexpr std::uint64_t kLength = 8;  // of a string
  const auto least = *type == ValueType::string ? kLength : size_of(*type);
  if (count > cursor.rest() / least) {
    fail(cursor, place, fmt::format("{}: {} values do not fit into the file", key, count));
    return {};
  }
  List list{.type = *type, .count = count, .numbers = {}};
  if (!is_whole(*type) || count > limits::kGgufListKept) return list;
  // All of it or nothing, before there is memory for it.
  if (auto whole = cursor; whole.take(count * least).size() != count * least) {
    cursor = whole;
    return list;
  }
  if (!keep(cursor, count * sizeof(list.numbers.front()))) return list;
  list.numbers.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    list.numbers.push_back(whole_number(read_scalar(cursor, *type)));
  }
  return list;
}

/// Whether there is room for so many more bytes of values; what was read before is there.
bool HeaderReader::keep(Cursor& cursor, std::uint64_t bytes) {
  if (!cursor.ok()) return false;
  if (bytes > limits::kGgufKept.bytes() - kept_) {
    cursor.fail_at(cursor.at(), ErrorKind::too_large,
                   fmt::format("the metadata values are larger than {} together",
                               to_string(limits::kGgufKept)));
    return false;
  }
  kept_ += bytes;
  return true;
}

void HeaderReader::begin_tensors(Cursor& cursor) {
  auto alignment = kDefaultAlignment;
  if (const auto found = header_.values.find(kAlignment); found != header_.values.end()) {
    const auto* scalar = std::get_if<Scalar>(&found->second);
    const auto* number = scalar == nullptr ? nullptr : std::get_if<std::uint64_t>(scalar);
    if (number == nullptr || !std::has_single_bit(*number) || *number > limits::kGgufAlignment) {
      cursor.fail(
          fmt::format("{} must be a power of two, at most {}", kAlignment, limits::kGgufAlignment));
      return;
    }
    alignment = *number;
  }
  layout_ = TensorLayout(alignment);
  header_.tensors.reserve(tensors_);
  stage_ = Stage::tensors;
}

void HeaderReader::read_tensor(Cursor& cursor) {
  const auto place = cursor.at();
  Tensor tensor;
  tensor.name = cursor.text(limits::kGgufTensorName, "the name of a tensor");
  const auto dimensions = cursor.number<std::uint32_t>();
  if (dimensions > tensor.shape.size()) {
    fail(cursor, place,
         fmt::format("the tensor '{}' has {} dimensions, more than {}", tensor.name, dimensions,
                     tensor.shape.size()));
    return;
  }
  for (std::uint32_t i = 0; i < dimensions; ++i) {
    tensor.shape.at(i) = cursor.number<std::uint64_t>();
  }
  tensor.type = cursor.number<std::uint32_t>();
  tensor.offset = cursor.number<std::uint64_t>();
  if (!cursor.ok()) return;
  if (names_.contains(tensor.name)) {
    fail(cursor, place, fmt::format("the tensor '{}' is there twice", tensor.name));
    return;
  }
  if (const auto added = layout_.add(tensor); !added) {
    cursor.fail_at(place, added.error().kind, added.error().message);
    return;
  }
  header_.tensors.push_back(std::move(tensor));
  names_.insert(header_.tensors.back().name);
  --tensors_;
}

void HeaderReader::end_tensors(Cursor& cursor) {
  const auto offset = layout_.data_offset(cursor.at(), file_size_);
  if (!offset) {
    cursor.fail(offset.error().message);
    return;
  }
  header_.data_offset = *offset;
  size_unknown(header_.tensors, file_size_ - *offset);
  stage_ = Stage::done;
}

}  // namespace llf::gguf
