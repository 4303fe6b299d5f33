#include "hub/fitting_choice.hpp"

#include "base/limits.hpp"
#include "gguf/test_file.hpp"
#include "hub/test_transfer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace llf::hub {
namespace {

constexpr std::uint64_t kMB = 1'000'000;

class FittingChoice : public TransferTest {
 protected:
  FittingChoice() {
    gguf::TestFile file;
    file.head(1, 6)
        .pair("general.architecture", "llama")
        .pair("llama.block_count", 10)
        .pair("llama.embedding_length", 1000)
        .pair("llama.attention.head_count", 10)
        .pair("llama.attention.head_count_kv", 10)
        .pair("llama.context_length", 8192)
        .tensor("blk.0.ffn_up.weight", {256, 2}, gguf::kQ4K, 0)
        .data(limits::kRemoteHeader.bytes());
    content_ = file.bytes();
  }

  /// The label of the choice of a machine with so much memory, for a context of 1000 tokens.
  [[nodiscard]] std::string chosen(const TestServer& server, std::uint64_t memory) {
    const Endpoint endpoint{.url = *Url::parse(server.url("")), .token = {}};
    const auto token = stop_.get_token();
    const auto choice = choose_fitting(
        {.connections = connections_, .endpoint = endpoint, .stop = token}, repository_,
        [&](const gguf::Demand& demand) {
          seen_.push_back(demand);
          return gguf::plan_memory(demand, {.context = 1000, .slots = 1}).total() <= memory;
        });
    return choice ? choice->label : choice.error().message;
  }

  static RemoteFile file(std::string path, std::uint64_t size) {
    return {.path = std::move(path), .size = ByteSize(size), .sha256 = store::sha256("x")};
  }

  Connections connections_ = *Connections::create();
  Repository repository_{.name = *store::RepositoryName::parse("o/r"),
                         .commit = std::string(40, 'a'),
                         .license = {},
                         .base_model = {},
                         .files = {file("m-Q8_0.gguf", 800 * kMB), file("m-Q4_K_M.gguf", 400 * kMB),
                                   file("m-Q2_K.gguf", 200 * kMB)}};
  std::vector<gguf::Demand> seen_;
};

TEST_F(FittingChoice, is_made_by_the_memory_that_the_header_tells) {
  const TestServer server([this](const std::string& head) { return good(head); });
  EXPECT_EQ(chosen(server, 1200 * kMB), "Q4_K_M");
  EXPECT_EQ(seen_.back().kv_per_token, 10U * 10 * 200 * 2);
  EXPECT_EQ(chosen(server, 480 * kMB), "Q2_K") << "40 MB are for the context";
}

TEST_F(FittingChoice, without_a_header_is_by_size) {
  const TestServer server([](const std::string&) { return http_answer(404, "", ""); });
  EXPECT_EQ(chosen(server, 1200 * kMB), "Q4_K_M");
  EXPECT_EQ(chosen(server, 430 * kMB), "Q2_K");
  EXPECT_EQ(chosen(server, kMB), "Q2_K") << "none fits: the smallest";
}

TEST_F(FittingChoice, who_has_plenty_need_not_look) {
  int asked = 0;
  const TestServer server([&](const std::string& head) {
    ++asked;
    return good(head);
  });
  EXPECT_EQ(chosen(server, 4000 * kMB), "Q4_K_M");
  EXPECT_EQ(asked, 0);
  EXPECT_EQ(seen_.size(), 1U);
}

TEST_F(FittingChoice, one_model_needs_no_look) {
  const TestServer server([](const std::string&) { return std::string(); });
  repository_.files.resize(1);
  EXPECT_EQ(chosen(server, kMB), "Q8_0");
  EXPECT_TRUE(seen_.empty());
}

}  // namespace
}  // namespace llf::hub
