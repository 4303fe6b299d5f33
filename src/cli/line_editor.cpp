#include "cli/line_editor.hpp"

#include "base/limits.hpp"
#include "base/utf8.hpp"
#include "os/unique_fd.hpp"
#include "text/safe_text.hpp"
#include "text/style.hpp"

#include <fmt/format.h>
#include <histedit.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <langinfo.h>
#include <poll.h>
#include <span>
#include <unistd.h>
#include <utility>
#include <vector>

namespace llf::cli {
namespace {

constexpr std::string_view kPasteOn = "\x1b[?2004h";
constexpr std::string_view kPasteOff = "\x1b[?2004l";
constexpr std::u32string_view kPasteEnd = U"\x1b[201~";
// Between these, libedit takes the prompt's characters for a sequence without width.
constexpr wchar_t kSequenceMark = L'\x01';
constexpr char kEndOfInput = 0x04;
constexpr std::size_t kLongestInline = 2000;

std::wstring widen(std::u32string_view text) {
  return {text.begin(), text.end()};
}

std::string narrow(std::wstring_view text) {
  std::string out;
  for (const wchar_t c : text) append_utf8(static_cast<char32_t>(c), out);
  return out;
}

/// libedit writes what it echoes in the locale's encoding.
void use_utf8_locale() {
  static_cast<void>(std::setlocale(LC_CTYPE, ""));
  if (std::string_view(::nl_langinfo(CODESET)) != "UTF-8") {
    static_cast<void>(std::setlocale(LC_CTYPE, "C.UTF-8"));
  }
}

/// A line of the prompt in the user's colour, for EL_PROMPT_ESC.
std::wstring prompt_text(std::string_view prompt, text::Color color) {
  auto plain = widen(decode_utf8(prompt));
  if (color == text::Color::off) return plain;
  const auto sequence = [](std::wstring_view code) {
    return std::wstring(1, kSequenceMark).append(code) + kSequenceMark;
  };
  return sequence(L"\x1b[32m") + plain + sequence(L"\x1b[0m");
}

struct CloseFile {
  void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
};
struct EndEditLine {
  void operator()(EditLine* editor) const { ::el_end(editor); }
};
struct EndHistory {
  void operator()(HistoryW* history) const { ::history_wend(history); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

File open_file(int fd, const char* mode) {
  os::UniqueFd copy(::dup(fd));
  if (!copy) return nullptr;
  // The analyzer does not see who closes it.
  File file(::fdopen(copy.get(), mode));  // NOLINT(clang-analyzer-unix.Stream): File does
  if (file) static_cast<void>(copy.release());
  return file;
}

class LineEditor final : public LineReader {
 public:
  explicit LineEditor(const LineReaderOptions& options)
      : in_fd_(options.in_fd), out_(options.out), signals_(options.signals) {}

  bool set_up(std::span<const std::string> history) {
    use_utf8_locale();
    in_file_ = open_file(in_fd_, "r");
    out_file_ = open_file(out_.fd(), "w");
    if (!in_file_ || !out_file_) return false;
    editor_.reset(::el_init("llf", in_file_.get(), out_file_.get(), out_file_.get()));
    history_.reset(::history_winit());
    if (!editor_ || !history_) return false;
    ::history_w(history_.get(), &event_, H_SETSIZE, static_cast<int>(limits::kHistoryEntries));
    ::history_w(history_.get(), &event_, H_SETUNIQUE, 1);
    for (const auto& entry : history) remember(entry);
    configure();
    return true;
  }

  TypedLine read(std::string_view prompt) override {
    prompt_ = prompt_text(prompt, out_.color());
    pasted_.clear();
    stop_ = {};
    typed_ahead_ = true;
    out_.say(kPasteOn);
    int count = 0;
    const wchar_t* line = ::el_wgets(editor_.get(), &count);
    out_.say(kPasteOff);
    TypedLine typed = std::exchange(stop_, {});
    if (line != nullptr && count > 0) {
      std::wstring_view text(line, static_cast<std::size_t>(count));
      if (text.ends_with(L'\n')) text.remove_suffix(1);
      typed.end = TypedLine::End::line;
      typed.text = with_pasted(narrow(text));
    } else {
      if (typed.end == TypedLine::End::line) typed.end = TypedLine::End::end_of_input;
      if (typed.end == TypedLine::End::interrupted) typed.text = current_line();
      out_.say("\n");
    }
    return typed;
  }

  void remember(std::string_view entry) override {
    const auto wide = widen(decode_utf8(entry));
    ::history_w(history_.get(), &event_, H_ENTER, wide.c_str());
  }

 private:
  struct Pasted {
    std::string sign;
    std::string text;
  };

  static LineEditor& self(EditLine* editor) {
    void* data = nullptr;
    ::el_wget(editor, EL_CLIENTDATA, &data);
    return *static_cast<LineEditor*>(data);
  }

  // libedit's types: a prompt is not const, and a key's function returns what is to be done next.
  static wchar_t* show_prompt(EditLine* editor) { return self(editor).prompt_.data(); }
  static int get_character(EditLine* editor, wchar_t* c) { return self(editor).next_character(c); }
  static unsigned char paste_key(EditLine* editor, wint_t) { return self(editor).take_paste(); }
  static unsigned char newline_key(EditLine* editor, wint_t) {
    return ::el_winsertstr(editor, L"\n") == 0 ? CC_REFRESH : CC_ERROR;
  }

  void configure() {
    auto* const editor = editor_.get();
    ::el_wset(editor, EL_CLIENTDATA, this);
    ::el_wset(editor, EL_PROMPT_ESC, show_prompt, kSequenceMark);
    ::el_wset(editor, EL_EDITOR, L"emacs");
    ::el_wset(editor, EL_SIGNAL, 0);
    // While a line is edited the terminal must not make \n\n of a pasted \r\n.
    ::el_wset(editor, EL_SETTY, L"-d", L"-icrnl", nullptr);
    ::el_wset(editor, EL_HIST, ::history_w, history_.get());
    ::el_wset(editor, EL_GETCFN, get_character);
    ::el_wset(editor, EL_ADDFN, L"llf-paste", L"Takes pasted text", paste_key);
    ::el_wset(editor, EL_ADDFN, L"llf-newline", L"Begins a new line", newline_key);
    constexpr std::array<std::pair<const wchar_t*, const wchar_t*>, 10> kKeys{{
        {L"\\e[200~", L"llf-paste"},
        {L"\\e^M", L"llf-newline"},
        {L"\\e^J", L"llf-newline"},
        {L"^R", L"em-inc-search-prev"},
        {L"^W", L"ed-delete-prev-word"},
        {L"\\e[3~", L"ed-delete-next-char"},
        {L"\\e[1~", L"ed-move-to-beg"},
        {L"\\e[4~", L"ed-move-to-end"},
        {L"\\e[1;5C", L"em-next-word"},
        {L"\\e[1;5D", L"ed-prev-word"},
    }};
    for (const auto& [key, function] : kKeys) {
      ::el_wset(editor, EL_BIND, key, function, nullptr);
    }
  }

  /// The next character for libedit: 1; 0 at the end of input; -1 when reading is to stop.
  int next_character(wchar_t* c) {
    while (ready_.empty()) {
      const auto input = wait();
      if (input != 1) return input;
      std::array<char, 4096> bytes{};
      const auto count = ::read(in_fd_, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return 0;
      const auto got = std::span(bytes).first(static_cast<std::size_t>(count));
      // Ctrl-D that was pressed before the terminal was ours has become a NUL.
      if (typed_ahead_) std::ranges::replace(got, '\0', kEndOfInput);
      ready_ = decoder_.push({got.data(), got.size()});
    }
    *c = static_cast<wchar_t>(ready_.front());
    ready_.erase(0, 1);
    return 1;
  }

  /// 1: input is there; -1: a signal ends the reading.
  int wait() {
    while (true) {
      std::array<pollfd, 2> both{{{.fd = in_fd_, .events = POLLIN, .revents = 0},
                                  {.fd = signals_.fd(), .events = POLLIN, .revents = 0}}};
      if (::poll(both.data(), both.size(), 0) == 0) {
        typed_ahead_ = false;
        static_cast<void>(::poll(both.data(), both.size(), -1));
      }
      while (const auto number = signals_.take()) {
        if (!serve(*number)) return -1;
      }
      if (both[0].revents != 0) return 1;
    }
  }

  /// False when the signal ends the reading.
  bool serve(int number) {
    auto* const editor = editor_.get();
    switch (number) {
      case SIGWINCH:
        ::el_resize(editor);
        return true;
      case SIGTSTP:
        ::el_wset(editor, EL_PREP_TERM, 0);
        out_.say(kPasteOff);
        ::raise(SIGSTOP);  // what follows it is SIGCONT
        return true;
      case SIGCONT:
        ::el_wset(editor, EL_PREP_TERM, 1);
        out_.say(kPasteOn);
        ::el_wset(editor, EL_REFRESH);
        return true;
      default:
        stop_.end = number == SIGINT ? TypedLine::End::interrupted : TypedLine::End::signal;
        stop_.signal = number;
        return false;
    }
  }

  unsigned char take_paste() {
    std::u32string raw;
    while (!raw.ends_with(kPasteEnd)) {
      wchar_t c = 0;
      if (next_character(&c) != 1) return CC_EOF;
      raw += static_cast<char32_t>(c);
    }
    raw.resize(raw.size() - kPasteEnd.size());
    std::string bytes;
    for (const char32_t c : raw) append_utf8(c, bytes);
    auto text = normalize_paste(bytes);
    if (text.empty()) return CC_REFRESH;
    const auto lines = 1 + std::ranges::count(text, '\n');
    if (lines > 1 || text.size() > kLongestInline || text::safe_line(text) != text) {
      pasted_.push_back({.sign = fmt::format("[pasted {} lines #{}]", lines, pasted_.size() + 1),
                         .text = std::move(text)});
      text = pasted_.back().sign;
    }
    const auto wide = widen(decode_utf8(text));
    return ::el_winsertstr(editor_.get(), wide.c_str()) == 0 ? CC_REFRESH : CC_ERROR;
  }

  [[nodiscard]] std::string with_pasted(std::string text) const {
    std::size_t from = 0;
    for (const auto& pasted : pasted_) {
      const auto at = text.find(pasted.sign, from);
      if (at == std::string::npos) continue;
      text.replace(at, pasted.sign.size(), pasted.text);
      from = at + pasted.text.size();
    }
    return text;
  }

  [[nodiscard]] std::string current_line() const {
    const auto* line = ::el_wline(editor_.get());
    return narrow({line->buffer, static_cast<std::size_t>(line->lastchar - line->buffer)});
  }

  int in_fd_;
  Output& out_;
  os::SignalWatch& signals_;
  File in_file_;
  File out_file_;
  std::unique_ptr<HistoryW, EndHistory> history_;
  std::unique_ptr<EditLine, EndEditLine> editor_;  // ends first: it sets the terminal back
  HistEventW event_{};
  std::wstring prompt_;
  Utf8Decoder decoder_;
  std::u32string ready_;     // read, not yet taken
  bool typed_ahead_ = true;  // what is read was there before the reading began
  std::vector<Pasted> pasted_;
  TypedLine stop_;
};

}  // namespace

std::unique_ptr<LineReader> make_line_editor(const LineReaderOptions& options) {
  auto editor = std::make_unique<LineEditor>(options);
  if (!editor->set_up(options.history)) return nullptr;
  return editor;
}

std::string normalize_paste(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') {
      if (i + 1 == text.size() || text[i + 1] != '\n') out += '\n';
    } else {
      out += text[i];
    }
  }
  if (out.ends_with('\n')) out.pop_back();
  return out;
}

}  // namespace llf::cli
