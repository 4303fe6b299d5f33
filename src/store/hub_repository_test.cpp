#include "store/hub_repository.hpp"

#include "store/test_shelf.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace llf::store {
namespace {

TEST(HubRepository, a_name_has_an_owner_and_plain_characters) {
  const auto name = RepositoryName::parse("Qwen/Qwen2.5-Coder-7B_x-GGUF");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->folder(), "models--Qwen--Qwen2.5-Coder-7B_x-GGUF");
  EXPECT_EQ(repository_of_folder(name->folder()), *name);
  for (const auto* wrong : {"", "a", "/", "a/", "/b", "a/b/c", "a/..", "../b", "a/b c", "a/b\\c",
                            "a/b--c", ".a/b", "a/b.", "a/b\n", "a/b:Q4", "a/%2e"}) {
    EXPECT_FALSE(RepositoryName::parse(wrong)) << wrong;
  }
  EXPECT_FALSE(RepositoryName::parse("a/" + std::string(97, 'b')));
  for (const auto* wrong : {"models--a", "models--", "datasets--a--b", "models--a--..", "models"}) {
    EXPECT_FALSE(repository_of_folder(wrong)) << wrong;
  }
}

TEST(HubRepository, a_ref_names_a_commit) {
  const TestShelf shelf;
  const std::string commit = "0123456789abcdef0123456789abcdef01234567";
  shelf.put("refs/main", commit + "\n");
  shelf.put("refs/bad", "../../../etc");
  shelf.put("refs/long", std::string(100, 'a'));
  EXPECT_EQ(read_ref(shelf.root(), "main"), commit);
  EXPECT_EQ(read_ref(shelf.root(), "bad"), "");
  EXPECT_EQ(read_ref(shelf.root(), "long"), "");
  EXPECT_EQ(read_ref(shelf.root(), "absent"), "");
}

// SEC-31
TEST(HubRepository, a_files_path_stays_in_its_repository) {
  for (const auto* fine :
       {"a.gguf", "Q4/a.gguf", ".gitattributes", "a b.gguf", "caf\xC3\xA9.gguf"}) {
    EXPECT_TRUE(check_file_path(fine)) << fine;
  }
  constexpr std::array<std::string_view, 18> kWrong{
      "",    "/",   "/etc/passwd", "..",  "../a",      "a/../b", "a/..",  "a//b", "a/",
      "./a", "a/.", "a\\b",        "C:a", "..\\..\\a", "a\nb",   "a\x7F", "\xFF", "a:b"};
  for (const auto wrong : kWrong) EXPECT_FALSE(check_file_path(wrong)) << wrong;
  EXPECT_FALSE(check_file_path(std::string("a\0b", 3)));
  EXPECT_FALSE(check_file_path(std::string(256, 'a')));
}

}  // namespace
}  // namespace llf::store
