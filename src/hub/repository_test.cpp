#include "hub/repository.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace llf::hub {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const auto kName = *store::RepositoryName::parse("org/repo");
const std::string kRevision(40, 'a');
const std::string kHash(64, 'b');

Expected<Repository> read_answer(const std::string& rest) {
  return read_repository(kName, R"({"sha":")" + kRevision + "\"" + rest + "}");
}

TEST(Repository, is_read_as_the_hub_tells_it) {
  const auto repository =
      read_answer(R"(,"gated":"manual","cardData":{"license":["mit"],"base_model":"org/base"},
        "siblings":[{"rfilename":"README.md","size":3,"blobId":"x"},
        {"rfilename":"m.gguf","size":9,"lfs":{"sha256":")" +
                  kHash + R"(","size":10}}])");
  ASSERT_TRUE(repository) << repository.error().message;
  EXPECT_EQ(repository->commit, kRevision);
  EXPECT_EQ(repository->license, "mit");
  EXPECT_EQ(repository->base_model, "org/base");
  EXPECT_TRUE(repository->gated);
  EXPECT_THAT(repository->files,
              ElementsAre(RemoteFile{"README.md", ByteSize(3), std::nullopt},
                          RemoteFile{"m.gguf", ByteSize(10), store::Digest::parse(kHash)}));
}

// SEC-30, SEC-31
TEST(Repository, what_cannot_be_used_is_left_out) {
  const auto repository = read_answer(
      R"(,"siblings":[{"rfilename":"../x.gguf","size":1},{"rfilename":"/etc/x.gguf","size":1},
         {"rfilename":"a\\b.gguf","size":1},{"rfilename":"a\u0000b","size":1},{"rfilename":7},3,
         {"rfilename":"no-size.gguf"},{"rfilename":"minus.gguf","size":-1},
         {"rfilename":"bad-hash.gguf","size":1,"lfs":{"sha256":"../../x","size":1}}])");
  ASSERT_TRUE(repository);
  EXPECT_THAT(repository->files,
              ElementsAre(RemoteFile{"bad-hash.gguf", ByteSize(1), std::nullopt}));
}

TEST(Repository, nonsense_is_an_error) {
  for (const auto* wrong :
       {"", "[]", "{}", R"({"sha":"main","siblings":[]})", R"({"sha":5,"siblings":[]})", "x"}) {
    const auto repository = read_repository(kName, wrong);
    ASSERT_FALSE(repository) << wrong;
    EXPECT_EQ(repository.error().kind, ErrorKind::upstream);
    EXPECT_THAT(repository.error().message, HasSubstr("cannot be understood"));
  }
  EXPECT_FALSE(read_answer(R"(,"siblings":{})"));
}

TEST(Repository, a_web_page_is_told_as_one) {
  EXPECT_THAT(read_repository(kName, " \n<!DOCTYPE html>").error().message,
              HasSubstr("no model hub"));
}

TEST(Repository, a_file_is_asked_for_at_its_commit) {
  const Endpoint endpoint{.url = *Url::parse("https://hub.example"), .token = {}};
  const auto repository = read_answer(R"(,"siblings":[])");
  EXPECT_EQ(file_url(endpoint, *repository, {"Q4/a b.gguf", ByteSize(1), {}}).str(),
            "https://hub.example/org/repo/resolve/" + kRevision + "/Q4/a%20b.gguf");
}

}  // namespace
}  // namespace llf::hub
