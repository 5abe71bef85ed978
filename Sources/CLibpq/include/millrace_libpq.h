#ifndef MILLRACE_LIBPQ_H
#define MILLRACE_LIBPQ_H

#include <postgresql/libpq-fe.h>

/// Loads libpq, if that has not been done. NULL, or why it can't be; no PQ function may be called then.
const char *millrace_libpq_load(void);

#endif
