// The header of a model file is the same however little of the file is there at first, and what is
// accepted lies within the file.
#include "gguf/demand.hpp"
#include "gguf/facts.hpp"
#include "gguf/header_reader.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>
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

/// Takes the file in pieces of that size.
Reading read_in_pieces(std::string_view file, std::size_t piece) {
  gguf::HeaderReader reader(file.size());
  for (std::size_t at = 0;; at += piece) {
    if (auto taken = reader.take(file.substr(std::min(at, file.size()), piece)); !taken) {
      return failure(taken.error());
    }
    if (reader.done()) return std::move(reader).header();
    LLF_ASSERT(reader.needed() > std::min(at + piece, file.size()));
  }
}

void check_header(const gguf::Header& header, std::uint64_t file_size) {
  std::uint64_t end = 0;
  for (const auto& tensor : header.tensors) {
    LLF_ASSERT(tensor.offset >= end && tensor.elements() > 0);
    LLF_ASSERT(tensor.size.bytes() > 0);
    end = tensor.offset + tensor.size.bytes();
    LLF_ASSERT(header.data_offset + end <= file_size);
  }
  const auto facts = gguf::facts_of(header);
  LLF_ASSERT(facts.weights.bytes() <= file_size && facts.split.number <= facts.split.count);
  const auto demand = gguf::demand_of(header);
  const auto few = gguf::plan_memory(demand, {.context = 1, .slots = 1}).total();
  const auto many = gguf::plan_memory(demand, {.context = 1'000'000, .slots = 64}).total();
  LLF_ASSERT(few <= many && many <= gguf::kBeyondAnything);
}

}  // namespace

void check(std::string_view input) {
  const auto whole = gguf::read_header(input, input.size());
  LLF_ASSERT(!whole || std::holds_alternative<gguf::Header>(*whole));
  LLF_ASSERT(whole || whole.error().message.starts_with("at byte "));
  if (whole) check_header(std::get<gguf::Header>(*whole), input.size());
  constexpr std::size_t kPiece = 5;
  for (const auto& again : {read_in_steps(input), read_in_pieces(input, kPiece)}) {
    LLF_ASSERT(whole.has_value() == again.has_value());
    if (!whole) LLF_ASSERT(whole.error().message == again.error().message);
    if (whole) LLF_ASSERT(std::get<gguf::Header>(*whole) == std::get<gguf::Header>(*again));
  }
}

}  // namespace llf::fuzz
