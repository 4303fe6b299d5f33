#include "log/log.hpp"

#include "base/limits.hpp"
#include "base/utf8.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <atomic>
#include <cctype>
#include <exception>
#include <filesystem>
#include <memory>
#include <system_error>

namespace llf::log {
namespace {

std::atomic<std::uint64_t> g_dropped{0};
std::atomic<Level> g_level{Level::info};

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warn:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::shared_ptr<spdlog::logger> make_logger(spdlog::sink_ptr sink) {
  auto logger = std::make_shared<spdlog::logger>("llfd", std::move(sink));
  logger->set_level(spdlog::level::trace);  // enabled() decides
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %-7l %v");
  logger->flush_on(spdlog::level::info);
  // A line that cannot be written is counted, not reported: reporting would go the same way.
  logger->set_error_handler([](const std::string&) { g_dropped.fetch_add(1); });
  return logger;
}

std::shared_ptr<spdlog::logger>& logger() {
  static auto instance = make_logger(std::make_shared<spdlog::sinks::stderr_sink_mt>());
  return instance;
}

bool is_secret_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
}

/// Length of the secret that begins at `text`, 0 when none does: a known prefix and at least eight
/// characters of key.
std::size_t secret_prefix(std::string_view text) {
  for (const std::string_view prefix : {"sk-", "hf_", "Bearer ", "bearer "}) {
    if (text.starts_with(prefix)) return prefix.size();
  }
  return 0;
}

void append_escaped(std::string& out, char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x20 && byte != 0x7f) {
    out += c;
  } else {
    out += fmt::format("\\x{:02x}", byte);
  }
}

}  // namespace

std::string sanitize(std::string_view raw) {
  const auto text = repair_utf8(std::string(raw));
  constexpr std::size_t kShortestKey = 8;
  std::string out;
  out.reserve(text.size());
  std::size_t i = 0;
  // Only between characters is a line cut.
  const auto inside = [&] { return (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U; };
  while (i < text.size() && (out.size() < limits::kLogLine.bytes() || inside())) {
    const bool at_word = i == 0 || !is_secret_char(text[i - 1]);
    const auto prefix = at_word ? secret_prefix(std::string_view(text).substr(i)) : 0;
    auto end = i + prefix;
    while (prefix > 0 && end < text.size() && is_secret_char(text[end])) ++end;
    if (prefix > 0 && end - i - prefix >= kShortestKey) {
      out.append(text.substr(i, prefix)).append("***");
      i = end;
    } else {
      append_escaped(out, text[i]);
      ++i;
    }
  }
  if (i < text.size()) out += fmt::format("… ({} bytes more)", text.size() - i);
  return out;
}

Expected<void> open(const Options& options) {
  g_level = options.level;
  g_dropped = 0;
  if (options.file.empty()) return {};
  std::error_code code;
  std::filesystem::create_directories(std::filesystem::path(options.file).parent_path(), code);
  try {
    logger() = make_logger(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
        options.file, limits::kLogFile.bytes(), limits::kLogFiles));
  } catch (const std::exception& e) {
    return failure(ErrorKind::io, fmt::format("opening the log {}: {}", options.file, e.what()));
  }
  return {};
}

void close() {
  logger()->flush();
  logger() = make_logger(std::make_shared<spdlog::sinks::stderr_sink_mt>());
}

void count_dropped(std::uint64_t lines) {
  g_dropped.fetch_add(lines);
}

std::uint64_t dropped_lines() {
  return g_dropped.load();
}

void set_level(Level level) {
  g_level = level;
}

bool enabled(Level level) {
  return level >= g_level.load(std::memory_order_relaxed);
}

void write(Level level, std::string_view area, std::string_view message) {
  if (!enabled(level)) return;
  logger()->log(to_spdlog(level), "{}: {}", area, sanitize(message));
}

}  // namespace llf::log
