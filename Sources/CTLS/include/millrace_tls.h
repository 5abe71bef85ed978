#ifndef MILLRACE_TLS_H
#define MILLRACE_TLS_H

#include <stddef.h>

/// Loads OpenSSL if it is not there yet; NULL, or why it can't be.
const char *millrace_tls_load(void);

/// SHA-2 of so many bits (256 or 512), HMAC and PBKDF2 with it; `result` has room for as many bits. They
/// return 1 when it is done.
int millrace_tls_digest(int bits, const unsigned char *message, size_t count, unsigned char *result);
int millrace_tls_authenticate(
    int bits, const unsigned char *key, size_t key_count, const unsigned char *message, size_t count,
    unsigned char *result);
int millrace_tls_stretch(
    int bits, const unsigned char *password, size_t password_count, const unsigned char *salt,
    size_t salt_count, int iterations, unsigned char *result);

/// Whether a signature over the SHA-256 of a message is that of a public key (SubjectPublicKeyInfo in DER):
/// RSA with PKCS 1 padding, or ECDSA with a signature in DER. 1 when it is.
int millrace_tls_verify(
    const unsigned char *key, size_t key_count, const unsigned char *message, size_t count,
    const unsigned char *signature, size_t signature_count);

/// What a server proves itself with, and what it asks of clients.
typedef struct millrace_tls_server millrace_tls_server;

/// One client's connection over a socket that does not block. For one thread at a time.
typedef struct millrace_tls millrace_tls;

/// Files are in PEM form. `authorities` is NULL, or holds the certificates of those who sign clients'
/// certificates, which clients must then have. NULL where something is wrong: the reason is in `failure` of
/// 256 bytes.
millrace_tls_server *millrace_tls_server_make(
    const char *certificate, const char *key, const char *authorities, char *failure);
void millrace_tls_server_free(millrace_tls_server *server);

/// NULL without memory. The descriptor stays the caller's.
millrace_tls *millrace_tls_accept(millrace_tls_server *server, int descriptor);

/// Bytes that came or went, `MILLRACE_TLS_AGAIN…` when the socket must be ready first, else
/// `MILLRACE_TLS_ENDED`. The handshake is done by whoever comes first.
long millrace_tls_read(millrace_tls *tls, void *room, size_t count);
long millrace_tls_write(millrace_tls *tls, const void *bytes, size_t count);

enum {
    MILLRACE_TLS_ENDED = 0,
    MILLRACE_TLS_AGAIN = -1,
    /// Even a read: when the socket can be written to.
    MILLRACE_TLS_AGAIN_WRITABLE = -2,
};

/// Puts the name that the client's certificate has into `name` of `count` bytes; returns 0 without one.
int millrace_tls_peer(millrace_tls *tls, char *name, size_t count);

/// Says good-bye and forgets the connection.
void millrace_tls_free(millrace_tls *tls);

#endif
