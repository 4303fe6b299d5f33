#include "tls/wire.hpp"

#include <algorithm>

namespace llf::tls {
namespace {

Wire& wire_of(BIO* bio) {
  return *static_cast<Wire*>(BIO_get_data(bio));
}

int read(BIO* bio, char* buffer, int size) {
  BIO_clear_retry_flags(bio);
  const auto given = wire_of(bio).give({buffer, static_cast<std::size_t>(size)});
  if (given != 0) return static_cast<int>(given);
  BIO_set_retry_read(bio);
  return -1;
}

int write(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  wire_of(bio).going().append(bytes, static_cast<std::size_t>(size));
  return size;
}

long control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

const BIO_METHOD* method() {
  static const auto made = [] {
    Owned<BIO_METHOD> result(BIO_meth_new(BIO_TYPE_SOURCE_SINK, "wire"));
    if (!result) return result;
    BIO_meth_set_read(result.get(), read);
    BIO_meth_set_write(result.get(), write);
    BIO_meth_set_ctrl(result.get(), control);
    return result;
  }();
  return made.get();
}

}  // namespace

Owned<BIO> Wire::bio() {
  Owned<BIO> bio(method() != nullptr ? BIO_new(method()) : nullptr);
  if (!bio) return nullptr;
  BIO_set_data(bio.get(), this);
  BIO_set_init(bio.get(), 1);
  return bio;
}

void Wire::take(std::string_view bytes) {
  come_.erase(0, given_);
  given_ = 0;
  come_ += bytes;
}

std::size_t Wire::give(std::span<char> buffer) {
  const auto size = std::min(buffer.size(), come_.size() - given_);
  std::copy_n(come_.begin() + static_cast<std::ptrdiff_t>(given_), size, buffer.begin());
  given_ += size;
  if (given_ == come_.size()) {
    come_ = std::string();  // an idle connection holds no buffer
    given_ = 0;
  }
  return size;
}

}  // namespace llf::tls
