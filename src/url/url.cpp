#include "url/url.hpp"

#include "base/ascii.hpp"
#include "base/limits.hpp"
#include "base/number.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

#include <utility>

namespace llf {
namespace {

namespace urls = boost::urls;

std::unexpected<Error> not_a_url(std::string_view text, std::string_view why) {
  return failure(ErrorKind::invalid, fmt::format("'{}' {}", text.substr(0, 200), why));
}

std::string_view default_port(urls::url_view url) {
  return url.scheme_id() == urls::scheme::https ? "443" : "80";
}

}  // namespace

Expected<Url> Url::parse(std::string_view text) {
  if (text.size() > limits::kUrl) return not_a_url(text, "… is longer than a URL may be");
  const auto parsed = urls::parse_uri(text);
  if (!parsed) return not_a_url(text, "is no URL");
  urls::url url(*parsed);
  if (url.scheme_id() != urls::scheme::https && url.scheme_id() != urls::scheme::http) {
    return not_a_url(text, "is neither http:// nor https://");
  }
  if (url.encoded_host().empty()) return not_a_url(text, "names no host");
  if (url.has_userinfo()) {
    return failure(ErrorKind::invalid, "a URL with a user name or password is not asked for");
  }
  // Its own number of a port that is too large is another one.
  if (url.has_port() && !url.port().empty() &&
      parse_number<std::uint16_t>(std::string_view(url.port())).value_or(0) == 0) {
    return not_a_url(text, "names a port that cannot be");
  }
  url.remove_fragment();
  if (url.encoded_path().empty()) url.set_path_absolute(true);
  const std::string port(url.has_port() ? std::string_view(url.port()) : default_port(url));
  auto origin = ascii_lower(fmt::format("{}://{}:{}", std::string_view(url.scheme()),
                                        std::string_view(url.encoded_host()), port));
  return Url(std::string(url.buffer()), std::move(origin));
}

Expected<Url> Url::resolve(std::string_view location) const {
  const auto reference = urls::parse_uri_reference(location);
  const auto base = urls::parse_uri(text_);
  if (!reference || !base) return not_a_url(location, "is no URL");
  urls::url result;
  if (!urls::resolve(*base, *reference, result)) return not_a_url(location, "is no URL");
  return parse(std::string_view(result.buffer()));
}

std::string Url::host() const {
  auto host = std::string_view(origin_).substr(origin_.find("://") + 3);
  host = host.substr(0, host.rfind(':'));
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  return std::string(host);
}

std::uint16_t Url::port() const {
  const auto text = std::string_view(origin_).substr(origin_.rfind(':') + 1);
  return parse_number<std::uint16_t>(text).value_or(0);
}

std::string_view Url::target() const {
  const auto path = text_.find('/', text_.find("://") + 3);
  return std::string_view(text_).substr(path);
}

Url Url::at(std::string_view path) const {
  auto text = text_;
  if (!text.ends_with('/')) text += '/';
  return Url(text += path, origin_);
}

std::string Url::shown() const {
  return text_.substr(0, text_.find('?'));
}

std::string Url::file_name() const {
  const auto parsed = urls::parse_uri(text_);
  if (!parsed || parsed->segments().empty()) return {};
  return std::string(parsed->segments().back());
}

}  // namespace llf
