#include "gguf/types.hpp"

#include <algorithm>
#include <array>

namespace llf::gguf {
namespace {

struct ValueFacts {
  std::string_view name;
  std::size_t size;
};

constexpr std::array<ValueFacts, 13> kValues{{
    {.name = "uint8", .size = 1},
    {.name = "int8", .size = 1},
    {.name = "uint16", .size = 2},
    {.name = "int16", .size = 2},
    {.name = "uint32", .size = 4},
    {.name = "int32", .size = 4},
    {.name = "float32", .size = 4},
    {.name = "bool", .size = 1},
    {.name = "string", .size = 0},
    {.name = "array", .size = 0},
    {.name = "uint64", .size = 8},
    {.name = "int64", .size = 8},
    {.name = "float64", .size = 8},
}};

/// Of the place in the table, which is the type's number.
constexpr TensorType row(std::string_view name, std::uint64_t block, std::uint64_t bytes) {
  return {.name = name, .block = block, .block_bytes = bytes};
}

constexpr std::array<TensorType, 40> kTensors{{
    row("F32", 1, 4),        row("F16", 1, 2),        row("Q4_0", 32, 18),
    row("Q4_1", 32, 20),     row("Q4_2", 0, 0),       row("Q4_3", 0, 0),
    row("Q5_0", 32, 22),     row("Q5_1", 32, 24),     row("Q8_0", 32, 34),
    row("Q8_1", 32, 36),     row("Q2_K", 256, 84),    row("Q3_K", 256, 110),
    row("Q4_K", 256, 144),   row("Q5_K", 256, 176),   row("Q6_K", 256, 210),
    row("Q8_K", 256, 292),   row("IQ2_XXS", 256, 66), row("IQ2_XS", 256, 74),
    row("IQ3_XXS", 256, 98), row("IQ1_S", 256, 50),   row("IQ4_NL", 32, 18),
    row("IQ3_S", 256, 110),  row("IQ2_S", 256, 82),   row("IQ4_XS", 256, 136),
    row("I8", 1, 1),         row("I16", 1, 2),        row("I32", 1, 4),
    row("I64", 1, 8),        row("F64", 1, 8),        row("IQ1_M", 256, 56),
    row("BF16", 1, 2),       row("Q4_0_4_4", 0, 0),   row("Q4_0_4_8", 0, 0),
    row("Q4_0_8_8", 0, 0),   row("TQ1_0", 256, 54),   row("TQ2_0", 256, 66),
    row("IQ4_NL_4_4", 0, 0), row("IQ4_NL_4_8", 0, 0), row("IQ4_NL_8_8", 0, 0),
    row("MXFP4", 32, 17),
}};

struct FileType {
  std::uint64_t number;
  std::string_view name;
};

constexpr std::array kFileTypes{
    FileType{0, "F32"},      FileType{1, "F16"},     FileType{2, "Q4_0"},    FileType{3, "Q4_1"},
    FileType{7, "Q8_0"},     FileType{8, "Q5_0"},    FileType{9, "Q5_1"},    FileType{10, "Q2_K"},
    FileType{11, "Q3_K_S"},  FileType{12, "Q3_K_M"}, FileType{13, "Q3_K_L"}, FileType{14, "Q4_K_S"},
    FileType{15, "Q4_K_M"},  FileType{16, "Q5_K_S"}, FileType{17, "Q5_K_M"}, FileType{18, "Q6_K"},
    FileType{19, "IQ2_XXS"}, FileType{20, "IQ2_XS"}, FileType{21, "Q2_K_S"}, FileType{22, "IQ3_XS"},
    FileType{23, "IQ3_XXS"}, FileType{24, "IQ1_S"},  FileType{25, "IQ4_NL"}, FileType{26, "IQ3_S"},
    FileType{27, "IQ3_M"},   FileType{28, "IQ2_S"},  FileType{29, "IQ2_M"},  FileType{30, "IQ4_XS"},
    FileType{31, "IQ1_M"},   FileType{32, "BF16"},   FileType{36, "TQ1_0"},  FileType{37, "TQ2_0"},
    FileType{38, "MXFP4"},
};

}  // namespace

std::optional<ValueType> value_type(std::uint32_t number) {
  if (number >= kValues.size()) return std::nullopt;
  return static_cast<ValueType>(number);
}

std::string_view to_string(ValueType type) {
  return kValues.at(static_cast<std::size_t>(type)).name;
}

std::size_t size_of(ValueType type) {
  return kValues.at(static_cast<std::size_t>(type)).size;
}

std::optional<TensorType> tensor_type(std::uint32_t number) {
  if (number >= kTensors.size()) return std::nullopt;
  return kTensors.at(number);
}

std::string_view file_type_name(std::uint64_t number) {
  constexpr std::uint64_t kGuessed = 1024;  // a flag of llama.cpp: taken from the tensors
  const auto* found = std::ranges::find(kFileTypes, number & ~kGuessed, &FileType::number);
  return found == kFileTypes.end() ? std::string_view() : found->name;
}

}  // namespace llf::gguf
