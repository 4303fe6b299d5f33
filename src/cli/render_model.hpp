#pragma once

#include "json/json.hpp"

#include <cstdint>
#include <string>

namespace llf::cli {

/// What `llf model info` prints of an answer of GET /llf/v1/model. Pure, as are the others.
[[nodiscard]] std::string render_model(const json::Object& model);

/// How a chat template is printed: its bytes, for a program or a file, or safe for a terminal.
enum class TemplateLook : std::uint8_t { raw, safe };

/// The chat template of such an answer; empty when it has none.
[[nodiscard]] std::string chat_template_of(const json::Object& model, TemplateLook look);

/// The paths of the model's files, one a line.
[[nodiscard]] std::string render_files(const json::Object& model);

/// Where models are looked for, of an answer of GET /llf/v1/models.
[[nodiscard]] std::string render_places(const json::Object& answer);

}  // namespace llf::cli
