#include "script.hpp"

#include "gguf/header.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <istream>
#include <sstream>
#include <string_view>
#include <sys/file.h>
#include <unistd.h>

namespace llf::fake_worker {
namespace {

constexpr long kForever = 86'400'000;  // a day, in milliseconds

long number(std::string_view text, long otherwise) {
  long value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      ++i;
      out += text[i] == 'n' ? '\n' : text[i] == 't' ? '\t' : text[i];
    } else {
      out += text[i];
    }
  }
  return out;
}

struct Directive {
  std::string_view name;
  void (*apply)(Script&, std::string_view argument);
};

using Text = std::string_view;

constexpr std::array kDirectives = {
    Directive{"answer", [](Script& s, Text a) { s.answer = unescape(a); }},
    Directive{"echo", [](Script& s, Text) { s.echo = true; }},
    Directive{"thinks", [](Script& s, Text) { s.thinks = true; }},
    Directive{"no-tools", [](Script& s, Text) { s.no_tools = true; }},
    Directive{"tool-call", [](Script& s, Text a) { s.tool_call = a; }},
    Directive{"tokens", [](Script& s, Text a) { s.tokens = number(a, 0); }},
    Directive{"token-delay-ms",
              [](Script& s, Text a) { s.token_delay = milliseconds(number(a, 0)); }},
    Directive{"slow-start-ms",
              [](Script& s, Text a) { s.slow_start = milliseconds(number(a, 0)); }},
    Directive{"ping-ms", [](Script& s, Text a) { s.ping = milliseconds(number(a, 1)); }},
    Directive{"flood-log", [](Script& s, Text a) { s.flood_log = number(a, 0); }},
    Directive{"log", [](Script& s, Text a) { s.log.emplace_back(a); }},
    Directive{"ready-on",
              [](Script& s, Text a) {
                s.ready_on = a == "stdout"   ? ReadyOn::out
                             : a == "stderr" ? ReadyOn::err
                                             : ReadyOn::none;
              }},
    Directive{"record", [](Script& s, Text a) { s.record = a; }},
    Directive{"crash-times", [](Script& s, Text a) { s.crash_times = number(a, 1); }},
    Directive{"exit-at-load",
              [](Script& s, Text a) { s.faults.exit_at_load = static_cast<int>(number(a, 1)); }},
    Directive{"missing-lib", [](Script& s, Text) { s.faults.missing_lib = true; }},
    Directive{"never-ready", [](Script& s, Text) { s.faults.never_ready = true; }},
    Directive{"ignore-sigterm", [](Script& s, Text) { s.faults.ignore_sigterm = true; }},
    Directive{"crash-before-first-byte",
              [](Script& s, Text) { s.faults.crash_before_first_byte = true; }},
    Directive{"crash-after-events",
              [](Script& s, Text a) { s.faults.crash_after_events = number(a, 0); }},
    Directive{"stall-after-events",
              [](Script& s, Text a) { s.faults.stall_after_events = number(a, 0); }},
    Directive{"cut-after-events",
              [](Script& s, Text a) { s.faults.cut_after_events = number(a, 0); }},
    Directive{"hang-before-first-byte-ms",
              [](Script& s, Text a) {
                s.faults.hang_before_first_byte = milliseconds(number(a, kForever));
              }},
    Directive{"burn-cpu", [](Script& s, Text) { s.faults.burn_cpu = true; }},
    Directive{"split-utf8", [](Script& s, Text) { s.faults.split_utf8 = true; }},
    Directive{"flood-events", [](Script& s, Text) { s.faults.flood_events = true; }},
    Directive{"wrong-content-length",
              [](Script& s, Text a) { s.faults.wrong_content_length = number(a, 10); }},
    Directive{"html-200", [](Script& s, Text) { s.faults.html_200 = true; }},
    Directive{"wrong-content-type", [](Script& s, Text) { s.faults.wrong_content_type = true; }},
    Directive{"no-done", [](Script& s, Text) { s.faults.no_done = true; }},
    Directive{"huge-event", [](Script& s, Text a) { s.faults.huge_event = number(a, 1 << 20); }},
    Directive{"eat-memory", [](Script& s, Text a) { s.faults.eat_memory = number(a, 0); }},
    Directive{"bad-chunk", [](Script& s, Text) { s.faults.bad_chunk = true; }},
    Directive{"duplicate-ids", [](Script& s, Text) { s.faults.duplicate_ids = true; }},
    Directive{"error-status",
              [](Script& s, Text a) { s.faults.error_status = static_cast<int>(number(a, 500)); }},
    Directive{"error-message", [](Script& s, Text a) { s.faults.error_message = unescape(a); }},
};

bool apply_line(Script& script, std::string_view line) {
  const auto space = line.find(' ');
  const auto name = line.substr(0, space);
  const auto argument = space == std::string_view::npos ? Text() : line.substr(space + 1);
  for (const auto& directive : kDirectives) {
    if (directive.name == name) {
      directive.apply(script, argument);
      return true;
    }
  }
  return false;
}

/// Enough of a file for a script, or the header of the models that tests write: their weights may
/// be large, and are left where they are.
constexpr std::size_t kMostRead = 1U << 20;

std::string beginning(std::istream& file) {
  std::string bytes(kMostRead, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

/// The directives of a model file: those in its metadata, or none; of any other, its text.
std::string directives_in(std::string bytes, std::uint64_t file_size) {
  const auto read = gguf::read_header(bytes, file_size);
  const auto* header = read ? std::get_if<gguf::Header>(&*read) : nullptr;
  if (header == nullptr) {
    return bytes;
  }
  const auto found = header->values.find("fake.script");
  const auto* scalar =
      found == header->values.end() ? nullptr : std::get_if<gguf::Scalar>(&found->second);
  const auto* text = scalar == nullptr ? nullptr : std::get_if<std::string>(scalar);
  return text == nullptr ? std::string() : *text;
}

/// How many processes were started with this script, this one included.
long count_spawn(const std::string& path) {
  const int fd = ::open((path + ".spawns").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return 1;
  }
  ::flock(fd, LOCK_EX);
  std::array<char, 16> text{};
  const auto size = ::read(fd, text.data(), text.size());
  const long count =
      number(Text(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0), 0) + 1;
  const auto written = std::to_string(count);
  const bool kept = ::pwrite(fd, written.data(), written.size(), 0) > 0;
  ::close(fd);
  return kept ? count : 1;
}

}  // namespace

std::optional<Script> read_script(const std::string& path, std::string& error) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    error = "failed to open GGUF file '" + path + "' (No such file or directory)";
    return std::nullopt;
  }
  Script script;
  std::istringstream lines(directives_in(beginning(file), std::filesystem::file_size(path)));
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with('#')) {
      continue;
    }
    if (!apply_line(script, line)) {
      error.append("unknown directive in '").append(path).append("': ").append(line);
      return std::nullopt;
    }
  }
  const auto folder = std::filesystem::absolute(path).parent_path();
  if (!script.record.empty()) {
    script.record = folder / script.record;
  }
  if (script.crash_times && count_spawn(path) > *script.crash_times) {
    script.faults = {};
  }
  return script;
}

std::vector<std::string> split_answer(const std::string& answer, std::optional<long> tokens) {
  std::vector<std::string> pieces;
  for (std::size_t start = 0; start < answer.size();) {
    const auto end = std::min(answer.find(' ', start + 1), answer.size());
    pieces.push_back(answer.substr(start, end - start));
    start = end;
  }
  const auto words = pieces.size();
  for (std::size_t i = 0; tokens && words > 0 && pieces.size() < static_cast<std::size_t>(*tokens);
       ++i) {
    pieces.push_back(i % words == 0 ? " " + pieces[0] : pieces[i % words]);
  }
  if (tokens) {
    pieces.resize(static_cast<std::size_t>(*tokens));
  }
  return pieces;
}

}  // namespace llf::fake_worker
