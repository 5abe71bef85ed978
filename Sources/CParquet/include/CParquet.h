#pragma once
#ifdef __cplusplus
extern "C" {
#endif
/// The version of the Arrow library in use, such as "26.0.1".
const char *millrace_arrow_version(void);
#ifdef __cplusplus
}
#endif
