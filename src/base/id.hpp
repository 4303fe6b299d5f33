#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace llf {

/// A name that is its own type, so that two kinds of names are never exchanged by accident:
/// `using ModelId = Id<struct ModelIdTag>;`
template <class Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string value) : value_(std::move(value)) {}

  [[nodiscard]] const std::string& str() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }

  friend auto operator<=>(const Id&, const Id&) = default;
  friend bool operator==(const Id&, const Id&) = default;

 private:
  std::string value_;
};

/// What a request calls a model: the name that `/v1/models` lists.
using ModelId = Id<struct ModelIdTag>;

}  // namespace llf

template <class Tag>
struct std::hash<llf::Id<Tag>> {
  std::size_t operator()(const llf::Id<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.str());
  }
};
