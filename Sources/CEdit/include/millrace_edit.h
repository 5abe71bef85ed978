#ifndef MILLRACE_EDIT_H
#define MILLRACE_EDIT_H

#include <stddef.h>

/// A line editor at the process's terminal. For one thread.
typedef struct millrace_editor millrace_editor;

/// What `wait` tells.
enum { millrace_editor_ready = 0, millrace_editor_interrupted = 1, millrace_editor_resized = 2 };

/// What `complete` did: nothing, changed the line, or wrote below it.
enum { millrace_editor_nothing = 0, millrace_editor_changed = 1, millrace_editor_wrote = 2 };

typedef struct {
    void *context;
    /// Waits until a key is there.
    int (*wait)(void *context);
    /// The Tab key, with the line in UTF-8 and the cursor's place in it, in bytes.
    int (*complete)(void *context, const char *line, size_t count, size_t cursor);
} millrace_editor_calls;

/// NULL where libedit can't be loaded or the terminal can't be used: then the reason is in `failure` of 256
/// bytes.
millrace_editor *millrace_editor_open(
    const char *program, int history_size, millrace_editor_calls calls, char *failure);
/// Puts the terminal back as it was.
void millrace_editor_close(millrace_editor *editor);

/// The next line with its line end; NULL at the end of input, or when `wait` told of an interruption.
///
/// Belongs to the editor, until the next call. In the prompt, what stands between bytes 1 takes no room.
const char *millrace_editor_line(millrace_editor *editor, const char *prompt);

void millrace_editor_remember(millrace_editor *editor, const char *entry);
/// Puts text where the cursor is.
void millrace_editor_insert(millrace_editor *editor, const char *text);
/// Takes characters away before the cursor.
void millrace_editor_erase(millrace_editor *editor, int characters);
/// Writes below the line, for `complete`.
void millrace_editor_write(millrace_editor *editor, const char *text);

#endif
