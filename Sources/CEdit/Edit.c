#include "millrace_edit.h"

#include <dlfcn.h>
#include <errno.h>
#include <histedit.h>
#include <locale.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

// Loaded by the shell when it talks with a person, so that all else starts without it.
static struct {
    __typeof__(&el_init) el_init;
    __typeof__(&el_set) el_set;
    __typeof__(&el_wset) el_wset;
    __typeof__(&el_get) el_get;
    __typeof__(&el_gets) el_gets;
    __typeof__(&el_source) el_source;
    __typeof__(&el_resize) el_resize;
    __typeof__(&el_line) el_line;
    __typeof__(&el_insertstr) el_insertstr;
    __typeof__(&el_deletestr) el_deletestr;
    __typeof__(&el_end) el_end;
    __typeof__(&history_init) history_init;
    __typeof__(&history) history;
    __typeof__(&history_end) history_end;
} library;

struct millrace_editor {
    EditLine *line;
    History *history;
    millrace_editor_calls calls;
    const char *prompt;
    int is_leaving;
};

static int load(char *failure) {
    if (library.history_end) return 1;
    void *handle = dlopen("libedit.so.2", RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        snprintf(failure, 256, "%s", dlerror());
        return 0;
    }
#define FIND(name)                                                                                           \
    if (!(library.name = (__typeof__(library.name))dlsym(handle, #name))) {                                  \
        snprintf(failure, 256, "libedit has no %s", #name);                                                  \
        return 0;                                                                                            \
    }
    FIND(el_init)
    FIND(el_set)
    FIND(el_wset)
    FIND(el_get)
    FIND(el_gets)
    FIND(el_source)
    FIND(el_resize)
    FIND(el_line)
    FIND(el_insertstr)
    FIND(el_deletestr)
    FIND(el_end)
    FIND(history_init)
    FIND(history)
    // Last: it tells that all is there.
    FIND(history_end)
#undef FIND
    return 1;
}

static millrace_editor *editor_of(EditLine *line) {
    void *data = NULL;
    library.el_get(line, EL_CLIENTDATA, &data);
    return data;
}

static char *prompt(EditLine *line) {
    return (char *)editor_of(line)->prompt;
}

// One character of UTF-8, whatever the number of reads.
static int read_character(EditLine *line, wchar_t *character) {
    millrace_editor *editor = editor_of(line);
    mbstate_t state;
    memset(&state, 0, sizeof state);
    for (;;) {
        switch (editor->calls.wait(editor->calls.context)) {
        case millrace_editor_ready: break;
        case millrace_editor_resized:
            library.el_resize(line);
            // It draws the line anew from where it believes the cursor to be: at the beginning.
            millrace_editor_write(editor, "\r\033[J");
            library.el_set(line, EL_REFRESH);
            continue;
        default:
            // What the caller writes next is to come behind the line, not into it: as if the key that moves
            // to its end had been pressed before.
            if (!editor->is_leaving) {
                editor->is_leaving = 1;
                *character = 'E' - '@';
                return 1;
            }
            errno = EINTR;
            return -1;
        }
        char byte;
        ssize_t count = read(STDIN_FILENO, &byte, 1);
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (count <= 0) return (int)count;
        switch (mbrtowc(character, &byte, 1, &state)) {
        case (size_t)-2: continue;
        case (size_t)-1: memset(&state, 0, sizeof state); continue;
        default: return 1;
        }
    }
}

static unsigned char complete(EditLine *line, int character) {
    (void)character;
    millrace_editor *editor = editor_of(line);
    const LineInfo *info = library.el_line(line);
    size_t count = (size_t)(info->lastchar - info->buffer);
    char *copy = malloc(count + 1);
    if (!copy) return CC_ERROR;
    memcpy(copy, info->buffer, count);
    copy[count] = 0;
    size_t cursor = (size_t)(info->cursor - info->buffer);
    int done = editor->calls.complete(editor->calls.context, copy, count, cursor);
    free(copy);
    switch (done) {
    case millrace_editor_changed: return CC_REFRESH;
    case millrace_editor_wrote: return CC_REDISPLAY;
    default: return CC_ERROR;
    }
}

static void use_unicode(void) {
    setlocale(LC_CTYPE, "");
    // A container without a locale has a terminal that knows UTF-8 all the same.
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0) setlocale(LC_CTYPE, "C.UTF-8");
}

static void bind(EditLine *line, const char *keys, const char *function) {
    library.el_set(line, EL_BIND, keys, function, NULL);
}

millrace_editor *millrace_editor_open(
    const char *program, int history_size, millrace_editor_calls calls, char *failure) {
    if (!load(failure)) return NULL;
    use_unicode();
    millrace_editor *editor = calloc(1, sizeof *editor);
    if (!editor) return NULL;
    editor->calls = calls;
    editor->prompt = "";
    editor->history = library.history_init();
    editor->line = library.el_init(program, stdin, stdout, stderr);
    if (!editor->history || !editor->line) {
        snprintf(failure, 256, "libedit can't use this terminal");
        millrace_editor_close(editor);
        return NULL;
    }
    EditLine *line = editor->line;
    HistEvent event;
    library.history(editor->history, &event, H_SETSIZE, history_size);
    library.history(editor->history, &event, H_SETUNIQUE, 1);
    library.el_set(line, EL_CLIENTDATA, editor);
    library.el_set(line, EL_SIGNAL, 0);
    library.el_set(line, EL_EDITOR, "emacs");
    library.el_set(line, EL_HIST, library.history, editor->history);
    library.el_set(line, EL_PROMPT_ESC, prompt, '\1');
    library.el_wset(line, EL_GETCFN, read_character);
    library.el_set(line, EL_ADDFN, "millrace-complete", "Completes keywords and names", complete);
    bind(line, "^I", "millrace-complete");
    bind(line, "^R", "em-inc-search-prev");
    bind(line, "^W", "ed-delete-prev-word");
    // Home, End, Delete and the words by Ctrl, as today's terminals send them.
    bind(line, "\033[1~", "ed-move-to-beg");
    bind(line, "\033[4~", "ed-move-to-end");
    bind(line, "\033[H", "ed-move-to-beg");
    bind(line, "\033[F", "ed-move-to-end");
    bind(line, "\033[3~", "ed-delete-next-char");
    bind(line, "\033[1;5C", "em-next-word");
    bind(line, "\033[1;5D", "ed-prev-word");
    library.el_source(line, NULL);
    return editor;
}

void millrace_editor_close(millrace_editor *editor) {
    if (!editor) return;
    if (editor->line) library.el_end(editor->line);
    if (editor->history) library.history_end(editor->history);
    free(editor);
}

const char *millrace_editor_line(millrace_editor *editor, const char *prompt) {
    int count = 0;
    editor->prompt = prompt;
    editor->is_leaving = 0;
    const char *line = library.el_gets(editor->line, &count);
    return line && count > 0 ? line : NULL;
}

void millrace_editor_remember(millrace_editor *editor, const char *entry) {
    HistEvent event;
    library.history(editor->history, &event, H_ENTER, entry);
}

void millrace_editor_insert(millrace_editor *editor, const char *text) {
    library.el_insertstr(editor->line, text);
}

void millrace_editor_erase(millrace_editor *editor, int characters) {
    library.el_deletestr(editor->line, characters);
}

void millrace_editor_write(millrace_editor *editor, const char *text) {
    (void)editor;
    fputs(text, stdout);
    fflush(stdout);
}
