#include "store/verification.hpp"

#include "base/limits.hpp"
#include "gguf/test_file.hpp"
#include "store/digest_file.hpp"
#include "store/test_shelf.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace llf::store {
namespace {

const std::string kCommit(40, 'a');

bool keep_going(std::uint64_t /*done*/) {
  return true;
}

TEST(Verification, a_cached_file_must_be_what_its_name_says) {
  const TestShelf shelf;
  const auto content = gguf::small_model().bytes();
  shelf.put_cached("models--o--r", kCommit, "m-Q4_0.gguf", content);
  const auto model = shelf.models(Source::hugging_face).front();
  const auto marks = shelf.root() / "marks";
  auto files = verify_model(model, marks, keep_going);
  ASSERT_TRUE(files);
  ASSERT_EQ(files->size(), 1U);
  EXPECT_TRUE(files->front().right());
  EXPECT_EQ(files->front().expected, sha256(content));
  EXPECT_EQ(files->front().size, content.size());
  {
    std::fstream file(model.path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(-1, std::ios::end);
    file.put('!');
  }
  files = verify_model(model, marks, keep_going);
  ASSERT_TRUE(files);
  EXPECT_FALSE(files->front().right());
  EXPECT_TRUE(files->front().broken.empty());
  EXPECT_EQ(files->front().damage, (std::vector<ByteRange>{{0, content.size()}}));
  EXPECT_TRUE(verify_model(model, shelf.root() / "no marks", keep_going)->front().damage.empty());
}

TEST(Verification, tells_what_is_missing_and_what_is_too_much) {
  constexpr auto kPart = limits::kPart.bytes();
  const TestShelf shelf;
  auto content = gguf::small_model().bytes();
  content.resize(2 * kPart + 100, 'x');
  const auto file = shelf.put("m.gguf", content);
  ASSERT_TRUE(keep_digest(file, {.sha256 = sha256(content), .source = {}}));
  const auto damage = [&](std::uint64_t size) {
    std::filesystem::resize_file(file, size);
    return verify_model({.path = file.native()}, shelf.root() / "marks", keep_going)
        ->front()
        .damage;
  };
  EXPECT_TRUE(damage(content.size()).empty());
  EXPECT_EQ(damage(2 * kPart + 50), (std::vector<ByteRange>{{2 * kPart, 2 * kPart + 50}}));
  EXPECT_EQ(damage(2 * kPart), (std::vector<ByteRange>{{2 * kPart, 2 * kPart + 1}}));
  EXPECT_EQ(damage(kPart + 7), (std::vector<ByteRange>{{kPart, 2 * kPart}}));
  EXPECT_EQ(damage(kPart), (std::vector<ByteRange>{{kPart, 2 * kPart}}));
  EXPECT_EQ(damage(0), (std::vector<ByteRange>{{0, 2 * kPart}}));
  shelf.put("m.gguf", content + "more");
  EXPECT_EQ(damage(content.size() + 4), (std::vector<ByteRange>{{2 * kPart, content.size() + 4}}));
}

TEST(Verification, a_file_of_a_folder_is_only_read_as_a_model) {
  const TestShelf shelf;
  const auto good = shelf.put("good.gguf", gguf::small_model().bytes());
  const auto bad = shelf.put("bad.gguf", "GGUF");
  EXPECT_FALSE(expected_digest(good));
  EXPECT_TRUE(verify_model({.path = good.native()}, "", keep_going)->front().right());
  EXPECT_FALSE(verify_model({.path = bad.native()}, "", keep_going)->front().right());
}

TEST(Verification, a_file_of_a_folder_must_be_what_is_kept_of_it) {
  const TestShelf shelf;
  const auto content = gguf::small_model().bytes();
  const auto file = shelf.put("m.gguf", content);
  ASSERT_TRUE(keep_digest(file, {.sha256 = sha256(content), .source = {}}));
  const auto marks = shelf.root() / "marks";
  EXPECT_TRUE(verify_model({.path = file.native()}, marks, keep_going)->front().right());
  auto damaged = content;
  damaged.back() ^= 1;
  shelf.put("m.gguf", damaged);
  const auto found = verify_model({.path = file.native()}, marks, keep_going)->front();
  EXPECT_FALSE(found.right());
  EXPECT_EQ(found.damage, (std::vector<ByteRange>{{0, content.size()}}));
}

TEST(Verification, knows_the_names_of_other_stores_and_is_stopped) {
  const TestShelf shelf;
  const auto hex = sha256("x").hex();
  EXPECT_EQ(expected_digest(shelf.put("blobs/sha256-" + hex, "x")), sha256("x"));
  EXPECT_FALSE(expected_digest(shelf.put("blobs/other", "x")));
  EXPECT_FALSE(expected_digest(shelf.root() / "absent"));
  const auto model = shelf.put("m.gguf", "12345").native();
  EXPECT_EQ(verify_model({.path = model}, "", [](auto) { return false; }).error().kind,
            ErrorKind::cancelled);
  EXPECT_EQ(verify_model({.path = "/nowhere"}, "", keep_going).error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace llf::store
