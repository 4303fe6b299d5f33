#include "hub/curl.hpp"

#include <fmt/format.h>

#include <dlfcn.h>

namespace llf::hub {
namespace {

constexpr const char* kLibrary = "libcurl.so.4";
constexpr unsigned kLeastVersion = 0x075500;

template <class Function>
bool find_symbol(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

Expected<Curl> open_curl() {
  void* library = ::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return failure(ErrorKind::unavailable,
                   fmt::format("downloads need libcurl ({}), which is not on this machine: "
                               "install it, on Debian with `apt install libcurl4`",
                               kLibrary));
  }
  Curl curl{};
  decltype(&curl_global_init) global_init = nullptr;
  decltype(&curl_version_info) version_info = nullptr;
  const bool whole = find_symbol(library, "curl_global_init", global_init) &&
                     find_symbol(library, "curl_version_info", version_info) &&
                     find_symbol(library, "curl_easy_init", curl.easy_init) &&
                     find_symbol(library, "curl_easy_cleanup", curl.easy_cleanup) &&
                     find_symbol(library, "curl_easy_pause", curl.easy_pause) &&
                     find_symbol(library, "curl_easy_setopt", curl.easy_setopt) &&
                     find_symbol(library, "curl_easy_getinfo", curl.easy_getinfo) &&
                     find_symbol(library, "curl_easy_strerror", curl.easy_strerror) &&
                     find_symbol(library, "curl_multi_init", curl.multi_init) &&
                     find_symbol(library, "curl_multi_cleanup", curl.multi_cleanup) &&
                     find_symbol(library, "curl_multi_setopt", curl.multi_setopt) &&
                     find_symbol(library, "curl_multi_add_handle", curl.multi_add_handle) &&
                     find_symbol(library, "curl_multi_remove_handle", curl.multi_remove_handle) &&
                     find_symbol(library, "curl_multi_perform", curl.multi_perform) &&
                     find_symbol(library, "curl_multi_poll", curl.multi_poll) &&
                     find_symbol(library, "curl_multi_wakeup", curl.multi_wakeup) &&
                     find_symbol(library, "curl_multi_info_read", curl.multi_info_read) &&
                     find_symbol(library, "curl_slist_append", curl.slist_append) &&
                     find_symbol(library, "curl_slist_free_all", curl.slist_free_all);
  if (!whole || version_info(CURLVERSION_NOW)->version_num < kLeastVersion ||
      global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return failure(
        ErrorKind::unavailable,
        fmt::format("{} of this machine is too old for downloads: 7.85 is needed", kLibrary));
  }
  return curl;
}

}  // namespace

const Expected<Curl>& load_curl() {
  static const auto kCurl = open_curl();
  return kCurl;
}

}  // namespace llf::hub
