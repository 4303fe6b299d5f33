#include "store/hash_marks.hpp"

#include "base/limits.hpp"
#include "store/test_shelf.hpp"

#include <gtest/gtest.h>

#include <string>

namespace llf::store {
namespace {

constexpr std::uint64_t kPart = limits::kPart.bytes();

bool go_on(std::uint64_t /*done*/) {
  return true;
}

/// Two parts and some bytes, none like another.
std::string content() {
  std::string bytes(2 * kPart + 1000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(i * 31 + i / 251);
  }
  return bytes;
}

class HashMarksTest : public testing::Test {
 protected:
  [[nodiscard]] RightFile right() const {
    const auto hashed = hash_file(shelf_.put("right", bytes_), go_on);
    return {.sha256 = hashed->sha256, .marks = hashed->marks};
  }
  [[nodiscard]] std::vector<ByteRange> damage_of(const std::string& bytes) const {
    return find_damage(shelf_.put("file", bytes), right(), go_on).value();
  }

  TestShelf shelf_;
  std::string bytes_ = content();
};

TEST_F(HashMarksTest, marks_do_not_change_the_hash) {
  const auto hashed = hash_file(shelf_.put("file", bytes_), go_on);
  ASSERT_TRUE(hashed);
  EXPECT_EQ(hashed->sha256, sha256(bytes_));
  EXPECT_EQ(hashed->size, bytes_.size());
  EXPECT_EQ(hashed->marks.states.size(), 2U);
  MarkingSha256 split;
  split.add(std::span(bytes_).first(kPart + 7));
  split.add(std::span(bytes_).subspan(kPart + 7));
  EXPECT_EQ(split.marks().states, hashed->marks.states);
}

TEST_F(HashMarksTest, damage_is_found_where_it_is) {
  EXPECT_TRUE(damage_of(bytes_).empty());
  auto bytes = bytes_;
  bytes.front() ^= 1;
  EXPECT_EQ(damage_of(bytes), (std::vector<ByteRange>{{0, kPart}}));
  bytes.back() ^= 1;
  EXPECT_EQ(damage_of(bytes), (std::vector<ByteRange>{{0, kPart}, {2 * kPart, bytes.size()}}))
      << "what stands behind the first damage is judged by itself";
  bytes[kPart] ^= 1;
  EXPECT_EQ(damage_of(bytes), (std::vector<ByteRange>{{0, bytes.size()}}));
}

TEST_F(HashMarksTest, a_file_that_was_cut_is_damaged_from_there) {
  EXPECT_EQ(damage_of(bytes_.substr(0, kPart + 5)).front().begin, kPart);
}

TEST_F(HashMarksTest, are_kept_and_read_again) {
  const auto file = right();
  save_marks(shelf_.root() / "marks", file.sha256, file.marks);
  const auto marks = load_marks(shelf_.root() / "marks", file.sha256);
  ASSERT_TRUE(marks);
  EXPECT_EQ(marks->states, file.marks.states);
  EXPECT_FALSE(load_marks(shelf_.root() / "marks", sha256("other")));
}

TEST_F(HashMarksTest, what_is_no_such_text_is_nothing) {
  const auto text = right().marks.text();
  ASSERT_TRUE(HashMarks::parse(text));
  EXPECT_FALSE(HashMarks::parse(""));
  EXPECT_FALSE(HashMarks::parse(text.substr(0, text.size() - 1))) << "it was cut";
  EXPECT_FALSE(HashMarks::parse(text + "zz\n"));
  auto other = text;
  other[other.size() - 2] = 'g';
  EXPECT_FALSE(HashMarks::parse(other));
}

TEST_F(HashMarksTest, hashing_is_stopped_and_tells_errors) {
  const auto path = shelf_.put("file", "abc");
  EXPECT_EQ(hash_file(path, [](auto) { return false; }).error().kind, ErrorKind::cancelled);
  EXPECT_EQ(hash_file(shelf_.root() / "absent", go_on).error().kind, ErrorKind::not_found);
  EXPECT_EQ(find_damage(path, right(), [](auto) { return false; }).error().kind,
            ErrorKind::cancelled);
}

}  // namespace
}  // namespace llf::store
