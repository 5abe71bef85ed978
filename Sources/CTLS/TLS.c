// The functions of OpenSSL that Millrace calls, loaded when TLS is first asked for: they and their libraries
// would take a part of every start.
//
#define _GNU_SOURCE
#include "millrace_tls.h"

#include <dlfcn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    __typeof__(&TLS_server_method) TLS_server_method;
    __typeof__(&SSL_CTX_new) SSL_CTX_new;
    __typeof__(&SSL_CTX_free) SSL_CTX_free;
    __typeof__(&SSL_CTX_ctrl) SSL_CTX_ctrl;
    __typeof__(&SSL_CTX_set_options) SSL_CTX_set_options;
    __typeof__(&SSL_CTX_use_certificate_chain_file) SSL_CTX_use_certificate_chain_file;
    __typeof__(&SSL_CTX_use_PrivateKey_file) SSL_CTX_use_PrivateKey_file;
    __typeof__(&SSL_CTX_check_private_key) SSL_CTX_check_private_key;
    __typeof__(&SSL_CTX_load_verify_locations) SSL_CTX_load_verify_locations;
    __typeof__(&SSL_load_client_CA_file) SSL_load_client_CA_file;
    __typeof__(&SSL_CTX_set_client_CA_list) SSL_CTX_set_client_CA_list;
    __typeof__(&SSL_CTX_set_verify) SSL_CTX_set_verify;
    __typeof__(&SSL_CTX_set_session_id_context) SSL_CTX_set_session_id_context;
    __typeof__(&SSL_new) SSL_new;
    __typeof__(&SSL_free) SSL_free;
    __typeof__(&SSL_set_fd) SSL_set_fd;
    __typeof__(&SSL_set_accept_state) SSL_set_accept_state;
    __typeof__(&SSL_read) SSL_read;
    __typeof__(&SSL_write) SSL_write;
    __typeof__(&SSL_get_error) SSL_get_error;
    __typeof__(&SSL_is_init_finished) SSL_is_init_finished;
    __typeof__(&SSL_shutdown) SSL_shutdown;
    __typeof__(&SSL_get1_peer_certificate) SSL_get1_peer_certificate;
    __typeof__(&ERR_get_error) ERR_get_error;
    __typeof__(&ERR_clear_error) ERR_clear_error;
    __typeof__(&ERR_reason_error_string) ERR_reason_error_string;
    __typeof__(&X509_get_subject_name) X509_get_subject_name;
    __typeof__(&X509_NAME_get_text_by_NID) X509_NAME_get_text_by_NID;
    __typeof__(&X509_free) X509_free;
    __typeof__(&EVP_sha256) EVP_sha256;
    __typeof__(&EVP_sha512) EVP_sha512;
    __typeof__(&EVP_Digest) EVP_Digest;
    __typeof__(&HMAC) HMAC;
    __typeof__(&PKCS5_PBKDF2_HMAC) PKCS5_PBKDF2_HMAC;
    __typeof__(&d2i_PUBKEY) d2i_PUBKEY;
    __typeof__(&EVP_PKEY_free) EVP_PKEY_free;
    __typeof__(&EVP_MD_CTX_new) EVP_MD_CTX_new;
    __typeof__(&EVP_MD_CTX_free) EVP_MD_CTX_free;
    __typeof__(&EVP_DigestVerifyInit) EVP_DigestVerifyInit;
    __typeof__(&EVP_DigestVerify) EVP_DigestVerify;
} library;

static char load_failure[256];

static void load(void) {
    // It brings libcrypto along, whose functions are found through it. Both look for functions among themselves
    // first: Arrow's libraries show an OpenSSL of their own to everybody.
    void *handle = dlopen("libssl.so.3", RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    if (!handle) {
        snprintf(load_failure, sizeof load_failure, "%s", dlerror());
        return;
    }
#define FIND(name)                                                                                           \
    if (!(library.name = (__typeof__(library.name))dlsym(handle, #name)))                                    \
        snprintf(load_failure, sizeof load_failure, "OpenSSL has no %s", #name);
    FIND(TLS_server_method)
    FIND(SSL_CTX_new)
    FIND(SSL_CTX_free)
    FIND(SSL_CTX_ctrl)
    FIND(SSL_CTX_set_options)
    FIND(SSL_CTX_use_certificate_chain_file)
    FIND(SSL_CTX_use_PrivateKey_file)
    FIND(SSL_CTX_check_private_key)
    FIND(SSL_CTX_load_verify_locations)
    FIND(SSL_load_client_CA_file)
    FIND(SSL_CTX_set_client_CA_list)
    FIND(SSL_CTX_set_verify)
    FIND(SSL_CTX_set_session_id_context)
    FIND(SSL_new)
    FIND(SSL_free)
    FIND(SSL_set_fd)
    FIND(SSL_set_accept_state)
    FIND(SSL_read)
    FIND(SSL_write)
    FIND(SSL_get_error)
    FIND(SSL_is_init_finished)
    FIND(SSL_shutdown)
    FIND(SSL_get1_peer_certificate)
    FIND(ERR_get_error)
    FIND(ERR_clear_error)
    FIND(ERR_reason_error_string)
    FIND(X509_get_subject_name)
    FIND(X509_NAME_get_text_by_NID)
    FIND(X509_free)
    FIND(EVP_sha256)
    FIND(EVP_sha512)
    FIND(EVP_Digest)
    FIND(HMAC)
    FIND(PKCS5_PBKDF2_HMAC)
    FIND(d2i_PUBKEY)
    FIND(EVP_PKEY_free)
    FIND(EVP_MD_CTX_new)
    FIND(EVP_MD_CTX_free)
    FIND(EVP_DigestVerifyInit)
    FIND(EVP_DigestVerify)
}

const char *millrace_tls_load(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return load_failure[0] ? load_failure : NULL;
}

static const EVP_MD *hash(int bits) { return bits == 256 ? library.EVP_sha256() : library.EVP_sha512(); }

int millrace_tls_digest(int bits, const unsigned char *message, size_t count, unsigned char *result) {
    return !millrace_tls_load() && library.EVP_Digest(message, count, result, NULL, hash(bits), NULL) == 1;
}

int millrace_tls_authenticate(
    int bits, const unsigned char *key, size_t key_count, const unsigned char *message, size_t count,
    unsigned char *result) {
    if (millrace_tls_load() || key_count > 1 << 20) return 0;
    return library.HMAC(hash(bits), key, (int)key_count, message, count, result, NULL) != NULL;
}

int millrace_tls_stretch(
    int bits, const unsigned char *password, size_t password_count, const unsigned char *salt,
    size_t salt_count, int iterations, unsigned char *result) {
    if (millrace_tls_load() || password_count > 1 << 20 || salt_count > 1 << 20) return 0;
    return library.PKCS5_PBKDF2_HMAC(
               (const char *)password, (int)password_count, salt, (int)salt_count, iterations, hash(bits),
               bits / 8, result) == 1;
}

int millrace_tls_verify(
    const unsigned char *key, size_t key_count, const unsigned char *message, size_t count,
    const unsigned char *signature, size_t signature_count) {
    if (millrace_tls_load() || key_count > 1 << 20) return 0;
    const unsigned char *place = key;
    EVP_PKEY *public = library.d2i_PUBKEY(NULL, &place, (long)key_count);
    EVP_MD_CTX *context = public ? library.EVP_MD_CTX_new() : NULL;
    int is_right =
        context &&
        library.EVP_DigestVerifyInit(context, NULL, library.EVP_sha256(), NULL, public) == 1 &&
        library.EVP_DigestVerify(context, signature, signature_count, message, count) == 1;
    if (context) library.EVP_MD_CTX_free(context);
    if (public) library.EVP_PKEY_free(public);
    // A wrong signature is no error of a connection.
    library.ERR_clear_error();
    return is_right;
}

struct millrace_tls_server {
    SSL_CTX *context;
};

struct millrace_tls {
    SSL *ssl;
};

static const char *reason(void) {
    const char *text = NULL;
    unsigned long code;
    while ((code = library.ERR_get_error())) {
        const char *found = library.ERR_reason_error_string(code);
        if (found && !text) text = found;
    }
    return text ? text : "OpenSSL does not say why";
}

static int fail(char *failure, const char *what, const char *why) {
    snprintf(failure, 256, "%s: %s", what, why);
    return 0;
}

static int prepare(
    SSL_CTX *context, const char *certificate, const char *key, const char *authorities, char *failure) {
    library.SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, NULL);
    // What is sent again may lie somewhere else, and may be a part.
    library.SSL_CTX_ctrl(
        context, SSL_CTRL_MODE, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER, NULL);
    library.SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    library.SSL_CTX_set_session_id_context(context, (const unsigned char *)"millrace", 8);
    if (library.SSL_CTX_use_certificate_chain_file(context, certificate) != 1)
        return fail(failure, certificate, reason());
    if (library.SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
        return fail(failure, key, reason());
    if (library.SSL_CTX_check_private_key(context) != 1) return fail(failure, key, reason());
    if (!authorities) return 1;
    if (library.SSL_CTX_load_verify_locations(context, authorities, NULL) != 1)
        return fail(failure, authorities, reason());
    STACK_OF(X509_NAME) *names = library.SSL_load_client_CA_file(authorities);
    if (!names) return fail(failure, authorities, reason());
    library.SSL_CTX_set_client_CA_list(context, names);
    library.SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    return 1;
}

millrace_tls_server *millrace_tls_server_make(
    const char *certificate, const char *key, const char *authorities, char *failure) {
    if (millrace_tls_load()) {
        snprintf(failure, 256, "%s", load_failure);
        return NULL;
    }
    millrace_tls_server *server = calloc(1, sizeof *server);
    if (!server) {
        snprintf(failure, 256, "there is no memory");
        return NULL;
    }
    library.ERR_clear_error();
    server->context = library.SSL_CTX_new(library.TLS_server_method());
    if (server->context && prepare(server->context, certificate, key, authorities, failure)) return server;
    if (!server->context) fail(failure, "TLS", reason());
    millrace_tls_server_free(server);
    return NULL;
}

void millrace_tls_server_free(millrace_tls_server *server) {
    if (server->context) library.SSL_CTX_free(server->context);
    free(server);
}

millrace_tls *millrace_tls_accept(millrace_tls_server *server, int descriptor) {
    millrace_tls *tls = calloc(1, sizeof *tls);
    if (!tls) return NULL;
    tls->ssl = library.SSL_new(server->context);
    if (!tls->ssl || library.SSL_set_fd(tls->ssl, descriptor) != 1) {
        if (tls->ssl) library.SSL_free(tls->ssl);
        free(tls);
        return NULL;
    }
    library.SSL_set_accept_state(tls->ssl);
    return tls;
}

static long outcome(millrace_tls *tls, int count) {
    if (count > 0) return count;
    switch (library.SSL_get_error(tls->ssl, count)) {
    case SSL_ERROR_WANT_READ: return MILLRACE_TLS_AGAIN;
    case SSL_ERROR_WANT_WRITE: return MILLRACE_TLS_AGAIN_WRITABLE;
    default: return MILLRACE_TLS_ENDED;
    }
}

static int bounded(size_t count) { return count > (1 << 30) ? 1 << 30 : (int)count; }

long millrace_tls_read(millrace_tls *tls, void *room, size_t count) {
    // Errors of others, of this thread, would be taken for this connection's.
    library.ERR_clear_error();
    return outcome(tls, library.SSL_read(tls->ssl, room, bounded(count)));
}

long millrace_tls_write(millrace_tls *tls, const void *bytes, size_t count) {
    library.ERR_clear_error();
    return outcome(tls, library.SSL_write(tls->ssl, bytes, bounded(count)));
}

int millrace_tls_peer(millrace_tls *tls, char *name, size_t count) {
    X509 *certificate = library.SSL_get1_peer_certificate(tls->ssl);
    if (!certificate) return 0;
    X509_NAME *subject = library.X509_get_subject_name(certificate);
    // 13: the common name.
    int length = library.X509_NAME_get_text_by_NID(subject, 13, name, bounded(count));
    library.X509_free(certificate);
    return length > 0;
}

void millrace_tls_free(millrace_tls *tls) {
    library.ERR_clear_error();
    if (library.SSL_is_init_finished(tls->ssl)) library.SSL_shutdown(tls->ssl);
    library.SSL_free(tls->ssl);
    free(tls);
}
