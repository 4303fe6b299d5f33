#include "options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace llf::fake_worker {
namespace {

struct Flag {
  std::string_view names;  ///< separated by ", "
  std::string_view value;  ///< empty: the flag stands alone
  std::string_view help;
};

constexpr std::array kFlags = {
    Flag{"-h, --help, --usage", "", "print this text"},
    Flag{"--version", "", "print the version"},
    Flag{"-m, --model", "FNAME", "file with directives, or any GGUF file"},
    Flag{"-a, --alias", "STRING", "name that the API reports"},
    Flag{"--host", "HOST", "address, or path of a Unix socket that ends in .sock"},
    Flag{"--port", "PORT", "port of an address; 0: any"},
    Flag{"-np, --parallel", "N", "slots"},
    Flag{"-c, --ctx-size", "N", "context, in tokens"},
    Flag{"-lv, --verbosity, --log-verbosity", "N", "1 errors, 2 warnings, 3 information"},
    Flag{"--log-jsonl, --no-log-jsonl", "", "log as JSON lines to stdout"},
    Flag{"--sse-ping-interval", "N", "seconds of silence before a comment in a stream"},
    Flag{"--slots, --no-slots", "", "route /slots"},
    Flag{"-t, --threads", "N", "no effect"},
    Flag{"-tb, --threads-batch", "N", "no effect"},
    Flag{"--threads-http", "N", "no effect"},
    Flag{"--prio", "N", "no effect"},
    Flag{"--poll", "<0...100>", "no effect"},
    Flag{"-n, --predict, --n-predict", "N", "no effect"},
    Flag{"-b, --batch-size", "N", "no effect"},
    Flag{"-ub, --ubatch-size", "N", "no effect"},
    Flag{"-fa, --flash-attn", "[on|off|auto]", "no effect"},
    Flag{"-ctk, --cache-type-k", "TYPE", "no effect"},
    Flag{"-ctv, --cache-type-v", "TYPE", "no effect"},
    Flag{"-lm, --load-mode", "MODE", "no effect"},
    Flag{"-ngl, --gpu-layers, --n-gpu-layers", "N", "no effect"},
    Flag{"-fit, --fit", "[on|off]", "no effect"},
    Flag{"-cram, --cache-ram", "N", "no effect"},
    Flag{"-ctxcp, --ctx-checkpoints, --swa-checkpoints", "N", "no effect"},
    Flag{"-kvu, --kv-unified, -no-kvu, --no-kv-unified", "", "no effect"},
    Flag{"--cache-idle-slots, --no-cache-idle-slots", "", "no effect"},
    Flag{"--cache-prompt, --no-cache-prompt", "", "no effect"},
    Flag{"--cache-reuse", "N", "no effect"},
    Flag{"--context-shift, --no-context-shift", "", "no effect"},
    Flag{"--repack, -nr, --no-repack", "", "no effect"},
    Flag{"--warmup, --no-warmup", "", "no effect"},
    Flag{"--offline", "", "no effect"},
    Flag{"--ui, --webui, --no-ui, --no-webui", "", "no effect"},
    Flag{"--log-colors", "[on|off|auto]", "no effect"},
    Flag{"--log-prefix, --no-log-prefix", "", "no effect"},
    Flag{"--log-timestamps, --no-log-timestamps", "", "no effect"},
    Flag{"--embedding, --embeddings", "", "route /v1/embeddings"},
    Flag{"--pooling", "{none,mean,cls,last,rank}", "no effect"},
    Flag{"--rerank, --reranking", "", "route /v1/rerank"},
    Flag{"--metrics", "", "route /metrics"},
    Flag{"--props", "", "no effect"},
    Flag{"--slot-save-path", "PATH", "no effect"},
    Flag{"-to, --timeout", "N", "no effect"},
    Flag{"--jinja, --no-jinja", "", "no effect"},
    Flag{"--prefill-assistant, --no-prefill-assistant", "", "no effect"},
    Flag{"--reasoning-format", "FORMAT", "no effect"},
    Flag{"--rpc", "SERVERS", "no effect"},
};

template <class Found>
void each_name(std::string_view names, Found found) {
  while (!names.empty()) {
    const auto end = std::min(names.find(", "), names.size());
    found(names.substr(0, end));
    names.remove_prefix(std::min(end + 2, names.size()));
  }
}

const Flag* find_flag(std::string_view name) {
  for (const auto& flag : kFlags) {
    bool same = false;
    each_name(flag.names, [&](std::string_view known) { same = same || known == name; });
    if (same) {
      return &flag;
    }
  }
  return nullptr;
}

[[noreturn]] void print_help() {
  std::puts("----- fake worker: the interface of llama-server for tests -----\n");
  for (const auto& flag : kFlags) {
    const auto left = std::string(flag.names) + " " + std::string(flag.value);
    std::printf("%-39s %s\n", left.c_str(), std::string(flag.help).c_str());
  }
  std::exit(0);
}

int number(std::string_view text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

[[noreturn]] void refuse(const std::string& message) {
  std::fprintf(stderr, "%s\n", message.c_str());
  std::exit(1);
}

void apply(Options& options, std::string_view first_name, const std::string& value) {
  if (first_name == "-m") {
    options.model = value;
  } else if (first_name == "-a") {
    options.alias = value;
  } else if (first_name == "--host") {
    options.host = value;
  } else if (first_name == "--port") {
    options.port = number(value);
  } else if (first_name == "-np") {
    options.parallel = std::max(1, number(value));
  } else if (first_name == "-c") {
    options.context = number(value);
  } else if (first_name == "-lv") {
    options.verbosity = number(value);
  } else if (first_name == "--sse-ping-interval") {
    options.ping_interval_s = number(value);
  }
}

}  // namespace

Options parse_options(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto& name = arguments[i];
    const Flag* flag = find_flag(name);
    if (flag == nullptr) {
      refuse("error: invalid argument: " + name);
    }
    const auto first_name = flag->names.substr(0, flag->names.find(','));
    if (first_name == "-h") {
      print_help();
    }
    if (first_name == "--version") {
      std::fputs("version: 0.0.0 (fake worker)\nbuilt for tests\n", stderr);
      std::exit(0);
    }
    if (!flag->value.empty()) {
      if (++i == arguments.size()) {
        refuse("error while handling argument \"" + name + "\": expected value for argument");
      }
      apply(options, first_name, arguments[i]);
    }
    options.log_jsonl = name == "--log-jsonl" || (options.log_jsonl && name != "--no-log-jsonl");
    options.embeddings = options.embeddings || first_name == "--embedding";
    options.metrics = options.metrics || first_name == "--metrics";
    options.rerank = options.rerank || first_name == "--rerank";
    options.slots_route = name == "--slots" || (options.slots_route && name != "--no-slots");
  }
  return options;
}

}  // namespace llf::fake_worker
