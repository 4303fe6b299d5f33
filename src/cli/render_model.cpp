#include "cli/render_model.hpp"

#include "cli/json_view.hpp"
#include "text/safe_text.hpp"
#include "text/table.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

namespace llf::cli {
namespace {

/// "4.02 B", "270 M".
std::string count_text(std::int64_t count) {
  constexpr double kBillion = 1e9;
  constexpr double kMillion = 1e6;
  const auto value = static_cast<double>(count);
  if (value >= kBillion) return fmt::format("{:.2f} B", value / kBillion);
  if (value >= kMillion) return fmt::format("{:.0f} M", value / kMillion);
  return fmt::format("{}", count);
}

/// Lines of a name and a value; those without a value are left out.
class Sheet {
 public:
  void add(std::string_view name, const std::string& value) {
    if (!value.empty()) lines_ += fmt::format("{:<14}{}\n", name, value);
  }
  [[nodiscard]] std::string take() { return std::move(lines_); }

 private:
  std::string lines_;
};

std::string abilities_text(const json::Object& model) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kAbilities{{
      {"tools", "tools"},
      {"reasoning", "reasoning"},
      {"system", "system messages"},
      {"vision", "images"},
      {"audio", "sound"},
  }};
  const auto abilities = object_in(model, "abilities");
  std::string out;
  for (const auto& [key, word] : kAbilities) {
    if (!json::get_flag(abilities, key).value_or(false)) continue;
    out += fmt::format("{}{}", out.empty() ? "" : ", ", word);
  }
  return out;
}

std::string size_line(const json::Object& model) {
  const auto files = list_in(model, "files").size();
  const auto size = bytes_text(number_in(model, "size_bytes"));
  return files > 1 ? fmt::format("{} in {} files", size, files) : size;
}

std::string experts_line(const json::Object& model) {
  const auto experts = number_in(model, "experts");
  if (experts == 0) return {};
  return fmt::format("{}, {} used for a token", experts, number_in(model, "experts_used"));
}

std::string positive(const json::Object& model, std::string_view key, std::string_view unit) {
  const auto number = number_in(model, key);
  return number == 0 ? std::string() : fmt::format("{}{}", number, unit);
}

void add_template(Sheet& sheet, const json::Object& model) {
  const auto chat_template = object_in(model, "chat_template");
  if (chat_template.empty()) {
    sheet.add("template", "none");
    return;
  }
  sheet.add("template", fmt::format("sha256 {}", text_in(chat_template, "sha256")));
  for (const auto& warning : list_in(chat_template, "warnings")) {
    if (!warning.is_string()) continue;
    sheet.add(
        "", fmt::format("look at it: {}", text::safe_line(std::string_view(warning.get_string()))));
  }
  const auto base = text_in(chat_template, "base");
  if (base.empty()) return;
  sheet.add("", json::get_flag(chat_template, "as_base").value_or(false)
                    ? fmt::format("the same as {}'s", base)
                    : fmt::format("another than {}'s: somebody changed it", base));
}

}  // namespace

std::string render_model(const json::Object& model) {
  Sheet sheet;
  sheet.add("name", text_in(model, "id"));
  sheet.add("title", text_in(model, "title"));
  sheet.add("source", text_in(model, "source"));
  sheet.add("repository", text_in(model, "repository"));
  sheet.add("license", text_in(model, "license"));
  sheet.add("size", size_line(model));
  sheet.add("quantisation", text_in(model, "quantisation"));
  if (const auto count = number_in(model, "parameters"); count > 0) {
    sheet.add("parameters", count_text(count));
  }
  sheet.add("architecture", text_in(model, "architecture"));
  sheet.add("experts", experts_line(model));
  sheet.add("layers", positive(model, "layers", ""));
  sheet.add("context", positive(model, "context", " tokens"));
  if (const auto bytes = number_in(model, "kv_bytes_per_token"); bytes > 0) {
    sheet.add("context cost", fmt::format("{} a token", bytes_text(bytes)));
  }
  const auto vocabulary = positive(model, "vocabulary", " tokens");
  const auto tokenizer = text_in(model, "tokenizer");
  sheet.add("tokenizer", tokenizer.empty() || vocabulary.empty()
                             ? tokenizer
                             : fmt::format("{}, {}", tokenizer, vocabulary));
  sheet.add("abilities", abilities_text(model));
  add_template(sheet, model);
  for (const auto& file : list_in(model, "files")) {
    if (file.is_string()) {
      sheet.add("file", text::safe_line(std::string_view(file.get_string())));
    }
  }
  sheet.add("projector", text_in(model, "projector"));
  return sheet.take();
}

std::string chat_template_of(const json::Object& model, TemplateLook look) {
  auto text = json::get_string_or(object_in(model, "chat_template"), "text", "").value_or("");
  if (text.empty() || look == TemplateLook::raw) return text;
  return text::safe_text(text) + (text.ends_with('\n') ? "" : "\n");
}

std::string render_files(const json::Object& model) {
  std::string out;
  for (const auto& file : list_in(model, "files")) {
    if (file.is_string()) {
      out += text::safe_line(std::string_view(file.get_string())) + "\n";
    }
  }
  const auto projector = text_in(model, "projector");
  return projector.empty() ? out : out + projector + "\n";
}

std::string render_places(const json::Object& answer) {
  // A model stands in the place whose path its own begins with.
  std::map<std::string, int> counts;
  const auto places = list_in(answer, "places");
  for (const auto& item : list_in(answer, "models")) {
    const auto* model = item.if_object();
    const auto path = model == nullptr ? "" : json::get_string_or(*model, "path", "").value_or("");
    for (const auto& place : places) {
      const auto* object = place.if_object();
      const auto root =
          object == nullptr ? "" : json::get_string_or(*object, "path", "").value_or("");
      const bool inside = path == root || path.starts_with(root + "/");
      if (!root.empty() && inside && text_in(*model, "source") != "profile") ++counts[root];
    }
  }
  text::Table table(
      {{.title = "PLACE"}, {.title = "SOURCE"}, {.title = "MODELS", .align = text::Align::right}});
  for (const auto& place : places) {
    const auto* object = place.if_object();
    if (object == nullptr) continue;
    const auto root = json::get_string_or(*object, "path", "").value_or("");
    table.add({root, text_in(*object, "source"), fmt::format("{}", counts[root])});
  }
  return table.str();
}

}  // namespace llf::cli
