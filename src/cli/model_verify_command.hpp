#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"
#include "json/json.hpp"

#include <array>

namespace llf::cli {

inline constexpr std::array kModelVerifyOptions{
    OptionSpec{.name = "--repair", .short_name = "", .value = ""},
};

/// llf model verify [NAME]: reads every byte of a model and says whether it is what it was; what is
/// not is fetched anew when that is asked for.
[[nodiscard]] Expected<int> run_model_verify(Context& context, const Arguments& arguments);

/// Asks for a verification and shows how far it is: the last event. `body` as of ApiClient::verify.
[[nodiscard]] Expected<json::Object> verify(Context& context, const client::ApiClient& client,
                                            json::Object body);

}  // namespace llf::cli
