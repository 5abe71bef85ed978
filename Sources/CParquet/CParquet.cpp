#include "CParquet.h"

#include <arrow/config.h>

extern "C" const char *millrace_arrow_version(void) { return arrow::GetBuildInfo().version_string.c_str(); }
