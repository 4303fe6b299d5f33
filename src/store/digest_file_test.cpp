#include "store/digest_file.hpp"

#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace llf::store {
namespace {

const Digest kDigest = sha256("x");

TEST(DigestFile, is_kept_and_read_again) {
  const os::TestFolder folder;
  const auto file = folder / "my model.gguf";
  EXPECT_EQ(kept_digest(file), std::nullopt);
  const KeptDigest kept{.sha256 = kDigest, .source = "https://h.example/my%20model.gguf"};
  ASSERT_TRUE(keep_digest(file, kept));
  EXPECT_EQ(kept_digest(file), kept);
  const KeptDigest other{.sha256 = sha256("y"), .source = {}};
  ASSERT_TRUE(keep_digest(file, other));
  EXPECT_EQ(kept_digest(file), other);
  EXPECT_FALSE(keep_digest(folder / "absent/m.gguf", kept));
}

TEST(DigestFile, is_as_sha256sum_has_it) {
  const os::TestFolder folder;
  ASSERT_TRUE(keep_digest(folder / "m.gguf", {.sha256 = kDigest, .source = "https://h.example/m"}));
  std::ifstream file(folder / "m.gguf.sha256");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(text, "# https://h.example/m\n" + kDigest.hex() + "  m.gguf\n");
}

TEST(DigestFile, tells_the_digest_of_its_own_file_only) {
  const auto read = [](const std::string& text) { return read_digest_text(text, "m.gguf"); };
  for (const auto* behind : {"", "\n", "  m.gguf\n", " *m.gguf", " *./x/m.gguf", "  m.gguf\r\n"}) {
    EXPECT_EQ(read(kDigest.hex() + behind), kDigest) << behind;
    EXPECT_EQ(read("# why\n" + kDigest.hex() + behind), kDigest) << behind;
  }
  for (const std::string& wrong :
       {kDigest.hex() + "  other.gguf\n", std::string("<html>"), std::string(), std::string("\n"),
        std::string("# x"), kDigest.hex().substr(1)}) {
    EXPECT_EQ(read(wrong), std::nullopt) << wrong;
  }
}

TEST(DigestFile, one_of_another_file_is_none) {
  const os::TestFolder folder;
  std::ofstream(folder / "m.gguf.sha256") << kDigest.hex() << "  other.gguf\n";
  EXPECT_EQ(kept_digest(folder / "m.gguf"), std::nullopt);
}

}  // namespace
}  // namespace llf::store
