#pragma once

#include <boost/json/object.hpp>

#include "options.hpp"
#include "script.hpp"
#include <chrono>
#include <string>
#include <string_view>

namespace llf::fake_worker {

/// The engine's log: "M.SS.mmm.uuu I text" on stderr, or JSON lines on stdout with --log-jsonl.
/// Any thread; each line is one write.
class Log {
 public:
  explicit Log(const Options& options);

  void error(std::string_view text) const { line(1, text); }
  void warn(std::string_view text) const { line(2, text); }
  void info(std::string_view text) const { line(3, text); }

  /// An info line on the stream that the script names, which may be none.
  void ready(ReadyOn where, std::string_view text) const;

  /// Fills the pipes of stderr and stdout with `bytes` each, as lines.
  static void flood(long bytes);

 private:
  void line(int level, std::string_view text) const;
  [[nodiscard]] std::string format(int level, std::string_view text) const;

  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  int verbosity_;
  bool jsonl_;
};

/// Appends what happened to the script's `record` file, one JSON object a line. Any thread, and
/// several processes may share a file.
class Recorder {
 public:
  explicit Recorder(std::string path) : path_(std::move(path)) {}

  void write(boost::json::object event) const;

  /// The process's arguments, environment, folder and pid.
  void write_start(int argc, char** argv) const;

 private:
  std::string path_;
};

}  // namespace llf::fake_worker
