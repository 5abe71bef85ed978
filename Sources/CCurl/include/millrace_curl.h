#ifndef MILLRACE_CURL_H
#define MILLRACE_CURL_H

#include <stddef.h>

/// A connection to a server that is used for one request after the other. For one thread at a time.
typedef struct millrace_curl millrace_curl;

/// A request, and what came of it. All texts are UTF-8 and may be NULL.
typedef struct {
    const char *url;
    /// NULL is POST with a body, GET without.
    const char *method;
    const char *body;
    size_t body_count;
    const char *content_type;
    const char *accept;
    const char *user;
    const char *password;
    /// Sent as `Authorization: Bearer …`.
    const char *token;
    /// A file of certificates beside the system's.
    const char *authorities;
    /// Files, as PEM, by which the client shows who it is.
    const char *certificate;
    const char *key;
    const char *key_password;
    long connect_milliseconds;
    /// For all of the request; 0 is without end.
    long total_milliseconds;
    /// How often `tick` is called while nothing comes.
    int tick_milliseconds;
    /// Readable when `tick` is to be called at once; -1 is none.
    int wake_descriptor;
    void *context;
    /// Bytes of the answer's body; returns 0 to end the request.
    int (*receive)(void *context, long status, const void *bytes, size_t count);
    /// Returns 0 to end the request.
    int (*tick)(void *context);

    /// Out: HTTP's status; 0 when none came.
    long status;
    /// Out: whether `receive` or `tick` ended it.
    int is_stopped;
    char failure[256];
} millrace_curl_request;

/// NULL without memory, or where libcurl can't be loaded: then the reason is in `failure` of 256 bytes.
millrace_curl *millrace_curl_open(char *failure);
void millrace_curl_close(millrace_curl *curl);

/// Does the request; returns libcurl's CURLcode, 0 when an answer came whole or was ended.
int millrace_curl_run(millrace_curl *curl, millrace_curl_request *request);

#endif
