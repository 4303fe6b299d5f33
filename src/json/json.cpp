#include "json/json.hpp"

#include "base/assert.hpp"
#include "base/utf8.hpp"
#include "json/comments.hpp"
#include "json/parse_error.hpp"
#include "json/skim.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/stream_parser.hpp>
#include <boost/system/error_code.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace llf::json {
namespace {

/// Where the members of objects and arrays stand.
enum class Spacing : std::uint8_t { one_line, indented };

/// Writes one value. Recursion is bounded: values come from `parse` (kJsonDepth) or from our own
/// code.
class Writer {
 public:
  explicit Writer(Spacing spacing) : spacing_(spacing) {}

  [[nodiscard]] std::string take() && { return std::move(out_); }

  void write(const Value& value) {
    if (value.is_object()) {
      write_members(value.get_object(), '{', '}');
    } else if (value.is_array()) {
      write_members(value.get_array(), '[', ']');
    } else if (value.is_double()) {
      write_number(value.get_double());
    } else if (value.is_string()) {
      write_text(value.get_string());
    } else {
      out_ += boost::json::serialize(value);
    }
  }

 private:
  /// Most texts have nothing to escape: writing them costs a copy.
  void write_text(std::string_view text) {
    const bool plain = std::ranges::none_of(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; });
    if (!plain) {
      out_ += boost::json::serialize(boost::json::string(text));
      return;
    }
    out_ += '"';
    out_ += text;
    out_ += '"';
  }

  /// As people write it, 0.5 and not 5E-1, and never as a whole number.
  void write_number(double number) {
    auto text = fmt::format("{}", number);
    if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";
    out_ += text;
  }

  void write_member(const Value& item) { write(item); }
  void write_member(const Object::value_type& member) {
    write_text(member.key());
    out_ += spacing_ == Spacing::indented ? ": " : ":";
    write(member.value());
  }

  template <class Members>
  void write_members(const Members& members, char open, char close) {
    out_ += open;
    ++depth_;
    bool first = true;
    for (const auto& member : members) {
      if (!std::exchange(first, false)) out_ += ',';
      new_line();
      write_member(member);
    }
    --depth_;
    if (!members.empty()) new_line();
    out_ += close;
  }

  void new_line() {
    if (spacing_ == Spacing::one_line) return;
    out_ += '\n';
    out_.append(depth_ * 2, ' ');
  }

  Spacing spacing_;
  std::size_t depth_ = 0;
  std::string out_;
};

std::string written(const Value& value, Spacing spacing) {
  Writer writer(spacing);
  writer.write(value);
  return repair_utf8(std::move(writer).take());
}

/// False when a number was too large for a double: what is written of it is no JSON.
bool is_finite(const Value& value) {
  if (value.is_double()) return std::isfinite(value.get_double());
  if (value.is_array()) return std::ranges::all_of(value.get_array(), is_finite);
  if (!value.is_object()) return true;
  return std::ranges::all_of(value.get_object(),
                             [](const auto& member) { return is_finite(member.value()); });
}

template <class T>
std::unexpected<Error> wrong_type(std::string_view key, T expected) {
  return failure(ErrorKind::invalid, fmt::format("'{}' must be {}", key, expected));
}

const Value* find(const Object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

}  // namespace

Expected<Value> parse(std::string_view text, const ParseOptions& options) {
  if (auto fits = check_size(text); !fits) return failure(fits.error());
  std::string blanked;
  if (options.comments) text = blanked = blank_comments(text);
  boost::json::stream_parser parser({}, boost_options(options));
  boost::system::error_code code;
  // write_some returns how far it came: the only way to learn the position of an error.
  std::size_t offset = parser.write_some(text.data(), text.size(), code);
  if (!code && offset < text.size()) code = boost::json::error::extra_data;
  if (!code) parser.finish(code);
  if (code) return failure(parse_error(text, offset, code));
  auto value = parser.release();
  if (is_finite(value)) return value;
  // Only reading it once more tells where.
  const auto read = skim(text, [](const Token&) {}, options);
  LLF_ASSERT(!read);
  return failure(read.error());
}

std::string write(const Value& value) {
  return written(value, Spacing::one_line);
}

std::string write_pretty(const Value& value) {
  return written(value, Spacing::indented) + "\n";
}

Expected<std::string> get_string(const Object& object, std::string_view key) {
  const auto* value = find(object, key);
  if (value == nullptr || !value->is_string()) return wrong_type(key, "a string");
  return std::string(value->get_string());
}

Expected<std::int64_t> get_int(const Object& object, std::string_view key) {
  const auto* value = find(object, key);
  boost::system::error_code code;
  const auto number = value == nullptr ? 0 : value->to_number<std::int64_t>(code);
  if (value == nullptr || code) return wrong_type(key, "a whole number");
  return number;
}

Expected<bool> get_bool(const Object& object, std::string_view key) {
  const auto* value = find(object, key);
  if (value == nullptr || !value->is_bool()) return wrong_type(key, "true or false");
  return value->get_bool();
}

Expected<std::string> get_string_or(const Object& object, std::string_view key,
                                    std::string_view otherwise) {
  if (find(object, key) == nullptr) return std::string(otherwise);
  return get_string(object, key);
}

Expected<std::int64_t> get_int_or(const Object& object, std::string_view key,
                                  std::int64_t otherwise) {
  if (find(object, key) == nullptr) return otherwise;
  return get_int(object, key);
}

Expected<bool> get_flag(const Object& object, std::string_view key) {
  if (find(object, key) == nullptr) return false;
  return get_bool(object, key);
}

Expected<Object> as_object(const Value& value, std::string_view what) {
  if (!value.is_object()) {
    return failure(ErrorKind::invalid, fmt::format("{} must be a JSON object", what));
  }
  return value.get_object();
}

}  // namespace llf::json
