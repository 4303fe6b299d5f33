#include "json/skim.hpp"

#include "base/limits.hpp"
#include "json/comments.hpp"
#include "json/parse_error.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <string>

namespace llf::json {
namespace {

using boost::system::error_code;
using Part = boost::json::string_view;

/// What Boost's parser calls as it goes (its concept `handler`).
class Handler {
 public:
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = max_object_size;
  static constexpr std::size_t max_key_size = max_object_size;
  static constexpr std::size_t max_string_size = max_object_size;

  explicit Handler(const OnToken& on_token) : on_token_(on_token) {}

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return begin(Token::Kind::object); }
  bool on_object_end(std::size_t, error_code&) { return end(Token::Kind::object_end); }
  bool on_array_begin(error_code&) { return begin(Token::Kind::array); }
  bool on_array_end(std::size_t, error_code&) { return end(Token::Kind::array_end); }
  bool on_key_part(Part part, std::size_t, error_code&) { return keep(part); }
  bool on_key(Part part, std::size_t, error_code&) { return finish(part, Token::Kind::key); }
  bool on_string_part(Part part, std::size_t, error_code&) { return keep(part); }
  bool on_string(Part part, std::size_t, error_code&) { return finish(part, Token::Kind::string); }
  bool on_number_part(Part, error_code&) { return true; }
  bool on_int64(std::int64_t value, Part, error_code&) {
    return tell_number(static_cast<double>(value));
  }
  bool on_uint64(std::uint64_t value, Part, error_code&) {
    return tell_number(static_cast<double>(value));
  }
  bool on_double(double value, Part, error_code& code) {
    if (!std::isfinite(value)) code = boost::json::error::exponent_overflow;
    return std::isfinite(value) && tell_number(value);
  }
  bool on_bool(std::same_as<bool> auto value, error_code&) {
    return tell(value ? Token::Kind::true_value : Token::Kind::false_value);
  }
  bool on_null(error_code&) { return tell(Token::Kind::null_value); }
  bool on_comment_part(Part, error_code&) { return true; }
  bool on_comment(Part, error_code&) { return true; }

 private:
  bool tell(Token::Kind kind) {
    on_token_({.kind = kind, .depth = depth_, .text = {}});
    return true;
  }
  bool tell_number(double value) {
    on_token_({.kind = Token::Kind::number, .depth = depth_, .text = {}, .number = value});
    return true;
  }
  bool begin(Token::Kind kind) {
    tell(kind);
    ++depth_;
    return true;
  }
  bool end(Token::Kind kind) {
    --depth_;
    return tell(kind);
  }
  bool keep(Part part) {
    const auto room = limits::kSkimmedText - text_.size();
    text_.append(part.data(), std::min(part.size(), room));
    return true;
  }
  bool finish(Part part, Token::Kind kind) {
    keep(part);
    on_token_({.kind = kind, .depth = depth_, .text = text_});
    text_.clear();
    return true;
  }

  const OnToken& on_token_;
  std::size_t depth_ = 0;
  std::string text_;
};

}  // namespace

Expected<void> skim(std::string_view text, const OnToken& on_token, const ParseOptions& options) {
  if (auto fits = check_size(text); !fits) return fits;
  std::string blanked;
  if (options.comments) text = blanked = blank_comments(text);
  boost::json::basic_parser<Handler> parser(boost_options(options), on_token);
  error_code code;
  const auto offset = parser.write_some(false, text.data(), text.size(), code);
  if (!code && offset < text.size()) code = boost::json::error::extra_data;
  if (code) return failure(parse_error(text, offset, code));
  return {};
}

bool is_object(std::string_view text) {
  bool object = false;
  const auto read = skim(text, [&](const Token& token) {
    if (token.depth == 0 && token.kind == Token::Kind::object) object = true;
  });
  return read && object;
}

}  // namespace llf::json
