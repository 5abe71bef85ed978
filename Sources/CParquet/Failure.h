// How a failure of Arrow becomes the text that crosses the C border.
#pragma once
#include <arrow/result.h>
#include <arrow/status.h>

#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>

namespace millrace {

inline void report(char **error, const std::string &text) {
  if (error != nullptr) *error = strdup(text.c_str());
}

inline bool check(const arrow::Status &status, char **error) {
  if (status.ok()) return true;
  report(error, status.message());
  return false;
}

/// Runs `body`, which returns `Value`; any exception gives `failed` and its text.
template <typename Value, typename Body>
Value guarded(char **error, Value failed, Body &&body) {
  try {
    return body();
  } catch (const std::bad_alloc &) {
    report(error, "out of memory");
  } catch (const std::exception &exception) {
    report(error, exception.what());
  } catch (...) {
    report(error, "an unknown C++ exception");
  }
  return failed;
}

}  // namespace millrace
