#include "store/details.hpp"

#include "gguf/test_file.hpp"
#include "store/test_shelf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

gguf::TestFile header(std::uint64_t values) {
  gguf::TestFile file;
  file.head(1, values);
  return file;
}

TEST(Details, add_up_the_parts_and_take_modalities_of_the_projector) {
  const TestShelf shelf;
  auto first = header(2);
  first.pair("general.architecture", "llama")
      .pair("tokenizer.chat_template", "{{ x.__class__ }}")
      .tensor("a", {4}, gguf::kF32, 0)
      .data(16);
  auto second = header(0);
  second.tensor("b", {8}, gguf::kF32, 0).data(32);
  auto projector = header(2);
  projector.pair("general.architecture", "clip")
      .key("clip.has_vision_encoder", gguf::ValueType::boolean)
      .put(true)
      .tensor("c", {4}, gguf::kF32, 0)
      .data(16);
  const auto details = read_details({.path = shelf.put("1", first.bytes()).native(),
                                     .further = {shelf.put("2", second.bytes()).native()},
                                     .projector = shelf.put("p", projector.bytes()).native()});
  ASSERT_TRUE(details) << details.error().message;
  EXPECT_EQ(details->facts.parameters, 12U);
  EXPECT_EQ(details->facts.weights, ByteSize(48));
  EXPECT_TRUE(details->facts.modalities.vision);
  EXPECT_EQ(details->template_hash, sha256("{{ x.__class__ }}").hex());
  EXPECT_THAT(details->template_warnings, ElementsAre(HasSubstr("__class__")));
}

TEST(Details, a_broken_part_is_told) {
  const TestShelf shelf;
  auto first = header(0);
  first.tensor("a", {4}, gguf::kF32, 0).data(16);
  const auto details = read_details({.path = shelf.put("1", first.bytes()).native(),
                                     .further = {shelf.put("2", "GGUF").native()}});
  ASSERT_FALSE(details);
  EXPECT_THAT(details.error().message, HasSubstr("/2: at byte 4"));
}

}  // namespace
}  // namespace llf::store
