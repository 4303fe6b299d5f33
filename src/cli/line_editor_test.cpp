#include "cli/line_editor.hpp"

#include "cli/test_terminal.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <stdlib.h>

namespace llf::cli {
namespace {

class LineEditorTest : public ::testing::Test {
 protected:
  LineEditorTest() : signals_(os::SignalWatch::create({SIGINT, SIGTERM, SIGWINCH})) {
    EXPECT_TRUE(signals_);
    ::setenv("TERM", "xterm", 1);
  }

  std::unique_ptr<LineReader> editor(const std::vector<std::string>& history = {}) {
    auto editor = make_line_editor(
        {.in_fd = terminal_.fd(), .out = output_, .signals = *signals_, .history = history});
    EXPECT_TRUE(editor);
    return editor;
  }

  std::string line(std::string_view keys, const std::vector<std::string>& history = {}) {
    terminal_.press(keys);
    const auto typed = editor(history)->read("> ");
    EXPECT_EQ(typed.end, TypedLine::End::line);
    return typed.text;
  }

  TestTerminal terminal_;
  Output output_ = terminal_.output();
  Expected<os::SignalWatch> signals_;
};

TEST_F(LineEditorTest, a_line_is_typed) {
  EXPECT_EQ(line("hello\r"), "hello");
  EXPECT_NE(terminal_.screen().find("> "), std::string::npos);
}

TEST_F(LineEditorTest, characters_of_several_bytes_are_typed) {
  EXPECT_EQ(line("žluť 漢 \U0001F600\r"), "žluť 漢 \U0001F600");
}

TEST_F(LineEditorTest, a_line_is_edited) {
  EXPECT_EQ(line("bc\x01"
                 "a\x05"
                 "d\r"),
            "abcd");
  EXPECT_EQ(line("abcd\x7F\x7F\r"), "ab");
  EXPECT_EQ(line("one two\x17"
                 "three\r"),
            "one three");
  EXPECT_EQ(line("ac\x1b[Db\r"), "abc");
}

TEST_F(LineEditorTest, arrow_keys_bring_back_what_was_typed) {
  EXPECT_EQ(line("\x1b[A\r", {"first", "second"}), "second");
  EXPECT_EQ(line("\x1b[A\x1b[A!\r", {"first", "second"}), "first!");
}

TEST_F(LineEditorTest, what_is_remembered_is_the_newest) {
  auto reader = editor({"old"});
  reader->remember("new");
  terminal_.press("\x1b[A\r");
  EXPECT_EQ(reader->read("> ").text, "new");
}

TEST_F(LineEditorTest, alt_enter_begins_a_new_line) {
  EXPECT_EQ(line("a\x1b\rb\r"), "a\nb");
}

TEST_F(LineEditorTest, pasted_lines_wait_for_enter_behind_a_sign) {
  EXPECT_EQ(line("see \x1b[200~a\rexit\n\tb\n\x1b[201~ please\r"), "see a\nexit\n\tb please");
  const auto screen = terminal_.screen();
  EXPECT_NE(screen.find("[pasted 3 lines #1]"), std::string::npos)
      << ::testing::PrintToString(screen);
}

TEST_F(LineEditorTest, a_pasted_line_is_typed_text) {
  EXPECT_EQ(line("\x1b[200~one line\r\x1b[201~!\r"), "one line!");
  EXPECT_EQ(terminal_.screen().find("pasted"), std::string::npos);
}

TEST_F(LineEditorTest, two_pastes_keep_their_places) {
  EXPECT_EQ(line("\x1b[200~a\nb\x1b[201~+\x1b[200~c\nd\x1b[201~\r"), "a\nb+c\nd");
}

TEST_F(LineEditorTest, bracketed_paste_is_on_only_while_reading) {
  EXPECT_EQ(line("x\r"), "x");
  const auto screen = terminal_.screen();
  EXPECT_LT(screen.find("\x1b[?2004h"), screen.find("\x1b[?2004l"));
}

TEST_F(LineEditorTest, the_end_of_input_is_told) {
  terminal_.press("\x04");
  EXPECT_EQ(editor()->read("> ").end, TypedLine::End::end_of_input);
}

TEST_F(LineEditorTest, an_end_of_input_that_was_typed_ahead_is_one) {
  // That is what the terminal makes of Ctrl-D while nobody edits lines.
  terminal_.press(std::string_view("\0", 1));
  EXPECT_EQ(editor()->read("> ").end, TypedLine::End::end_of_input);
}

TEST_F(LineEditorTest, a_terminal_that_is_gone_is_the_end_of_input) {
  auto reader = editor();
  terminal_.close();
  EXPECT_EQ(reader->read("> ").end, TypedLine::End::end_of_input);
}

TEST_F(LineEditorTest, an_interrupt_ends_the_line_and_the_next_one_is_empty) {
  auto reader = editor();
  ASSERT_EQ(::raise(SIGINT), 0);
  EXPECT_EQ(reader->read("> ").end, TypedLine::End::interrupted);
  terminal_.press("next\r");
  EXPECT_EQ(reader->read("> ").text, "next");
}

TEST_F(LineEditorTest, another_signal_is_told_by_its_number) {
  ASSERT_EQ(::raise(SIGTERM), 0);
  const auto typed = editor()->read("> ");
  EXPECT_EQ(typed.end, TypedLine::End::signal);
  EXPECT_EQ(typed.signal, SIGTERM);
}

TEST_F(LineEditorTest, a_change_of_the_window_changes_nothing_of_the_line) {
  ASSERT_EQ(::raise(SIGWINCH), 0);
  EXPECT_EQ(line("hello\r"), "hello");
}

TEST_F(LineEditorTest, the_terminal_is_as_before_when_a_line_was_read) {
  const auto before = terminal_.mode();
  EXPECT_EQ(line("x\r"), "x");
  const auto after = terminal_.mode();
  EXPECT_EQ(after.c_lflag, before.c_lflag);
  EXPECT_EQ(after.c_iflag, before.c_iflag);
  EXPECT_EQ(after.c_oflag, before.c_oflag);
}

TEST(Paste, line_ends_become_ours_and_the_last_one_goes) {
  EXPECT_EQ(normalize_paste("a\r\nb\rc\nd\n"), "a\nb\nc\nd");
  EXPECT_EQ(normalize_paste("\n"), "");
  EXPECT_EQ(normalize_paste(""), "");
}

}  // namespace
}  // namespace llf::cli
