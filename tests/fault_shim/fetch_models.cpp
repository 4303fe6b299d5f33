// Downloads a model into one folder after another, as llfd does but without its loop; README.md.

#include "base/number.hpp"
#include "hub/download.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <stop_token>
#include <string>

namespace {

std::optional<std::string> environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

llf::Expected<void> fetch(const std::string& model, const std::filesystem::path& folder,
                          std::uint64_t sync_step) {
  auto endpoint = llf::hub::find_endpoint(environment);
  if (!endpoint) return llf::failure(endpoint.error());
  const llf::hub::DownloadPlaces places{.cache = folder / "hub",
                                        .folder = folder / "own",
                                        .catalog = environment("LLF_CATALOG").value_or(""),
                                        .marks = folder / "marks"};
  const std::stop_token never;
  const auto plan = llf::hub::plan_download(
      {.model = model, .endpoint = *std::move(endpoint), .mirrors = {}, .sha256 = {}, .fits = {}},
      places, never);
  if (!plan) return llf::failure(plan.error());
  return llf::hub::carry_out(
      *plan,
      {.places = places, .sync_step = sync_step, .report = [](const auto&) {}, .stop = never});
}

}  // namespace

int main(int count, char** arguments) {
  constexpr int kWanted = 3;
  if (count != kWanted) {
    std::cerr << "usage: fetch_models MODEL SYNC_STEP < FOLDERS\n";
    return 2;
  }
  const auto sync_step = llf::parse_number<std::uint64_t>(arguments[2]).value_or(1);
  for (std::string folder; std::getline(std::cin, folder);) {
    const auto done = fetch(arguments[1], folder, sync_step);
    std::cout << (done ? "done" : "failed " + done.error().message) << "\n" << std::flush;
  }
}
