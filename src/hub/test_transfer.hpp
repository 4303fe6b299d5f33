#pragma once

#include "base/number.hpp"
#include "hub/part_file.hpp"
#include "hub/test_server.hpp"
#include "hub/transfer.hpp"
#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

namespace llf::hub {

/// The range that a request asks for; nothing when it asks for the whole.
inline std::optional<Range> asked_range(const std::string& head) {
  constexpr std::string_view kField = "Range: bytes=";
  const auto at = head.find(kField);
  if (at == std::string::npos) return std::nullopt;
  const auto text = std::string_view(head).substr(at + kField.size());
  const auto dash = text.find('-');
  const auto end = text.find('\r');
  return Range{.begin = *parse_number<std::uint64_t>(text.substr(0, dash)),
               .end = *parse_number<std::uint64_t>(text.substr(dash + 1, end - dash - 1)) + 1};
}

/// A file on a server, and a folder that it is fetched into.
class TransferTest : public testing::Test {
 protected:
  static constexpr std::uint64_t kSize = 3'000'000;

  static std::string make_content() {
    std::string content;
    for (std::uint64_t i = 0; i < kSize; ++i) content += static_cast<char>(i * 31 % 251);
    return content;
  }

  /// What a good server answers.
  [[nodiscard]] std::string good(const std::string& head) const {
    const auto range = asked_range(head);
    if (!range) return http_answer(200, "ETag: \"e\"\r\n", content_);
    return http_answer(206,
                       fmt::format("ETag: \"e\"\r\nContent-Range: bytes {}-{}/{}\r\n", range->begin,
                                   range->end - 1, content_.size()),
                       content_.substr(range->begin, range->size()));
  }

  [[nodiscard]] TransferOrder order(const std::vector<const TestServer*>& servers) const {
    TransferOrder order{.place = folder_ / "blob", .size = kSize, .sha256 = digest_};
    for (const auto* server : servers) {
      order.origins.push_back({.url = *Url::parse(server->url("/file")),
                               .endpoint = {.url = *Url::parse("http://hub.example")}});
    }
    return order;
  }

  Expected<Transferred> run(const TransferOrder& wanted) {
    return transfer(
        wanted,
        [this](const TransferProgress& progress) {
          if (progress.done >= stop_at_) stop_.request_stop();
        },
        stop_.get_token());
  }

  [[nodiscard]] std::string fetched() const {
    std::ifstream file(folder_ / "blob", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  /// No file, or the right one; nothing else.
  void expect_no_remains() const {
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      EXPECT_EQ(entry.path().filename(), "blob");
    }
    if (std::filesystem::exists(folder_ / "blob")) {
      EXPECT_TRUE(fetched() == content_);
    }
  }

  os::TestFolder folder_;
  std::string content_ = make_content();
  store::Digest digest_ = store::sha256(content_);
  std::stop_source stop_;
  std::uint64_t stop_at_ = kSize + 1;  ///< bytes that are there: then it is stopped
};

}  // namespace llf::hub
