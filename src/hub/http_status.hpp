#pragma once

/// Status codes of HTTP that downloads know (RFC 9110, 15).
namespace llf::hub::http_status {

inline constexpr int kOk = 200;
inline constexpr int kPartial = 206;
inline constexpr int kBad = 400;  ///< from here on answers are refusals
inline constexpr int kUnauthorized = 401;
inline constexpr int kForbidden = 403;
inline constexpr int kNotFound = 404;
inline constexpr int kRequestTimeout = 408;
inline constexpr int kGone = 410;
inline constexpr int kRangeNotSatisfiable = 416;
inline constexpr int kTooMany = 429;
inline constexpr int kServerError = 500;  ///< from here on the server's fault

}  // namespace llf::hub::http_status
