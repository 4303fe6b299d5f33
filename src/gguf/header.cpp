#include "gguf/header.hpp"

#include "base/limits.hpp"
#include "base/utf8.hpp"
#include "gguf/cursor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <set>
#include <utility>

namespace llf::gguf {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little endian");

constexpr std::string_view kMagic = "GGUF";
constexpr std::string_view kAlignment = "general.alignment";
constexpr std::uint32_t kDefaultAlignment = 32;
constexpr auto kMost = std::numeric_limits<std::int64_t>::max();  // what engines count with

/// `a * b`; nothing when it is more than an engine can count.
std::optional<std::uint64_t> product(std::uint64_t a, std::uint64_t b) {
  if (b != 0 && a > static_cast<std::uint64_t>(kMost) / b) return std::nullopt;
  return a * b;
}

std::optional<std::uint64_t> sum(std::uint64_t a, std::uint64_t b) {
  constexpr auto most = static_cast<std::uint64_t>(kMost);
  if (a > most || b > most - a) return std::nullopt;
  return a + b;
}

/// The next multiple of `alignment`, a power of two.
std::optional<std::uint64_t> padded(std::uint64_t offset, std::uint64_t alignment) {
  const auto more = sum(offset, alignment - 1);
  return more ? std::optional(*more & ~(alignment - 1)) : std::nullopt;
}

/// A key for a message.
std::string_view shown(std::string_view key) {
  return cut_utf8(key, limits::kGgufTensorName);
}

class Reader {
 public:
  Reader(std::string_view beginning, std::uint64_t file_size) : cursor_(beginning, file_size) {}

  Expected<std::variant<Header, Incomplete>> read() && {
    read_preamble();
    for (std::uint64_t i = 0; i < value_count_ && cursor_.ok(); ++i) read_pair();
    read_alignment();
    for (std::uint64_t i = 0; i < tensor_count_ && cursor_.ok(); ++i) read_tensor();
    check_data();
    if (cursor_.error()) return failure(*cursor_.error());
    if (!cursor_.ok()) return Incomplete{cursor_.needed()};
    return std::move(header_);
  }

 private:
  void read_preamble() {
    // A file that is no model is told as that, however short it is.
    const auto magic = cursor_.take(std::min<std::uint64_t>(kMagic.size(), cursor_.rest()));
    if (magic != kMagic) {
      cursor_.fail_at(0, ErrorKind::invalid, "this is no GGUF file: it does not begin with GGUF");
      return;
    }
    const auto place = cursor_.at();
    header_.version = cursor_.number<std::uint32_t>();
    if (!cursor_.ok()) return;
    constexpr std::uint32_t kLowHalf = 0xFFFF;
    constexpr std::uint32_t kOldest = 2;
    constexpr std::uint32_t kNewest = 3;
    if (header_.version != 0 && (header_.version & kLowHalf) == 0) {
      fail(place, "the file is big endian, and no engine of this machine reads it");
    } else if (header_.version < kOldest || header_.version > kNewest) {
      fail(place, fmt::format("GGUF version {} is not known, only {} and {}", header_.version,
                              kOldest, kNewest));
    }
    constexpr std::uint64_t kLeastTensor = 24;  // bytes of its shortest entry
    constexpr std::uint64_t kLeastPair = 14;
    tensor_count_ = read_count("tensors", limits::kGgufTensors, kLeastTensor);
    value_count_ = read_count("metadata values", limits::kGgufValues, kLeastPair);
  }

  std::uint64_t read_count(std::string_view what, std::uint64_t limit, std::uint64_t least) {
    const auto place = cursor_.at();
    const auto count = cursor_.number<std::uint64_t>();
    if (count > cursor_.rest() / least) {
      fail(place, fmt::format("{} {} do not fit into the file", count, what));
    } else if (count > limit) {
      cursor_.fail_at(place, ErrorKind::too_large,
                      fmt::format("the file has {} {}, more than {}", count, what, limit));
    }
    return count;
  }

  void read_pair() {
    const auto place = cursor_.at();
    const auto key = cursor_.text(limits::kGgufKey, "a key");
    const auto type_place = cursor_.at();
    const auto number = cursor_.number<std::uint32_t>();
    if (!cursor_.ok()) return;
    if (key.empty()) fail(place, "a key is empty");
    const auto type = value_type(number);
    if (!type) {
      fail(type_place,
           fmt::format("{} has a value of type {}, which there is not", shown(key), number));
      return;
    }
    auto value =
        *type == ValueType::array ? Value(read_list(shown(key))) : Value(read_scalar(*type));
    if (!cursor_.ok()) return;
    const auto [at, is_new] = header_.values.emplace(key, std::move(value));
    if (!is_new) fail(place, fmt::format("{} is there twice", shown(key)));
  }

  Scalar read_scalar(ValueType type) {
    switch (type) {
      case ValueType::uint8:
        return std::uint64_t{cursor_.number<std::uint8_t>()};
      case ValueType::int8:
        return std::int64_t{cursor_.number<std::int8_t>()};
      case ValueType::uint16:
        return std::uint64_t{cursor_.number<std::uint16_t>()};
      case ValueType::int16:
        return std::int64_t{cursor_.number<std::int16_t>()};
      case ValueType::uint32:
        return std::uint64_t{cursor_.number<std::uint32_t>()};
      case ValueType::int32:
        return std::int64_t{cursor_.number<std::int32_t>()};
      case ValueType::float32:
        return double{cursor_.number<float>()};
      case ValueType::uint64:
        return cursor_.number<std::uint64_t>();
      case ValueType::int64:
        return cursor_.number<std::int64_t>();
      case ValueType::float64:
        return cursor_.number<double>();
      case ValueType::boolean:
        return read_bool();
      case ValueType::string:
        return std::string(cursor_.text(limits::kGgufText, "a text"));
      case ValueType::array:
        break;  // is none
    }
    cursor_.fail("a list in a list");
    return {};
  }

  bool read_bool() {
    const auto place = cursor_.at();
    const auto byte = cursor_.number<std::uint8_t>();
    if (byte > 1) fail(place, fmt::format("a bool is {}, neither 0 nor 1", byte));
    return byte == 1;
  }

  List read_list(std::string_view key) {
    const auto place = cursor_.at();
    const auto number = cursor_.number<std::uint32_t>();
    const auto count = cursor_.number<std::uint64_t>();
    if (!cursor_.ok()) return {};
    const auto type = value_type(number);
    if (!type || *type == ValueType::array) {
      fail(place, fmt::format("{} is a list of type {}, which there is not", key, number));
      return {};
    }
    constexpr std::uint64_t kLength = 8;  // of a string
    const auto least = *type == ValueType::string ? kLength : size_of(*type);
    if (count > cursor_.rest() / least) {
      fail(place, fmt::format("{}: {} values do not fit into the file", key, count));
      return {};
    }
    List list{.type = *type, .count = count, .values = {}};
    if (count <= limits::kGgufListKept) {
      for (std::uint64_t i = 0; i < count && cursor_.ok(); ++i) {
        list.values.push_back(read_scalar(*type));
      }
    } else if (*type == ValueType::string) {
      for (std::uint64_t i = 0; i < count && cursor_.ok(); ++i) {
        static_cast<void>(cursor_.text(limits::kGgufText, "a text"));
      }
    } else {
      static_cast<void>(cursor_.take(count * least));
    }
    return list;
  }

  void read_alignment() {
    const auto found = header_.values.find(kAlignment);
    if (!cursor_.ok() || found == header_.values.end()) return;
    const auto* scalar = std::get_if<Scalar>(&found->second);
    const auto* number = scalar == nullptr ? nullptr : std::get_if<std::uint64_t>(scalar);
    if (number == nullptr || !std::has_single_bit(*number) || *number > limits::kGgufAlignment) {
      cursor_.fail(
          fmt::format("{} must be a power of two, at most {}", kAlignment, limits::kGgufAlignment));
      return;
    }
    alignment_ = *number;
  }

  void read_tensor() {
    const auto place = cursor_.at();
    Tensor tensor;
    tensor.name = cursor_.text(limits::kGgufTensorName, "the name of a tensor");
    const auto dimensions = cursor_.number<std::uint32_t>();
    if (dimensions > tensor.shape.size()) {
      fail(place, fmt::format("the tensor '{}' has {} dimensions, more than {}", tensor.name,
                              dimensions, tensor.shape.size()));
      return;
    }
    for (std::uint32_t i = 0; i < dimensions; ++i)
      tensor.shape.at(i) = cursor_.number<std::uint64_t>();
    tensor.type = cursor_.number<std::uint32_t>();
    tensor.offset = cursor_.number<std::uint64_t>();
    if (!cursor_.ok()) return;
    if (!names_.insert(tensor.name).second) {
      fail(place, fmt::format("the tensor '{}' is there twice", tensor.name));
    }
    check_shape(place, tensor);
    check_offset(place, tensor);
    header_.tensors.push_back(std::move(tensor));
  }

  /// Its size, if its type is known.
  void check_shape(std::uint64_t place, Tensor& tensor) {
    std::optional<std::uint64_t> elements = 1;
    for (const auto length : tensor.shape) {
      if (length == 0) fail(place, fmt::format("the tensor '{}' is empty", tensor.name));
      if (elements) elements = product(*elements, length);
    }
    if (!elements) {
      fail(place, fmt::format("the tensor '{}' is larger than anything", tensor.name));
      return;
    }
    const auto type = tensor_type(tensor.type);
    if (!type) return;
    if (type->block == 0) {
      fail(place, fmt::format("the tensor '{}' has the type {}, which no engine loads any more",
                              tensor.name, type->name));
      return;
    }
    if (tensor.shape[0] % type->block != 0) {
      fail(place,
           fmt::format("the rows of the tensor '{}' have {} numbers, which is no multiple of "
                       "the {} in a block of {}",
                       tensor.name, tensor.shape[0], type->block, type->name));
      return;
    }
    const auto bytes = product(*elements / type->block, type->block_bytes);
    if (!bytes) {
      fail(place, fmt::format("the tensor '{}' is larger than anything", tensor.name));
      return;
    }
    tensor.size = ByteSize(*bytes);
  }

  /// Tensors stand one behind the other; behind one of an unknown size, somewhere.
  void check_offset(std::uint64_t place, const Tensor& tensor) {
    if (!cursor_.ok()) return;
    const bool fits = size_known_ ? tensor.offset == next_offset_ : tensor.offset >= next_offset_;
    if (!fits || tensor.offset % alignment_ != 0) {
      fail(place, fmt::format("the data of the tensor '{}' are at {}, not at {} where those before "
                              "it end",
                              tensor.name, tensor.offset, next_offset_));
      return;
    }
    size_known_ = tensor.size.has_value();
    const auto end = sum(tensor.offset, tensor.size ? tensor.size->bytes() : 1);
    const auto next = end ? padded(*end, alignment_) : std::nullopt;
    if (!next) {
      fail(place, fmt::format("the data of the tensor '{}' end beyond anything", tensor.name));
      return;
    }
    data_end_ = *end;
    next_offset_ = *next;
  }

  void check_data() {
    if (!cursor_.ok()) return;
    const auto begin = padded(cursor_.at(), alignment_);
    const auto end = begin ? sum(*begin, data_end_) : std::nullopt;
    // A file without tensors, a vocabulary, need not be padded.
    const bool has_data = !header_.tensors.empty();
    if (!end || (has_data && *end > cursor_.at() + cursor_.rest())) {
      cursor_.fail(fmt::format("the file ends before its tensors do: {} bytes are missing",
                               end ? *end - cursor_.at() - cursor_.rest() : 0));
      return;
    }
    header_.data_offset = *begin;
  }

  void fail(std::uint64_t place, std::string_view what) {
    cursor_.fail_at(place, ErrorKind::invalid, what);
  }

  Cursor cursor_;
  Header header_;
  std::uint64_t tensor_count_ = 0;
  std::uint64_t value_count_ = 0;
  std::uint64_t alignment_ = kDefaultAlignment;
  std::set<std::string, std::less<>> names_;
  std::uint64_t next_offset_ = 0;  ///< of the next tensor's data
  std::uint64_t data_end_ = 0;     ///< of the last one's, without padding
  bool size_known_ = true;         ///< of the last one
};

}  // namespace

Expected<std::variant<Header, Incomplete>> read_header(std::string_view beginning,
                                                       std::uint64_t file_size) {
  if (beginning.size() > file_size) beginning = beginning.substr(0, file_size);
  return Reader(beginning, file_size).read();
}

}  // namespace llf::gguf
