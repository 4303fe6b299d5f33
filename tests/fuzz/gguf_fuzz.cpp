// The header of a model file is the same however little of the file is there at first, and what is
// accepted lies within the file.
#include "gguf/facts.hpp"
#include "gguf/header.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cstdint>
#include <utility>

namespace llf::fuzz {
namespace {

using Reading = Expected<std::variant<gguf::Header, gguf::Incomplete>>;

/// Gets more of the file as long as the reader asks for it, which each time is more than there was.
Reading read_in_steps(std::string_view file) {
  std::uint64_t have = 0;
  for (;;) {
    auto read = gguf::read_header(file.substr(0, have), file.size());
    const auto* more = read ? std::get_if<gguf::Incomplete>(&*read) : nullptr;
    if (more == nullptr) return read;
    LLF_ASSERT(more->bytes > have && more->bytes <= file.size());
    have = more->bytes;
  }
}

void check_header(const gguf::Header& header, std::uint64_t file_size) {
  std::uint64_t end = 0;
  for (const auto& tensor : header.tensors) {
    LLF_ASSERT(tensor.offset >= end && tensor.elements() > 0);
    LLF_ASSERT(tensor.size.has_value() == gguf::tensor_type(tensor.type).has_value());
    end = tensor.offset + (tensor.size ? tensor.size->bytes() : 1);
    LLF_ASSERT(header.data_offset + end <= file_size);
  }
  const auto facts = gguf::facts_of(header);
  LLF_ASSERT(facts.weights.bytes() <= file_size && facts.split.number <= facts.split.count);
}

}  // namespace

void check(std::string_view input) {
  const auto whole = gguf::read_header(input, input.size());
  LLF_ASSERT(!whole || std::holds_alternative<gguf::Header>(*whole));
  LLF_ASSERT(whole || whole.error().message.starts_with("at byte "));
  if (whole) check_header(std::get<gguf::Header>(*whole), input.size());
  const auto stepped = read_in_steps(input);
  LLF_ASSERT(whole.has_value() == stepped.has_value());
  if (whole) LLF_ASSERT(std::get<gguf::Header>(*whole) == std::get<gguf::Header>(*stepped));
}

}  // namespace llf::fuzz
