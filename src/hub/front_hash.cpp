#include "hub/front_hash.hpp"

#include "base/limits.hpp"
#include "net/thread_pool.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <unistd.h>
#include <utility>
#include <vector>

namespace llf::hub {
namespace {

/// As much as is hashed in a second or less.
constexpr std::uint64_t kTurn = limits::kSyncStep.bytes() / 4;

}  // namespace

struct FrontHash::Impl {
  explicit Impl(int file) : fd(file) {
    auto started = net::start_thread_pool();
    if (started) {
      pool = *std::move(started);
    } else {
      error = started.error();
    }
  }

  /// On the other thread: adds the bytes up to `end`, as far as a turn goes. Returns the place.
  Expected<std::uint64_t> hash_up_to(std::uint64_t begin, std::uint64_t end) {
    end = std::min(end, begin + kTurn);
    for (auto at = begin; at < end;) {
      const auto wanted = std::min<std::uint64_t>(buffer.size(), end - at);
      const auto got = ::pread(fd, buffer.data(), wanted, static_cast<off_t>(at));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) {
        return failure(ErrorKind::io,
                       fmt::format("reading back what was downloaded: {}",
                                   got == 0 ? "the file became shorter" : std::strerror(errno)));
      }
      hash.add(std::span(buffer).first(static_cast<std::size_t>(got)));
      at += static_cast<std::uint64_t>(got);
    }
    return end;
  }

  /// Takes the result of a turn that is over, waiting for it when `wait` says so.
  void collect(std::chrono::seconds wait) {
    if (!turn || turn->wait_for(wait) != std::future_status::ready) return;
    auto result = turn->get();
    turn.reset();
    if (result) {
      hashed = *result;
    } else if (!error) {
      error = result.error();
    }
  }

  void begin_turn() {
    if (turn || error || hashed >= front) return;
    turn = boost::asio::post(*pool, boost::asio::use_future([this, begin = hashed, end = front] {
      return hash_up_to(begin, end);
    }));
  }

  int fd;
  std::vector<char> buffer = std::vector<char>(limits::kHashRead.bytes());  // of the other thread
  store::MarkingSha256 hash;                                                // likewise
  std::uint64_t front = 0;
  std::uint64_t hashed = 0;
  std::optional<Error> error;
  std::optional<std::future<Expected<std::uint64_t>>> turn;
  std::unique_ptr<boost::asio::thread_pool> pool;  ///< none where there was no thread to be had
};

FrontHash::FrontHash(int fd) : impl_(std::make_unique<Impl>(fd)) {}

FrontHash::~FrontHash() {
  if (impl_->pool) impl_->pool->join();
}

void FrontHash::advance(std::uint64_t front) {
  impl_->front = std::max(impl_->front, front);
  impl_->collect(std::chrono::seconds(0));
  impl_->begin_turn();
}

bool FrontHash::failed() const {
  return impl_->error.has_value();
}

std::uint64_t FrontHash::done() {
  impl_->collect(std::chrono::seconds(0));
  return impl_->hashed;
}

Expected<store::HashedFile> FrontHash::finish(std::uint64_t size) {
  advance(size);
  while (!impl_->error && impl_->hashed < size) {
    impl_->collect(limits::kHubSilence);
    impl_->begin_turn();
  }
  if (impl_->error) return failure(*impl_->error);
  return store::HashedFile{
      .sha256 = impl_->hash.finish(), .size = size, .marks = impl_->hash.marks()};
}

}  // namespace llf::hub
