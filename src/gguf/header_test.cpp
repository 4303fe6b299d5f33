#include "gguf/header.hpp"

#include "base/limits.hpp"
#include "gguf/test_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>

namespace llf::gguf {
namespace {

using testing::HasSubstr;

/// The header of a whole file; fails the test when there is none.
Header header_of(const std::string& bytes) {
  auto read = read_header(bytes, bytes.size());
  EXPECT_TRUE(read) << read.error().message;
  if (!read || !std::holds_alternative<Header>(*read)) {
    ADD_FAILURE() << "no header";
    return {};
  }
  return std::get<Header>(*std::move(read));
}

/// An own value when there is none of this key, or one of another kind.
template <class T>
T value(const Header& header, std::string_view key) {
  const auto found = header.values.find(key);
  const auto* is = found == header.values.end() ? nullptr : std::get_if<T>(&found->second);
  EXPECT_NE(is, nullptr) << key;
  return is == nullptr ? T() : *is;
}

Scalar scalar(const Header& header, std::string_view key) {
  return value<Scalar>(header, key);
}

TEST(GgufHeader, has_the_values_and_tensors_of_a_file) {
  const auto header = header_of(small_model().bytes());
  EXPECT_EQ(header.version, 3U);
  EXPECT_EQ(scalar(header, "general.architecture"), Scalar("llama"));
  EXPECT_EQ(scalar(header, "llama.context_length"), Scalar(std::uint64_t{4096}));
  const auto tokens = value<List>(header, "tokenizer.ggml.tokens");
  EXPECT_EQ(tokens.count, 2U);
  ASSERT_EQ(header.tensors.size(), 2U);
  EXPECT_EQ(header.tensors[0].name, "token_embd.weight");
  EXPECT_EQ(header.tensors[0].elements(), 512U);
  EXPECT_EQ(header.tensors[0].size, ByteSize(288));
  EXPECT_EQ(header.tensors[1].offset, 288U);
  EXPECT_EQ(header.data_offset % 32, 0U);
}

TEST(GgufHeader, has_numbers_of_every_width) {
  TestFile file;
  file.head(0, 11)
      .key("a", ValueType::uint8)
      .put<std::uint8_t>(200)
      .key("b", ValueType::int8)
      .put<std::int8_t>(-2)
      .key("c", ValueType::uint16)
      .put<std::uint16_t>(60'000)
      .key("d", ValueType::int16)
      .put<std::int16_t>(-2)
      .key("e", ValueType::uint32)
      .put<std::uint32_t>(4'000'000'000)
      .key("f", ValueType::int32)
      .put<std::int32_t>(-2)
      .key("g", ValueType::uint64)
      .put<std::uint64_t>(1ULL << 63U)
      .key("h", ValueType::int64)
      .put<std::int64_t>(-2)
      .key("i", ValueType::float32)
      .put(0.5F)
      .key("j", ValueType::float64)
      .put(0.25)
      .key("k", ValueType::boolean)
      .put<std::uint8_t>(1);
  const auto header = header_of(file.bytes());
  EXPECT_EQ(scalar(header, "a"), Scalar(std::uint64_t{200}));
  EXPECT_EQ(scalar(header, "c"), Scalar(std::uint64_t{60'000}));
  EXPECT_EQ(scalar(header, "e"), Scalar(std::uint64_t{4'000'000'000}));
  EXPECT_EQ(scalar(header, "g"), Scalar(std::uint64_t{1} << 63U));
  for (const auto* key : {"b", "d", "f", "h"}) {
    EXPECT_EQ(scalar(header, key), Scalar(std::int64_t{-2})) << key;
  }
  EXPECT_EQ(scalar(header, "i"), Scalar(0.5));
  EXPECT_EQ(scalar(header, "j"), Scalar(0.25));
  EXPECT_EQ(scalar(header, "k"), Scalar(true));
}

TEST(GgufHeader, has_the_whole_numbers_of_lists) {
  TestFile file;
  file.head(0, 3)
      .list("bools", ValueType::boolean, 2)
      .raw(std::string_view("\1\0", 2))
      .list("signed", ValueType::int16, 2)
      .put<std::int16_t>(-3)
      .put<std::int16_t>(3)
      .list("none", ValueType::uint64, 0);
  const auto header = header_of(file.bytes());
  EXPECT_EQ(value<List>(header, "bools").numbers, (std::vector<std::uint64_t>{1, 0}));
  EXPECT_EQ(value<List>(header, "signed").numbers, (std::vector<std::uint64_t>{0, 3}));
  EXPECT_EQ(value<List>(header, "none").numbers, std::vector<std::uint64_t>());
}

TEST(GgufHeader, of_long_lists_and_of_texts_only_the_length_is_kept) {
  const auto count = limits::kGgufListKept + 1;
  TestFile file;
  file.head(0, 4).list("texts", ValueType::string, count);
  for (std::uint64_t i = 0; i < count; ++i) file.text("word");
  file.list("numbers", ValueType::int32, count);
  for (std::uint64_t i = 0; i < count; ++i) file.put<std::int32_t>(1);
  file.list("fractions", ValueType::float32, count);
  for (std::uint64_t i = 0; i < count; ++i) file.put(0.5F);
  file.list("few", ValueType::string, 1).text("word");
  const auto header = header_of(file.bytes());
  for (const auto* key : {"texts", "numbers", "fractions"}) {
    const auto list = value<List>(header, key);
    EXPECT_EQ(list.count, count);
    EXPECT_TRUE(list.numbers.empty());
  }
  EXPECT_EQ(value<List>(header, "few").count, 1U);
}

/// What the values of a header take, without the nodes that they stand in.
std::uint64_t memory_of(const Header& header) {
  std::uint64_t bytes = 0;
  for (const auto& [key, value] : header.values) {
    bytes += key.size();
    if (const auto* list = std::get_if<List>(&value)) {
      bytes += list->numbers.capacity() * sizeof(std::uint64_t);
    } else if (const auto* text = std::get_if<std::string>(&std::get<Scalar>(value))) {
      bytes += text->size();
    }
  }
  return bytes;
}

/// As many lists as that, of the numbers that take most for the bytes of their file.
TestFile many_lists(std::uint64_t count) {
  TestFile file;
  file.head(0, count);
  for (std::uint64_t i = 0; i < count; ++i) {
    file.list(std::to_string(i), ValueType::uint8, limits::kGgufListKept)
        .raw(std::string(limits::kGgufListKept, '\1'));
  }
  return file;
}

// SEC-23
TEST(GgufHeader, all_values_together_take_a_bounded_memory) {
  const auto most = limits::kGgufKept.bytes();
  const auto lists = most / (limits::kGgufListKept * sizeof(std::uint64_t));
  EXPECT_LE(memory_of(header_of(many_lists(lists - 20).bytes())), most);
  const auto file = many_lists(lists + 1);
  const auto read = read_header(file.bytes(), file.bytes().size());
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::too_large);
  EXPECT_THAT(read.error().message, HasSubstr("values are larger than"));
  TestFile texts;
  texts.head(0, 3);
  for (const auto* key : {"a", "b", "c"}) texts.pair(key, std::string(limits::kGgufText, 'x'));
  EXPECT_FALSE(read_header(texts.bytes(), texts.bytes().size()));
}

TEST(GgufHeader, accepts_what_is_newer_than_ours) {
  constexpr std::uint32_t kNewType = 99;
  TestFile file;
  file.head(2, 1, 2)
      .pair("some.new.key", "x")
      .tensor("new", {64}, kNewType, 0)
      .tensor("next", {4}, kF32, 64)
      .data(64 + 16);
  const auto header = header_of(file.bytes());
  EXPECT_EQ(header.version, 2U);
  EXPECT_EQ(header.tensors[0].size, ByteSize(64));
  EXPECT_EQ(header.tensors[1].size, ByteSize(16));
}

TEST(GgufHeader, keeps_to_an_alignment_of_its_own) {
  TestFile file;
  file.head(2, 1)
      .pair("general.alignment", 64)
      .tensor("a", {4}, kF32, 0)
      .tensor("b", {4}, kF32, 64)
      .data(64 + 16, 64);
  EXPECT_EQ(header_of(file.bytes()).data_offset % 64, 0U);
}

TEST(GgufHeader, says_how_much_more_it_needs_and_comes_to_the_same) {
  const auto bytes = small_model().bytes();
  const auto whole = header_of(bytes);
  std::uint64_t have = 0;
  for (std::size_t rounds = 0; rounds <= bytes.size(); ++rounds) {
    auto read = read_header(std::string_view(bytes).substr(0, have), bytes.size());
    ASSERT_TRUE(read) << read.error().message;
    if (const auto* more = std::get_if<Incomplete>(&*read)) {
      ASSERT_GT(more->bytes, have);
      ASSERT_LE(more->bytes, bytes.size());
      have = more->bytes;
      continue;
    }
    EXPECT_EQ(std::get<Header>(*read), whole);
    EXPECT_LT(have, bytes.size()) << "the data are not needed";
    return;
  }
  FAIL() << "it never had enough";
}

TEST(GgufHeader, a_file_cut_anywhere_is_refused) {
  const auto bytes = small_model().bytes();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto read = read_header(std::string_view(bytes).substr(0, size), size);
    ASSERT_FALSE(read) << size;
    EXPECT_EQ(read.error().kind, ErrorKind::invalid);
  }
}

constexpr auto kHuge = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kInt64Most = std::numeric_limits<std::int64_t>::max();

/// A file that is wrong, and what is said of it.
struct Wrong {
  std::string name;
  TestFile file;
  std::string said;
};

TestFile one_tensor(const std::vector<std::uint64_t>& shape, std::uint32_t type = kF32,
                    std::uint64_t offset = 0) {
  TestFile file;
  file.head(1, 0).tensor("t", shape, type, offset).data(64);
  return file;
}

TestFile start(std::uint64_t tensors, std::uint64_t values) {
  TestFile file;
  file.head(tensors, values);
  return file;
}

// The classes of SEC-23.
std::vector<Wrong> wrong_values() {
  return {
      {"empty", TestFile(), "no GGUF file"},
      {"short_magic", TestFile().raw("GG"), "no GGUF file"},
      {"bad_magic", TestFile().raw("GGML").raw(std::string(64, 'x')), "no GGUF file"},
      {"version_0", TestFile().head(0, 0, 0), "version 0"},
      {"version_1", TestFile().head(0, 0, 1), "version 1"},
      {"version_of_the_future", TestFile().head(0, 0, 4), "version 4"},
      {"big_endian", TestFile().head(0, 0, 0x03000000), "big endian"},
      {"more_tensors_than_fit", start(1000, 0), "1000 tensors do not fit"},
      {"huge_count_of_tensors", start(kHuge, 0), "tensors do not fit"},
      {"more_values_than_fit", start(0, 1000), "1000 metadata values do not fit"},
      {"huge_count_of_values", start(0, kHuge), "metadata values do not fit"},
      {"too_many_tensors", start(limits::kGgufTensors + 1, 0).data(4'000'000), "more than"},
      {"too_many_values", start(0, limits::kGgufValues + 1).data(4'000'000), "more than"},
      {"empty_key", start(0, 1).pair("", "x"), "a key is empty"},
      {"key_longer_than_the_file", start(0, 1).put(kHuge).data(64), "a key is longer"},
      {"key_longer_than_allowed", start(0, 1).pair(std::string(limits::kGgufKey + 1, 'k'), "x"),
       "a key has"},
      {"type_of_no_value", start(0, 1).text("k").put<std::uint32_t>(13).data(64), "type 13"},
      {"key_twice", start(0, 2).pair("k", 1).pair("k", 2), "k is there twice"},
      {"text_longer_than_the_file", start(0, 1).key("k", ValueType::string).put(kHuge).data(64),
       "a text is longer"},
      {"bool_of_2", start(0, 1).key("k", ValueType::boolean).put<std::uint8_t>(2).data(64),
       "a bool is 2"},
      {"list_of_no_type", start(0, 1).key("k", ValueType::array).put(13U).put(kHuge).data(64),
       "list of type 13"},
      {"list_of_lists", start(0, 1).list("k", ValueType::array, 1).data(64), "list of type 9"},
      {"list_longer_than_the_file", start(0, 1).list("k", ValueType::uint8, kHuge).data(64),
       "do not fit"},
      {"list_whose_size_overflows",
       start(0, 1).list("k", ValueType::uint64, (kHuge >> 3U) + 2).data(64), "do not fit"},
      {"list_of_texts_that_are_too_long",
       start(0, 1).list("k", ValueType::string, 2).text("a").put(kHuge).data(64),
       "a text is longer"},
      {"alignment_of_0", start(0, 1).pair("general.alignment", 0U), "power of two"},
      {"alignment_of_13", start(0, 1).pair("general.alignment", 13), "power of two"},
      {"huge_alignment", start(0, 1).pair("general.alignment", 1U << 31U), "power of two"},
      {"alignment_that_is_a_text", start(0, 1).pair("general.alignment", "32"), "power of two"},
  };
}

std::vector<Wrong> wrong_tensors() {
  return {
      {"name_longer_than_the_file", start(1, 0).put(kHuge).data(64), "the name of a tensor is"},
      {"name_longer_than_allowed",
       start(1, 0).tensor(std::string(limits::kGgufTensorName + 1, 'n'), {1}, kF32, 0).data(64),
       "the name of a tensor has"},
      {"name_twice", start(2, 0).tensor("t", {4}, kF32, 0).tensor("t", {4}, kF32, 32).data(64),
       "'t' is there twice"},
      {"five_dimensions", one_tensor({1, 1, 1, 1, 1}), "5 dimensions"},
      {"dimension_of_0", one_tensor({4, 0}), "'t' is empty"},
      {"negative_dimension", one_tensor({kHuge}), "larger than anything"},
      {"shape_that_overflows", one_tensor({1ULL << 32U, 1ULL << 32U}), "larger than anything"},
      {"bytes_that_overflow", one_tensor({kInt64Most}), "larger than anything"},
      {"type_that_is_gone", one_tensor({32}, 4), "Q4_2"},
      {"rows_of_half_blocks", one_tensor({128}, kQ4K), "no multiple of"},
      {"offset_that_is_not_aligned", one_tensor({4}, kF32, 4), "are at 4"},
      {"offset_behind_a_gap", one_tensor({4}, kF32, 32), "are at 32"},
      {"offset_into_the_one_before",
       start(2, 0).tensor("a", {16}, kF32, 0).tensor("b", {4}, kF32, 32).data(128), "are at 32"},
      {"offset_that_overflows",
       start(2, 0).tensor("a", {4}, 99, 0).tensor("b", {4}, kF32, kHuge - 31).data(64),
       "beyond anything"},
      {"offsets_of_another_alignment",
       start(2, 1)
           .pair("general.alignment", 64)
           .tensor("a", {4}, kF32, 0)
           .tensor("b", {4}, kF32, 32)
           .data(128, 64),
       "are at 32"},
      {"data_that_end_early", small_model().cut(1), "1 bytes are missing"},
      {"data_that_are_missing", one_tensor({1ULL << 40U}), "bytes are missing"},
      {"sizes_that_overflow_together",
       start(2, 0)
           .tensor("a", {(kInt64Most >> 2U) - 31}, kF32, 0)
           .tensor("b", {64}, kF32, (kInt64Most >> 2U << 2U) - 124)
           .data(64),
       "anything"},
  };
}

class WrongFile : public testing::TestWithParam<Wrong> {};

TEST_P(WrongFile, is_refused_with_the_byte) {
  const auto& bytes = GetParam().file.bytes();
  const auto read = read_header(bytes, bytes.size());
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr("at byte "));
  EXPECT_THAT(read.error().message, HasSubstr(GetParam().said));
  EXPECT_LT(read.error().message.size(), 400U);
}

constexpr auto name_of = [](const auto& one) { return one.param.name; };
INSTANTIATE_TEST_SUITE_P(Values, WrongFile, testing::ValuesIn(wrong_values()), name_of);
INSTANTIATE_TEST_SUITE_P(Tensors, WrongFile, testing::ValuesIn(wrong_tensors()), name_of);

TEST(GgufHeader, a_key_that_is_very_long_does_not_fill_the_message) {
  TestFile file;
  file.head(0, 1).text(std::string(limits::kGgufKey, 'k')).put<std::uint32_t>(13).data(64);
  const auto read = read_header(file.bytes(), file.bytes().size());
  ASSERT_FALSE(read);
  EXPECT_LT(read.error().message.size(), 400U);
}

}  // namespace
}  // namespace llf::gguf
