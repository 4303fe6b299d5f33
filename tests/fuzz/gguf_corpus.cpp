// Writes model files, small and right, into the folder that is named: what gguf_fuzz begins with.
#include "gguf/test_file.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace {

using llf::gguf::TestFile;
using llf::gguf::ValueType;

TestFile every_value() {
  TestFile file;
  file.head(0, 15).pair("text", "x").pair("general.alignment", 64);
  file.key("u8", ValueType::uint8).put<std::uint8_t>(1);
  file.key("i8", ValueType::int8).put<std::int8_t>(-1);
  file.key("u16", ValueType::uint16).put<std::uint16_t>(1);
  file.key("i16", ValueType::int16).put<std::int16_t>(-1);
  file.key("i32", ValueType::int32).put<std::int32_t>(-1);
  file.key("f32", ValueType::float32).put(0.5F);
  file.key("bool", ValueType::boolean).put<std::uint8_t>(1);
  file.key("u64", ValueType::uint64).put<std::uint64_t>(1);
  file.key("i64", ValueType::int64).put<std::int64_t>(-1);
  file.key("f64", ValueType::float64).put(0.5);
  file.list("bytes", ValueType::uint8, 2).raw("ab");
  file.list("texts", ValueType::string, 2).text("a").text("");
  file.list("bools", ValueType::boolean, 1).put<std::uint8_t>(0);
  return file;
}

TestFile every_type() {
  TestFile file;
  std::uint64_t offset = 0;
  constexpr std::uint32_t kTypes = 41;  // the last one is newer than ours
  std::uint64_t count = 0;
  TestFile tensors;
  for (std::uint32_t number = 0; number < kTypes; ++number) {
    const auto type = llf::gguf::tensor_type(number);
    if (type && type->block == 0) continue;
    const auto block = type ? type->block : 1;
    tensors.tensor("t" + std::to_string(number), {block, 2}, number, offset);
    const auto bytes = type ? 2 * type->block_bytes : 1;
    offset += (bytes + 31) / 32 * 32;
    ++count;
  }
  file.head(count, 0).raw(tensors.bytes()).data(offset);
  return file;
}

void write(const std::filesystem::path& path, const TestFile& file) {
  std::ofstream(path, std::ios::binary) << file.bytes();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder);
  write(folder / "model", llf::gguf::small_model());
  write(folder / "values", every_value());
  write(folder / "types", every_type());
  return 0;
}
