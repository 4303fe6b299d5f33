#pragma once

#include "base/byte_size.hpp"
#include "base/expected.hpp"
#include "base/limits.hpp"
#include "gguf/demand.hpp"
#include "hub/endpoint.hpp"
#include "hub/fitting_choice.hpp"
#include "hub/model_reference.hpp"
#include "hub/transfer.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace llf::hub {

/// Where downloads go and what they are told by.
struct DownloadPlaces {
  std::filesystem::path cache;    ///< in the layout of Hugging Face; empty: there is none
  std::filesystem::path folder;   ///< for files of other servers
  std::filesystem::path catalog;  ///< assets/catalog.json
  std::filesystem::path marks;    ///< for store::save_marks
  std::filesystem::path bases;    ///< for save_base_template and save_license
};

/// What somebody asks to be downloaded.
struct DownloadRequest {
  std::string model;  ///< see read_reference
  Endpoint endpoint;
  std::vector<Url> mirrors;             ///< other endpoints, or URLs of the same file
  std::optional<store::Digest> sha256;  ///< of a file at a URL
  FitsHere fits;                        ///< chooses the quantisation where the model names none
  bool damaged = false;  ///< what has the place of a file at a URL: it will be replaced
};

/// A file of a plan.
struct PlannedFile {
  std::string path;  ///< in its repository
  ByteSize size;     ///< 0: the server tells it
  std::optional<store::Digest> sha256;
  std::filesystem::path place;  ///< where its content will stand
  bool present = false;         ///< it stands there
  std::uint64_t here = 0;       ///< bytes of it that came earlier
  /// What stands there is damaged: in these bytes, or nobody knows where.
  std::optional<std::vector<Range>> damage{};
};

/// A model of the repository that was not chosen.
struct OtherChoice {
  std::string label;
  ByteSize size;
};

/// What a request comes to: decided, and not begun.
struct DownloadPlan {
  std::string model;  ///< what it will be called: "ORG/REPO:QUANTISATION"
  std::optional<store::RepositoryName> repository;
  std::string commit;
  std::string branch;  ///< whose ref is written; empty: none
  std::string license;
  std::string base_model;           ///< the repository that it was made from; empty: not told
  std::vector<OtherChoice> others;  ///< what else there is
  std::string notice{};             ///< what it takes besides: terms to accept; or empty
  std::string shortage{};           ///< why there is no room for it; empty: there is
  std::vector<PlannedFile> files;
  std::vector<std::vector<Origin>> origins;  ///< of each file

  [[nodiscard]] ByteSize size() const;
  [[nodiscard]] ByteSize missing() const;
  /// Where its files will stand.
  [[nodiscard]] std::vector<std::filesystem::path> places() const;
  /// Whether it replaces what is damaged of a model that is there.
  [[nodiscard]] bool repairs() const;
  /// Whether another one fetches the same files from the same address.
  [[nodiscard]] bool is_same(const DownloadPlan& other) const;
};

/// Asks what a request comes to. Errors: those of read_reference, get_repository and choose.
/// Blocks.
[[nodiscard]] Expected<DownloadPlan> plan_download(const DownloadRequest& request,
                                                   const DownloadPlaces& places,
                                                   const std::stop_token& stop);

/// What a plan's model will ask of a machine: only the headers of its files are fetched. Errors:
/// those of ask and of gguf::read_header. Blocks.
[[nodiscard]] Expected<gguf::Demand> inspect(const DownloadPlan& plan, const std::stop_token& stop);

/// How far a download is.
struct DownloadProgress {
  std::uint64_t done = 0;  ///< bytes of all files
  std::uint64_t size = 0;
  std::uint64_t verified = 0;
  std::size_t connections = 0;
  std::string trouble;
  std::string note;  ///< something that people should know: what had to be repaired
};

using DownloadReport = std::function<void(const DownloadProgress&)>;

/// How a plan is carried out.
struct DownloadRun {
  DownloadPlaces places;
  os::RateLimit* speed = nullptr;                       ///< see TransferOrder
  std::uint64_t sync_step = limits::kSyncStep.bytes();  ///< see PartOptions
  DownloadReport report;
  std::stop_token stop;
};

/// Fetches what is missing of a plan, checks that it is a model, and shows it to everybody; nothing
/// where there is no room for all of it. Errors: those of check_plan_room and transfer; `conflict`
/// when another program is fetching the same file; `corrupt` for what is no model. Blocks.
[[nodiscard]] Expected<void> carry_out(const DownloadPlan& plan, const DownloadRun& run);

}  // namespace llf::hub
