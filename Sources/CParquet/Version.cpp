#include <arrow/config.h>

#include "CParquet.h"

extern "C" const char *millrace_arrow_version(void) { return arrow::GetBuildInfo().version_string.c_str(); }
