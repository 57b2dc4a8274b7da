/* Text from strangers, made harmless where it enters, and the notation for bytes that it is kept
 * in.
 *
 * Escaped notation: printable ASCII and printable, well-formed UTF-8 stand for themselves;
 * backslash is \\; CR, LF and TAB are \r, \n, \t; any other byte (C0, C1, DEL, malformed UTF-8) is
 * \xNN; bidirectional controls, zero-width and other invisible code points are \u{NNNN}. Escaped
 * text is safe on a terminal and in JSON; writers of HTML, XML, CSV and metrics add their own
 * quoting.
 */
#ifndef PF_BASE_TEXT_H
#define PF_BASE_TEXT_H

#include "base/arena.h"

/* `count` bytes in escaped notation, cut at a whole character to at most `limit` bytes of notation
 * ("..." is appended within the limit when something was cut). limit 0: no limit but the arena's.
 */
char *pf_escape(struct pf_arena *arena, const void *bytes, size_t count, size_t limit);
char *pf_escape_text(struct pf_arena *arena, const char *text, size_t limit);

/* The bytes that a text in escaped notation stands for; *count is their number, a NUL follows.
 * False: not well formed. */
bool pf_unescape(struct pf_arena *arena, const char *text, char **bytes, size_t *count) PF_MUST_USE;

/* Copies text that is already in escaped notation, or claims to be (evidence from another machine):
 * whatever would not survive pf_escape unchanged is escaped now; well-formed escapes are left
 * alone. */
char *pf_escape_again(struct pf_arena *arena, const char *text, size_t limit);

/* Are all of `count` bytes well-formed UTF-8? */
bool pf_is_utf8(const void *bytes, size_t count);

/* Length of the character at `at`, of several bytes, if it is well-formed and can be seen; 0: it is
 * not, or would change how its neighbours look. */
size_t pf_visible_length(const char *at, size_t left);

/* SHA-256 as 64 lower-case hex digits; with `digits` < 64, the first of them. (FIPS 180-4; done by
 * OpenSSL's libcrypto.) */
char *pf_sha256(struct pf_arena *arena, const void *bytes, size_t count, size_t digits);

/* `pattern` with * for any run of characters matches the whole of `text`. */
bool pf_matches(const char *pattern, const char *text);

/* The closest of `candidates` within an edit distance of 2; NULL: none. For "did you mean". */
const char *pf_closest(const char *word, size_t count, const char *const candidates[]);

/* Random hex digits from getrandom(2). */
char *pf_random_hex(struct pf_arena *arena, size_t digits);

#endif
