#include "cli/render_fit.hpp"

#include "cli/json_view.hpp"
#include "text/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace llf::cli {
namespace {

std::string speed_text(const json::Object& object) {
  const auto* value = object.if_contains("tokens_per_s");
  if (value == nullptr || !value->is_number()) return "";
  const auto speed = value->to_number<double>();
  return speed < 10 ? fmt::format("{:.1f}/s", speed) : fmt::format("{:.0f}/s", speed);
}

std::string fit_text(std::string_view fit) {
  if (fit == "yes") return "fits";
  return fit == "tight" ? "if others leave room" : "does not fit";
}

/// Whether it ran on this machine: then its figures are no estimates.
bool is_measured(const json::Object& fit) {
  return !object_in(fit, "measured").empty();
}

/// Whether its header tells what a context takes.
bool tells_context(const json::Object& fit) {
  const auto memory = object_in(fit, "memory");
  const auto* kv = memory.if_contains("kv_bytes");
  return kv == nullptr || !kv->is_null();
}

/// ", as it was when it ran last", of an answer for the loading that it ran with.
std::string_view measured_text(const json::Object& answer, const json::Object& fit) {
  if (!is_measured(fit)) return "";
  const auto then = object_in(fit, "measured");
  const bool same = number_in(then, "context") == number_in(answer, "context") &&
                    number_in(then, "slots") == number_in(answer, "slots");
  return same ? ", as it was when it ran last" : ", by what it took when it ran last";
}

/// "memory 2.6 GB: weights 2.4 GB, context 117 MB, …".
std::string memory_line(const json::Object& answer, const json::Object& fit) {
  const auto memory = object_in(fit, "memory");
  const auto parts = fmt::format(
      "weights {}, context {}, computing {}, other {}",
      bytes_text(number_in(memory, "weights_bytes")),
      tells_context(fit) ? bytes_text(number_in(memory, "kv_bytes")) : "unknown",
      bytes_text(number_in(memory, "compute_bytes")), bytes_text(number_in(memory, "other_bytes")));
  const auto total = bytes_text(number_in(memory, "total_bytes"));
  const auto measured = measured_text(answer, fit);
  return measured.empty()
             ? fmt::format("memory        {}: {}\n", total, parts)
             : fmt::format("memory        {}{} (planned: {})\n", total, measured, parts);
}

/// ", with 4096 tokens of context at most: …", where more was asked for than it can use.
std::string capped_text(const json::Object& answer, const json::Object& fit) {
  const auto trained = number_in(fit, "trained_context");
  if (trained == 0 || number_in(answer, "context") <= trained) return "";
  return fmt::format(", with {0} tokens of context at most: it was trained for {0}", trained);
}

/// "4096 tokens at most".
std::string context_line(const json::Object& fit) {
  if (!tells_context(fit)) {
    return "context       its header does not tell what a context takes: it may need more memory\n";
  }
  const auto most = number_in(fit, "largest_context");
  return most > 0 ? fmt::format("context       {} tokens at most\n", most) : "";
}

/// The one that was chosen, of a list that is ranked.
const json::Object* chosen_of(const json::Array& fits) {
  for (const auto& item : fits) {
    const auto* one = item.if_object();
    if (one != nullptr && json::get_flag(*one, "chosen").value_or(false)) return one;
  }
  return fits.empty() ? nullptr : fits.front().if_object();
}

std::string others_table(const json::Array& fits) {
  text::Table table({{.title = "QUANTISATION"},
                     {.title = "SIZE", .align = text::Align::right},
                     {.title = "MEMORY", .align = text::Align::right},
                     {.title = "TOKENS", .align = text::Align::right},
                     {.title = "FIT"}});
  for (const auto& item : fits) {
    const auto* one = item.if_object();
    if (one == nullptr) continue;
    table.add({text_in(*one, "label"), bytes_text(number_in(*one, "size_bytes")),
               bytes_text(number_in(object_in(*one, "memory"), "total_bytes")), speed_text(*one),
               fmt::format("{}{}", fit_text(text_in(*one, "fit")),
                           one == chosen_of(fits) ? ", see above" : "")});
  }
  return "\n" + table.str();
}

}  // namespace

std::string render_fit(const json::Object& answer) {
  const auto fits = list_in(answer, "fits");
  const auto* chosen = chosen_of(fits);
  if (chosen == nullptr) return {};
  const auto& first = *chosen;
  const auto machine = object_in(answer, "machine");
  const bool installed = json::get_flag(answer, "installed").value_or(false);
  auto out = fmt::format("{} {}{}{}\n", text_in(answer, "model"), fit_text(text_in(first, "fit")),
                         installed ? "" : " (it is not downloaded)", capped_text(answer, first));
  out += fmt::format("machine       {} of memory, {} of it free\n",
                     bytes_text(number_in(machine, "memory_bytes")),
                     bytes_text(number_in(machine, "available_bytes")));
  if (const auto gpu = number_in(machine, "gpu_bytes"); gpu > 0) {
    out += fmt::format("              {} of its GPUs, {} of it free\n", bytes_text(gpu),
                       bytes_text(number_in(machine, "gpu_available_bytes")));
  }
  out += memory_line(answer, first);
  out +=
      fmt::format("for           {} {} with a context of {} tokens\n", number_in(answer, "slots"),
                  number_in(answer, "slots") == 1 ? "conversation" : "conversations",
                  number_in(answer, "context"));
  out += context_line(first);
  if (const auto speed = speed_text(first); !speed.empty()) {
    const auto number = std::string_view(speed).substr(0, speed.size() - 2);
    out +=
        is_measured(first)
            ? fmt::format("speed         {} tokens a second, when it ran last\n", number)
            : fmt::format("speed         about {} tokens a second, by the speed of this memory\n",
                          number);
  }
  return fits.size() > 1 ? out + others_table(fits) : out;
}

std::string render_recommended(const json::Object& answer, std::size_t most) {
  text::Table table({{.title = "NAME"},
                     {.title = "SIZE", .align = text::Align::right},
                     {.title = "MEMORY", .align = text::Align::right},
                     {.title = "TOKENS", .align = text::Align::right},
                     {.title = "LICENSE"},
                     {.title = "ABOUT"}});
  std::size_t shown = 0;
  std::size_t left = 0;
  for (const auto& item : list_in(answer, "models")) {
    const auto* one = item.if_object();
    if (one == nullptr) continue;
    // The slow ones stand behind all others; where there are no others, something is shown.
    const bool slow = most != SIZE_MAX && shown > 0 && json::get_flag(*one, "slow").value_or(false);
    if (slow || shown >= most) {
      ++left;
      continue;
    }
    ++shown;
    table.add({text_in(*one, "name"), bytes_text(number_in(*one, "size_bytes")),
               bytes_text(number_in(*one, "memory_bytes")), speed_text(*one),
               text_in(*one, "license"), text_in(*one, "about")});
  }
  auto out = table.str();
  if (left > 0) out += fmt::format("({} more: --all)\n", left);
  return out;
}

}  // namespace llf::cli
