#include "hub/downloads.hpp"

#include "gguf/test_file.hpp"
#include "hub/download_list.hpp"
#include "hub/test_transfer.hpp"
#include "net/run.hpp"
#include "net/timer.hpp"
#include "os/process_facts.hpp"

#include <gmock/gmock.h>

namespace llf::hub {
namespace {

using State = DownloadStatus::State;
using testing::HasSubstr;

Task<void> count_up(int& number) {
  ++number;
  co_return;
}

class DownloadsTest : public TransferTest {
 protected:
  DownloadsTest() {
    content_ = gguf::small_model().bytes();
    digest_ = store::sha256(content_);
  }

  [[nodiscard]] Downloads::Options options() const {
    return {.places = {.cache = folder_ / "hub", .folder = folder_ / "own", .catalog = {}},
            .journal = folder_ / "downloads.json",
            .speed_limit = {}};
  }
  [[nodiscard]] DownloadPlan plan(const TestServer& server) const {
    return {.model = "m",
            .files = {{.path = "m.gguf",
                       .size = ByteSize(content_.size()),
                       .sha256 = digest_,
                       .place = folder_ / "own/m.gguf"}},
            .origins = {{{.url = *Url::parse(server.url("/m.gguf")),
                          .endpoint = {.url = *Url::parse(server.url(""))}}}}};
  }
  static Task<void> until_ended(Downloads::Handle download) {
    while (download.active()) {
      if (!co_await download.changed(download.version())) co_return;
    }
  }
  void wait_for(Downloads::Handle download) {
    static_cast<void>(net::run_until_done(loop_, until_ended(std::move(download))));
  }
  void end(Downloads& downloads) { static_cast<void>(net::run_until_done(loop_, downloads.end())); }

  net::Loop loop_;
};

TEST_F(DownloadsTest, a_model_that_is_asked_for_twice_is_fetched_once) {
  const TestServer server([this](const std::string& head) { return good(head); });
  Downloads downloads(loop_, options());
  const auto first = *downloads.start(plan(server));
  const auto second = *downloads.start(plan(server));
  EXPECT_EQ(&first.status(), &second.status());
  EXPECT_EQ(downloads.active(), 1U);
  wait_for(first);
  EXPECT_EQ(second.status().state, State::done) << second.status().error.message;
  EXPECT_EQ(downloads.active(), 0U);
  EXPECT_EQ(downloads.list().size(), 1U);
  end(downloads);
}

TEST_F(DownloadsTest, a_repair_does_not_join_a_download_of_what_is_taken_for_right) {
  const TestServer server([this](const std::string& head) { return good(head); });
  Downloads downloads(loop_, options());
  const auto first = *downloads.start(plan(server));
  auto repair = plan(server);
  repair.files.front().damage.emplace();
  const auto refused = downloads.start(repair);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
  EXPECT_EQ(downloads.fetches(folder_ / "own/m.gguf"), "m");
  wait_for(first);
  EXPECT_EQ(downloads.fetches(folder_ / "own/m.gguf"), "");
  const auto begun = downloads.start(repair);
  ASSERT_TRUE(begun);
  EXPECT_TRUE(downloads.start(plan(server))) << "a repair may be joined";
  wait_for(*begun);
  end(downloads);
}

TEST_F(DownloadsTest, one_that_has_ended_can_be_followed_and_what_comes_after_it_is_done) {
  const TestServer server([this](const std::string& head) { return good(head); });
  Downloads downloads(loop_, options());
  int after = 0;
  const auto note = [&after]() -> Task<void> { return count_up(after); };
  wait_for(*downloads.start(plan(server), note));
  EXPECT_EQ(after, 1);
  const auto followed = downloads.follow("m");
  ASSERT_TRUE(followed);
  EXPECT_EQ(followed->status().state, State::done);
  EXPECT_EQ(followed->plan().files.size(), 1U);
  EXPECT_EQ(downloads.follow("other").error().kind, ErrorKind::not_found);
  end(downloads);
}

TEST_F(DownloadsTest, a_failed_one_says_why_and_can_be_tried_again) {
  std::atomic<bool> broken = true;
  const TestServer server([&, this](const std::string& head) {
    return broken ? http_answer(404, "", "") : good(head);
  });
  Downloads downloads(loop_, options());
  const auto failed = *downloads.start(plan(server));
  wait_for(failed);
  EXPECT_EQ(failed.status().state, State::failed);
  EXPECT_EQ(failed.status().error.kind, ErrorKind::not_found);
  broken = false;
  const auto again = *downloads.start(plan(server));
  wait_for(again);
  EXPECT_EQ(again.status().state, State::done);
  end(downloads);
}

TEST_F(DownloadsTest, other_files_of_the_same_name_are_refused_meanwhile) {
  const TestServer server([this](const std::string& head) { return good(head); });
  Downloads downloads(loop_, options());
  const auto first = *downloads.start(plan(server));
  auto other = plan(server);
  other.commit = "another";
  EXPECT_EQ(downloads.start(std::move(other)).error().kind, ErrorKind::conflict);
  wait_for(first);
  end(downloads);
}

TEST_F(DownloadsTest, one_that_is_stopped_and_begun_again_at_once_is_whole) {
  const TestServer server([this](const std::string& head) { return good(head); });
  Downloads downloads(loop_, options());
  for (int i = 0; i < 20; ++i) {
    static_cast<void>(downloads.start(plan(server)));
    EXPECT_TRUE(downloads.stop("m", Downloads::Remains::discard));
  }
  const auto last = *downloads.start(plan(server));
  wait_for(last);
  EXPECT_EQ(last.status().state, State::done) << last.status().error.message;
  end(downloads);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "own/m.gguf"));
}

TEST_F(DownloadsTest, one_that_is_stopped_is_remembered_by_the_next_daemon) {
  const TestServer server([this](const std::string& head) {
    const auto answer = good(head);
    const auto range = asked_range(head);
    return range && range->size() > 1 ? answer.substr(0, answer.size() - 10) : answer;
  });
  {
    Downloads downloads(loop_, options());
    const auto download = *downloads.start(plan(server));
    EXPECT_TRUE(downloads.stop("m", Downloads::Remains::keep));
    EXPECT_EQ(downloads.stop("x", Downloads::Remains::keep).error().kind, ErrorKind::not_found);
    end(downloads);
    EXPECT_EQ(download.status().state, State::stopped);
  }
  Downloads next(loop_, options());
  ASSERT_EQ(next.list().size(), 1U);
  EXPECT_EQ(next.list().front().state, State::stopped);
  EXPECT_EQ(next.list().front().progress.size, content_.size());
  EXPECT_TRUE(next.stop("m", Downloads::Remains::discard));
  end(next);
  EXPECT_TRUE(next.list().empty());
  EXPECT_FALSE(std::filesystem::exists(PartFile::part_of(folder_ / "own/m.gguf")));
}

TEST_F(DownloadsTest, one_that_failed_says_why_to_the_next_daemon) {
  const TestServer server([](const std::string&) { return http_answer(404, "", ""); });
  std::string why;
  {
    Downloads downloads(loop_, options());
    const auto failed = *downloads.start(plan(server));
    wait_for(failed);
    why = failed.status().error.message;
    end(downloads);
  }
  Downloads next(loop_, options());
  ASSERT_EQ(next.list().size(), 1U);
  EXPECT_EQ(next.list().front().state, State::failed);
  EXPECT_EQ(next.list().front().error.message, why);
  end(next);
}

TEST_F(DownloadsTest, one_that_the_end_of_a_daemon_cuts_is_interrupted) {
  const TestServer server([this](const std::string& head) {
    const auto answer = good(head);
    const auto range = asked_range(head);
    return range && range->size() > 1 ? answer.substr(0, answer.size() - 10) : answer;
  });
  {
    Downloads downloads(loop_, options());
    const auto cut = *downloads.start(plan(server));
    end(downloads);
    EXPECT_EQ(cut.status().state, State::interrupted);
  }
  Downloads next(loop_, options());
  ASSERT_EQ(next.list().size(), 1U);
  EXPECT_EQ(next.list().front().state, State::interrupted);
  end(next);
}

/// A download of a file, and of one that others have, too.
TEST_F(DownloadsTest, what_another_one_wants_is_not_discarded_with_one) {
  const TestServer server([](const std::string&) { return http_answer(404, "", ""); });
  Downloads downloads(loop_, options());
  const auto shared = folder_ / "own/mmproj.gguf";
  const auto start = [&](const std::string& name) {
    auto wanted = plan(server);
    wanted.model = name;
    wanted.files.push_back(wanted.files.front());
    wanted.files.front().place = folder_ / "own" / (name + ".gguf");
    wanted.files.back().place = shared;
    wanted.origins.push_back(wanted.origins.front());
    return *downloads.start(std::move(wanted));
  };
  const auto part = PartFile::part_of(shared);
  wait_for(start("first"));
  wait_for(start("second"));
  std::ofstream(part) << "some";
  EXPECT_TRUE(downloads.stop("first", Downloads::Remains::discard));
  end(downloads);
  EXPECT_EQ(downloads.list().size(), 1U);
  EXPECT_TRUE(std::filesystem::exists(part)) << "the second one goes on with it";
  Downloads next(loop_, options());
  EXPECT_TRUE(next.stop("second", Downloads::Remains::discard));
  end(next);
  EXPECT_FALSE(std::filesystem::exists(part));
}

TEST_F(DownloadsTest, a_speed_limit_that_is_set_meanwhile_holds) {
  content_.resize(std::size_t{4} << 20U);
  digest_ = store::sha256(content_);
  const TestServer server([this](const std::string& head) { return good(head); });
  auto with_limit = options();
  std::uint64_t limit = 1;
  with_limit.speed_limit = [&] { return limit; };
  Downloads downloads(loop_, with_limit);
  const auto slow = *downloads.start(plan(server));
  const auto until_told = [](Downloads::Handle download) -> Task<void> {
    while (download.active() && download.status().progress.connections == 0) {
      if (!co_await download.changed(download.version())) co_return;
    }
  };
  static_cast<void>(net::run_until_done(loop_, until_told(slow)));
  EXPECT_TRUE(slow.active()) << "a byte a second";
  limit = 0;
  wait_for(slow);
  EXPECT_EQ(slow.status().state, State::done) << slow.status().error.message;
  end(downloads);
}

TEST_F(DownloadsTest, one_that_was_killed_shows_what_is_there) {
  save_download_list(options().journal,
                     {{.model = "m", .size = content_.size(), .places = {folder_ / "part"}},
                      {.model = "gone", .size = content_.size(), .places = {folder_ / "absent"}}});
  auto part = *PartFile::open(folder_ / "part", {.size = content_.size(), .tag = "tag"},
                              {.boot = os::boot_id().value_or("")});
  EXPECT_TRUE(part.note({10, 30}));
  Downloads next(loop_, options());
  ASSERT_EQ(next.list().size(), 2U);
  EXPECT_EQ(next.list()[0].progress.done, 20U);
  EXPECT_EQ(next.list()[0].progress.size, content_.size());
  EXPECT_EQ(next.list()[1].progress.done, 0U);
  end(next);
}

TEST_F(DownloadsTest, one_that_is_done_cannot_be_stopped) {
  const TestServer server([this](const std::string& head) { return good(head); });
  Downloads downloads(loop_, options());
  wait_for(*downloads.start(plan(server)));
  const auto stopped = downloads.stop("m", Downloads::Remains::keep);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, ErrorKind::conflict);
  EXPECT_THAT(stopped.error().message, HasSubstr("downloaded already"));
  end(downloads);
}

TEST_F(DownloadsTest, is_stopped_by_a_shorter_name) {
  const TestServer server([this](const std::string& head) { return good(head); });
  Downloads downloads(loop_, options());
  auto wanted = plan(server);
  wanted.model = "org/small-GGUF:Q4_K_M";
  const auto download = *downloads.start(std::move(wanted));
  EXPECT_TRUE(downloads.stop("small", Downloads::Remains::keep));
  EXPECT_THAT(downloads.stop("absent", Downloads::Remains::keep).error().message,
              HasSubstr("no download of 'absent' is known"));
  wait_for(download);
  EXPECT_EQ(download.status().state, State::stopped);
  end(downloads);
}

}  // namespace
}  // namespace llf::hub
