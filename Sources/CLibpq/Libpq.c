// The functions of libpq that Millrace calls, which go on to the library.
//
// libpq brings Kerberos, LDAP and OpenSSL along: a third of the time that the program takes to start. It is
// loaded by the first connection to a database, so that all else starts without it.
//
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

// Hidden: the library must find its own functions of these names, not these.
#pragma GCC visibility push(hidden)
#include "millrace_libpq.h"
#pragma GCC visibility pop

#define FUNCTIONS(call)                                                                                      \
    call(void, PQclear, (PGresult * a), (a))                                                                 \
    call(char *, PQcmdTuples, (PGresult * a), (a))                                                           \
    call(PostgresPollingStatusType, PQconnectPoll, (PGconn * a), (a))                                        \
    call(PGconn *, PQconnectStartParams, (const char *const *a, const char *const *b, int c), (a, b, c))     \
    call(char *, PQerrorMessage, (const PGconn *a), (a))                                                     \
    call(PGresult *, PQexec, (PGconn * a, const char *b), (a, b))                                            \
    call(PGresult *, PQexecParams,                                                                           \
        (PGconn * a, const char *b, int c, const Oid *d, const char *const *e, const int *f, const int *g,   \
            int h),                                                                                          \
        (a, b, c, d, e, f, g, h))                                                                            \
    call(void, PQfinish, (PGconn * a), (a))                                                                  \
    call(PGresult *, PQgetResult, (PGconn * a), (a))                                                         \
    call(int, PQgetisnull, (const PGresult *a, int b, int c), (a, b, c))                                     \
    call(int, PQgetlength, (const PGresult *a, int b, int c), (a, b, c))                                     \
    call(char *, PQgetvalue, (const PGresult *a, int b, int c), (a, b, c))                                   \
    call(int, PQnfields, (const PGresult *a), (a))                                                           \
    call(int, PQntuples, (const PGresult *a), (a))                                                           \
    call(int, PQputCopyData, (PGconn * a, const char *b, int c), (a, b, c))                                  \
    call(int, PQputCopyEnd, (PGconn * a, const char *b), (a, b))                                             \
    call(char *, PQresultErrorField, (const PGresult *a, int b), (a, b))                                     \
    call(ExecStatusType, PQresultStatus, (const PGresult *a), (a))                                           \
    call(int, PQserverVersion, (const PGconn *a), (a))                                                       \
    call(PGVerbosity, PQsetErrorVerbosity, (PGconn * a, PGVerbosity b), (a, b))                              \
    call(PQnoticeProcessor, PQsetNoticeProcessor, (PGconn * a, PQnoticeProcessor b, void *c), (a, b, c))     \
    call(int, PQsocket, (const PGconn *a), (a))                                                              \
    call(ConnStatusType, PQstatus, (const PGconn *a), (a))

#define POINTER(result, name, parameters, arguments) result(*name) parameters;
static struct {
    FUNCTIONS(POINTER)
} library;

static char failure[256];

static void load(void) {
    // What it brings along looks for functions among itself first: Arrow's libraries show an OpenSSL of their
    // own to everybody.
    void *handle = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    if (!handle) {
        snprintf(failure, sizeof failure, "%s", dlerror());
        return;
    }
#define FIND(result, name, parameters, arguments)                                                            \
    library.name = (__typeof__(library.name))dlsym(handle, #name);                                           \
    if (!library.name) snprintf(failure, sizeof failure, "libpq has no " #name);
    FUNCTIONS(FIND)
}

const char *millrace_libpq_load(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return failure[0] ? failure : NULL;
}

#define FORWARD(result, name, parameters, arguments)                                                         \
    result name parameters { return library.name arguments; }
FUNCTIONS(FORWARD)
