#include "gguf/header.hpp"

#include "gguf/header_reader.hpp"

#include <utility>

namespace llf::gguf {

Expected<std::variant<Header, Incomplete>> read_header(std::string_view beginning,
                                                       std::uint64_t file_size) {
  HeaderReader reader(file_size);
  if (auto taken = reader.take(beginning.substr(0, file_size)); !taken) {
    return failure(taken.error());
  }
  if (!reader.done()) return Incomplete{reader.needed()};
  return std::move(reader).header();
}

}  // namespace llf::gguf
