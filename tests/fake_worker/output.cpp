#include "output.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <array>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace llf::fake_worker {
namespace {

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto done = ::write(fd, text.data(), text.size());
    if (done <= 0) {
      return;
    }
    text.remove_prefix(static_cast<std::size_t>(done));
  }
}

}  // namespace

Log::Log(const Options& options) : verbosity_(options.verbosity), jsonl_(options.log_jsonl) {}

std::string Log::format(int level, std::string_view text) const {
  constexpr std::array kNames = {"", "error", "warn", "info"};
  constexpr std::string_view kLetters = " EWI";
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(
                      std::chrono::steady_clock::now() - start_)
                      .count();
  if (jsonl_) {
    return boost::json::serialize(
               boost::json::object{{"type", "log"},
                                   {"time", us},
                                   {"level", kNames.at(static_cast<std::size_t>(level))},
                                   {"msg", std::string(text) + "\n"}}) +
           "\n";
  }
  std::array<char, 48> prefix{};
  std::snprintf(prefix.data(), prefix.size(), "%ld.%02ld.%03ld.%03ld %c ", us / 60'000'000,
                us / 1'000'000 % 60, us / 1000 % 1000, us % 1000,
                kLetters[static_cast<std::size_t>(level)]);
  return prefix.data() + std::string(text) + "\n";
}

void Log::line(int level, std::string_view text) const {
  if (level <= verbosity_) {
    write_all(jsonl_ ? STDOUT_FILENO : STDERR_FILENO, format(level, text));
  }
}

void Log::ready(ReadyOn where, std::string_view text) const {
  if (where == ReadyOn::engine_default) {
    info(text);
  } else if (where != ReadyOn::none) {
    write_all(where == ReadyOn::out ? STDOUT_FILENO : STDERR_FILENO, format(3, text));
  }
}

void Log::flood(long bytes) {
  const std::string line = std::string(98, 'x') + "\n";
  for (long done = 0; done < bytes; done += static_cast<long>(line.size())) {
    write_all(STDERR_FILENO, line);
    write_all(STDOUT_FILENO, line);
  }
}

void Recorder::write(boost::json::object event) const {
  if (path_.empty()) {
    return;
  }
  event["pid"] = ::getpid();
  const int fd = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd >= 0) {
    write_all(fd, boost::json::serialize(event) + "\n");
    ::close(fd);
  }
}

void Recorder::write_start(int argc, char** argv) const {
  boost::json::array arguments;
  for (int i = 0; i < argc; ++i) {
    arguments.emplace_back(argv[i]);
  }
  boost::json::object environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = std::min(text.find('='), text.size() - 1);
    environment[text.substr(0, equals)] = text.substr(equals + 1);
  }
  write({{"event", "start"},
         {"argv", std::move(arguments)},
         {"env", std::move(environment)},
         {"cwd", std::filesystem::current_path().string()}});
}

}  // namespace llf::fake_worker
