#include "gateway/work_report.hpp"

#include "gateway/answer.hpp"
#include "net/http_client.hpp"
#include "net/run.hpp"
#include "os/test_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace llf::gateway {
namespace {

Task<void> answer_with_report(net::Responder& responder, std::shared_ptr<std::uint64_t> done) {
  if (!co_await responder.begin(200, event_stream_headers())) co_return;
  co_await report_work(done, 10, responder);
}

/// What comes until `word` is in it; then it leaves.
Task<std::string> read_until(std::string socket, std::string word) {
  std::string text;
  auto response =
      co_await net::request(net::Endpoint::unix_socket(std::move(socket)),
                            {.method = "GET", .target = "/", .headers = {}, .body = {}});
  while (response && !text.contains(word)) {
    const auto bytes = co_await response->read_some();
    if (!bytes || bytes->empty()) break;
    text += *bytes;
  }
  co_return text;
}

TEST(WorkReport, a_projector_is_part_of_the_work) {
  const os::TestFolder folder;
  std::ofstream(folder / "mmproj.gguf") << "12345";
  store::ModelFile model{.path = "/m.gguf", .size = ByteSize(10)};
  EXPECT_EQ(size_with_projector(model), 10);
  model.projector = (folder / "mmproj.gguf").native();
  EXPECT_EQ(size_with_projector(model), 15);
  model.projector = "/none";
  EXPECT_EQ(size_with_projector(model), 10);
}

TEST(WorkReport, tells_how_far_it_is_until_nobody_listens) {
  const os::TestFolder folder;
  const auto socket = (folder / "s").native();
  const auto done = std::make_shared<std::uint64_t>(7);
  net::Loop loop;
  net::HttpServer server(loop, {.render = refusal_response});
  ASSERT_TRUE(server.listen_unix(socket, 0600));
  server.serve([done](net::Request&, net::Responder& responder) {
    return answer_with_report(responder, done);
  });
  EXPECT_THAT(net::run_until_done(loop, read_until(socket, "}\n\n")),
              testing::HasSubstr(R"(data: {"done_bytes":7,"size_bytes":10})"));
  static_cast<void>(net::run_until_done(loop, server.drain(Duration::zero())));
}

}  // namespace
}  // namespace llf::gateway
