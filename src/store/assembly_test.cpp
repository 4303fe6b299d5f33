#include "store/assembly.hpp"

#include "store/test_shelf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

FoundFile found(std::string path, std::uint64_t size = 1) {
  auto label = label_of(path);
  return {.label = std::move(label), .path = std::move(path), .size = size, .modified = 5};
}

TEST(Assembly, joins_the_parts_of_a_split_model) {
  const auto models =
      assemble({found("m-Q4_K_M-00002-of-00003.gguf", 20), found("m-Q4_K_M-00003-of-00003.gguf", 3),
                found("m-Q4_K_M-00001-of-00003.gguf", 100)},
               Source::hugging_face, "o/r");
  ASSERT_EQ(models.size(), 1U);
  EXPECT_EQ(models[0].id, ModelId("o/r:Q4_K_M"));
  EXPECT_EQ(models[0].path, "m-Q4_K_M-00001-of-00003.gguf");
  EXPECT_THAT(models[0].further,
              ElementsAre("m-Q4_K_M-00002-of-00003.gguf", "m-Q4_K_M-00003-of-00003.gguf"));
  EXPECT_EQ(models[0].size, ByteSize(123));
}

TEST(Assembly, names_the_parts_that_are_missing) {
  EXPECT_THAT(missing_parts(std::vector{found("/f/a-00002-of-00003.gguf"), found("/f/b.gguf")}),
              ElementsAre("a-00001-of-00003.gguf", "a-00003-of-00003.gguf"));
  EXPECT_THAT(missing_parts(std::vector{found("/f/b.gguf")}), IsEmpty());
}

TEST(Assembly, leaves_a_split_model_out_that_lacks_a_part) {
  EXPECT_TRUE(
      assemble({found("m-00001-of-00003.gguf"), found("m-00003-of-00003.gguf")}, Source::folder, "")
          .empty());
  EXPECT_TRUE(assemble({found("m-00002-of-00002.gguf")}, Source::folder, "").empty());
}

TEST(Assembly, two_models_of_one_quantisation_are_called_by_their_files) {
  const auto models = assemble({found("a-Q8_0.gguf"), found("b-Q8_0.gguf"), found("c-Q4_0.gguf")},
                               Source::hugging_face, "o/r");
  EXPECT_THAT(TestShelf::names(models), ElementsAre("o/r:a-Q8_0", "o/r:b-Q8_0", "o/r:Q4_0"));
}

TEST(Assembly, a_projector_goes_with_every_model_and_is_none) {
  const auto models =
      assemble({found("m-Q8_0.gguf"), found("mmproj-F32.gguf", 9), found("mmproj-F16.gguf", 4)},
               Source::hugging_face, "o/r");
  ASSERT_EQ(models.size(), 1U);
  EXPECT_EQ(models[0].projector, "mmproj-F16.gguf");
  EXPECT_EQ(models[0].size, ByteSize(1));
}

TEST(Assembly, a_name_that_is_no_utf8_can_still_be_asked_for) {
  const auto models = assemble({found("caf\xE9.gguf")}, Source::folder, "");
  EXPECT_THAT(TestShelf::names(models), ElementsAre("caf\xEF\xBF\xBD"));
}

TEST(Assembly, looks_at_files_only) {
  const TestShelf shelf;
  std::filesystem::create_directory(shelf.root() / "folder.gguf");
  EXPECT_FALSE(look_at(shelf.root() / "folder.gguf"));
  EXPECT_FALSE(look_at(shelf.put("a.txt")));
  const auto file = look_at(shelf.put("a.gguf", "12345"));
  ASSERT_TRUE(file);
  EXPECT_EQ(file->size, 5U);
  EXPECT_GT(file->modified, 0);
}

}  // namespace
}  // namespace llf::store
