#define _GNU_SOURCE
#include "millrace_curl.h"

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// libcurl brings a dozen libraries along. They are loaded by the first who asks a server, so that all other
// commands start without them.
static struct {
    __typeof__(&curl_global_init) global_init;
    __typeof__(&curl_easy_init) easy_init;
    __typeof__(&curl_easy_reset) easy_reset;
    __typeof__(&curl_easy_setopt) easy_setopt;
    __typeof__(&curl_easy_getinfo) easy_getinfo;
    __typeof__(&curl_easy_strerror) easy_strerror;
    __typeof__(&curl_easy_cleanup) easy_cleanup;
    __typeof__(&curl_multi_init) multi_init;
    __typeof__(&curl_multi_add_handle) multi_add_handle;
    __typeof__(&curl_multi_remove_handle) multi_remove_handle;
    __typeof__(&curl_multi_perform) multi_perform;
    __typeof__(&curl_multi_poll) multi_poll;
    __typeof__(&curl_multi_info_read) multi_info_read;
    __typeof__(&curl_multi_cleanup) multi_cleanup;
    __typeof__(&curl_slist_append) slist_append;
    __typeof__(&curl_slist_free_all) slist_free_all;
} library;

struct millrace_curl {
    CURL *easy;
    CURLM *multi;
};

static pthread_mutex_t library_mutex = PTHREAD_MUTEX_INITIALIZER;

static int load_once(char *failure) {
    if (library.slist_free_all) return 1;
    // What it brings along looks for functions among itself first: Arrow's libraries show an OpenSSL of their
    // own to everybody.
    void *handle = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    if (!handle) {
        snprintf(failure, 256, "%s", dlerror());
        return 0;
    }
#define FIND(name)                                                                                           \
    if (!(library.name = (__typeof__(library.name))dlsym(handle, "curl_" #name))) {                          \
        snprintf(failure, 256, "libcurl has no curl_%s", #name);                                             \
        return 0;                                                                                            \
    }
    FIND(global_init)
    FIND(easy_init)
    FIND(easy_reset)
    FIND(easy_setopt)
    FIND(easy_getinfo)
    FIND(easy_strerror)
    FIND(easy_cleanup)
    FIND(multi_init)
    FIND(multi_add_handle)
    FIND(multi_remove_handle)
    FIND(multi_perform)
    FIND(multi_poll)
    FIND(multi_info_read)
    FIND(multi_cleanup)
    FIND(slist_append)
    if (library.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        snprintf(failure, 256, "libcurl does not start");
        return 0;
    }
    // Last: it tells that all is there.
    FIND(slist_free_all)
#undef FIND
    return 1;
}

static int load(char *failure) {
    pthread_mutex_lock(&library_mutex);
    int is_loaded = load_once(failure);
    pthread_mutex_unlock(&library_mutex);
    return is_loaded;
}

millrace_curl *millrace_curl_open(char *failure) {
    if (!load(failure)) return NULL;
    millrace_curl *curl = calloc(1, sizeof *curl);
    if (!curl) return NULL;
    curl->easy = library.easy_init();
    curl->multi = library.multi_init();
    if (curl->easy && curl->multi) return curl;
    snprintf(failure, 256, "no memory");
    millrace_curl_close(curl);
    return NULL;
}

void millrace_curl_close(millrace_curl *curl) {
    if (!curl) return;
    if (curl->easy) library.easy_cleanup(curl->easy);
    if (curl->multi) library.multi_cleanup(curl->multi);
    free(curl);
}

typedef struct {
    millrace_curl *curl;
    millrace_curl_request *request;
} transfer;

static size_t receive(char *bytes, size_t size, size_t count, void *context) {
    transfer *running = context;
    millrace_curl_request *request = running->request;
    library.easy_getinfo(running->curl->easy, CURLINFO_RESPONSE_CODE, &request->status);
    if (request->receive(request->context, request->status, bytes, size * count)) return size * count;
    request->is_stopped = 1;
    // Less than what came: libcurl ends the transfer.
    return size * count == 0 ? 1 : 0;
}

static struct curl_slist *header(struct curl_slist *list, const char *name, const char *value) {
    if (!value) return list;
    size_t size = strlen(name) + strlen(value) + 3;
    char *line = malloc(size);
    if (!line) return list;
    snprintf(line, size, "%s: %s", name, value);
    struct curl_slist *longer = library.slist_append(list, line);
    free(line);
    return longer ? longer : list;
}

static int perform(millrace_curl *curl, millrace_curl_request *request) {
    for (;;) {
        int running = 0;
        if (library.multi_perform(curl->multi, &running) != CURLM_OK) return CURLE_RECV_ERROR;
        int queued = 0;
        CURLMsg *message;
        while ((message = library.multi_info_read(curl->multi, &queued))) {
            if (message->msg == CURLMSG_DONE) return message->data.result;
        }
        if (running == 0) return CURLE_RECV_ERROR;
        struct curl_waitfd wake = {.fd = request->wake_descriptor, .events = CURL_WAIT_POLLIN};
        unsigned extra = request->wake_descriptor >= 0;
        library.multi_poll(curl->multi, &wake, extra, request->tick_milliseconds, NULL);
        if (!request->tick(request->context)) {
            request->is_stopped = 1;
            return CURLE_OK;
        }
    }
}

int millrace_curl_run(millrace_curl *curl, millrace_curl_request *request) {
    CURL *easy = curl->easy;
    transfer running = {curl, request};
    request->status = 0;
    request->is_stopped = 0;
    request->failure[0] = 0;
    library.easy_reset(easy);
    char reason[CURL_ERROR_SIZE] = "";
    library.easy_setopt(easy, CURLOPT_ERRORBUFFER, reason);
    library.easy_setopt(easy, CURLOPT_URL, request->url);
    library.easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    library.easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    // Compressed answers would wait for their blocks: rows are to come one by one.
    library.easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive);
    library.easy_setopt(easy, CURLOPT_WRITEDATA, &running);
    library.easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, request->connect_milliseconds);
    library.easy_setopt(easy, CURLOPT_TIMEOUT_MS, request->total_milliseconds);
    library.easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    library.easy_setopt(easy, CURLOPT_USERAGENT, "millrace");
    if (request->authorities) library.easy_setopt(easy, CURLOPT_CAINFO, request->authorities);
    if (request->certificate) library.easy_setopt(easy, CURLOPT_SSLCERT, request->certificate);
    if (request->key) library.easy_setopt(easy, CURLOPT_SSLKEY, request->key);
    if (request->key_password) library.easy_setopt(easy, CURLOPT_KEYPASSWD, request->key_password);
    if (request->user) {
        library.easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
        library.easy_setopt(easy, CURLOPT_USERNAME, request->user);
        library.easy_setopt(easy, CURLOPT_PASSWORD, request->password ? request->password : "");
    }
    if (request->body) {
        library.easy_setopt(easy, CURLOPT_POST, 1L);
        library.easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_count);
        library.easy_setopt(easy, CURLOPT_POSTFIELDS, request->body);
    }
    if (request->method) library.easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
    struct curl_slist *headers = NULL;
    char *bearer = NULL;
    if (request->token && asprintf(&bearer, "Bearer %s", request->token) < 0) bearer = NULL;
    headers = header(headers, "Authorization", bearer);
    free(bearer);
    headers = header(headers, "Content-Type", request->content_type);
    headers = header(headers, "Accept", request->accept);
    // Without it a large body waits a second for a "100 Continue" that few servers send.
    headers = header(headers, "Expect", "");
    library.easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    int code = CURLE_FAILED_INIT;
    if (library.multi_add_handle(curl->multi, easy) == CURLM_OK) {
        code = perform(curl, request);
        library.easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &request->status);
        library.multi_remove_handle(curl->multi, easy);
    }
    if (request->is_stopped) code = CURLE_OK;
    const char *text = reason[0] ? reason : library.easy_strerror(code);
    snprintf(request->failure, sizeof request->failure, "%s", text);
    library.slist_free_all(headers);
    return code;
}
