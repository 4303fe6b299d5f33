#include "worker/log_ring.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::worker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Lines {
  LineSplitter splitter;
  std::vector<std::string> lines;
  LineSplitter::Sink sink = [this](std::string_view line) { lines.emplace_back(line); };
};

TEST(LineSplitter, lines_come_out_wherever_the_reads_fall) {
  constexpr std::string_view kText = "one\ntwo\r\n\nfour";
  for (std::size_t cut = 0; cut <= kText.size(); ++cut) {
    Lines lines;
    lines.splitter.feed(kText.substr(0, cut), lines.sink);
    lines.splitter.feed(kText.substr(cut), lines.sink);
    EXPECT_THAT(lines.lines, ElementsAre("one", "two", "")) << cut;
    lines.splitter.finish(lines.sink);
    EXPECT_EQ(lines.lines.back(), "four");
  }
}

TEST(LineSplitter, a_flood_without_an_end_stays_bounded) {
  Lines lines;
  for (int i = 0; i < 1000; ++i) lines.splitter.feed(std::string(10'000, 'x'), lines.sink);
  EXPECT_THAT(lines.lines, IsEmpty());
  lines.splitter.feed("\nnext\n", lines.sink);
  ASSERT_EQ(lines.lines.size(), 2U);
  EXPECT_LE(lines.lines[0].size(), limits::kWorkerLogLine.bytes() + 3);
  EXPECT_TRUE(lines.lines[0].ends_with("x…"));
  EXPECT_EQ(lines.lines[1], "next");
}

TEST(LineSplitter, a_cut_does_not_split_a_character) {
  Lines lines;
  std::string text(limits::kWorkerLogLine.bytes() - 1, 'x');
  lines.splitter.feed(text + "é\n", lines.sink);
  EXPECT_EQ(lines.lines.at(0), text + "…");
}

TEST(LineSplitter, a_line_of_exactly_the_limit_is_whole) {
  Lines lines;
  const std::string text(limits::kWorkerLogLine.bytes(), 'x');
  lines.splitter.feed(text + "\n", lines.sink);
  EXPECT_EQ(lines.lines.at(0), text);
}

TEST(LineSplitter, nothing_left_is_no_line) {
  Lines lines;
  lines.splitter.feed("a\n", lines.sink);
  lines.splitter.finish(lines.sink);
  EXPECT_THAT(lines.lines, ElementsAre("a"));
}

TEST(LogRing, keeps_the_last_lines_and_their_numbers) {
  LogRing ring;
  EXPECT_THAT(ring.tail(5), IsEmpty());
  const auto total = limits::kWorkerLogLines + 10;
  for (std::size_t i = 1; i <= total; ++i) ring.add(std::to_string(i));
  EXPECT_EQ(ring.newest(), total);
  EXPECT_EQ(ring.tail(total).size(), limits::kWorkerLogLines);
  EXPECT_THAT(ring.tail(2), ElementsAre(std::to_string(total - 1), std::to_string(total)));
  EXPECT_THAT(ring.since(total - 1), ElementsAre(std::to_string(total)));
  EXPECT_THAT(ring.since(total), IsEmpty());
  EXPECT_EQ(ring.since(0).front(), "11") << "what was dropped is not there";
}

}  // namespace
}  // namespace llf::worker
