/* Command lines without their secrets: they are seen by every user of a host, but a report travels
 * further. Better one word masked too many than one too few. */
#include "drivers/process_text.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

enum { WORDS = 24, WORD_SHOWN = 200, RANDOM_LENGTH = 24, NAME_LONGEST = 64 };

static const char MASKED[] = "[masked]";

/* Is a value of that name a secret? Not where the name says that a file is meant. */
static bool is_secret_name(const char *name, size_t length)
{
	static const char *const secret[] = {"pass",       "pwd",     "secret",  "token",
	                                     "apikey",     "auth",    "api-key", "api_key",
	                                     "credential", "private", "dsn",     "secret_key"};
	static const char *const harmless[] = {"file", "path", "dir", "method", "author"};
	char text[NAME_LONGEST + 1] = "";
	memcpy(text, name, length < NAME_LONGEST ? length : NAME_LONGEST);
	for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
		if (strcasestr(text, harmless[i]))
			return false;
	for (size_t i = 0; i < sizeof secret / sizeof *secret; i++)
		if (strcasestr(text, secret[i]))
			return true;
	/* "SECRET_KEY" is above; other keys are mostly files, but for those shouted. */
	return length > 4 && strncmp(name + length - 4, "_KEY", 4) == 0;
}

/* A long run of letters of both cases and digits, or of hex digits, with nothing a path or a host
 * would have. */
static bool looks_random(const char *word)
{
	static const char lower[] = "abcdefghijklmnopqrstuvwxyz",
			  upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t length = strlen(word);
	if (length < RANDOM_LENGTH || strpbrk(word, "./: "))
		return false;
	bool digits = strpbrk(word, "0123456789"), letters = strpbrk(word, lower);
	return digits && letters &&
	       (strpbrk(word, upper) || strspn(word, "0123456789abcdef") == length);
}

/* Short options that carry a password, with the programs whose they are. */
static const struct {
	const char *program, *option;
} short_options[] = {
	{"mysql", "-p"},   {"mariadb", "-p"}, {"redis-cli", "-a"},
	{"sshpass", "-p"}, {"curl", "-u"},    {"valkey-cli", "-a"},
};

static const char *short_option_of(const char *command)
{
	const char *slash = strrchr(command, '/'), *program = slash ? slash + 1 : command;
	for (size_t i = 0; i < sizeof short_options / sizeof *short_options; i++)
		if (strncmp(program, short_options[i].program, strlen(short_options[i].program)) ==
		    0)
			return short_options[i].option;
	return NULL;
}

/* "scheme://user:secret@host" without the secret; NULL: there is none. */
static const char *without_userinfo(struct pf_arena *arena, const char *word)
{
	const char *start = strstr(word, "://");
	if (!start)
		return NULL;
	start += 3;
	size_t length = strcspn(start, "/?# ");
	const char *at = memrchr(start, '@', length), *colon = memchr(start, ':', length);
	if (!at || !colon || colon > at)
		return NULL;
	return pf_arena_print(arena, "%.*s:%s%s", (int)(colon - word), word, MASKED, at);
}

/* One word as it may be shown. *masks_next: the word after it is a secret. */
static const char *shown(struct pf_arena *arena, const char *word, const char *short_option,
                         bool *masks_next)
{
	bool is_secret = *masks_next, dashed = word[0] == '-';
	const char *equals = strchr(word, '=');
	size_t name = equals ? (size_t)(equals - word) : strlen(word);
	size_t short_length = short_option ? strlen(short_option) : 0;
	*masks_next = false;
	if (is_secret)
		return MASKED;
	if (short_option && strncmp(word, short_option, short_length) == 0 && word[1] != '-') {
		*masks_next = word[short_length] == '\0';
		return *masks_next ? word : pf_arena_print(arena, "%s%s", short_option, MASKED);
	}
	if (equals && equals[1] && is_secret_name(word, name))
		return pf_arena_print(arena, "%.*s=%s", (int)name, word, MASKED);
	if (dashed && !equals && is_secret_name(word, name))
		*masks_next = true;
	const char *bare = without_userinfo(arena, word);
	if (bare)
		return bare;
	/* ">secret" is how Redis users are given one. */
	bool hidden = (word[0] == '>' && word[1]) || looks_random(word) ||
	              (equals && looks_random(equals + 1));
	return hidden ? MASKED : word;
}

struct pf_words pf_command_words(struct pf_arena *arena, const char *bytes, size_t count)
{
	const char *words[WORDS], *short_option = NULL;
	char *text = pf_arena_copy_bytes(arena, bytes, count);
	size_t kept = 0, end = count;
	bool masks_next = false;
	while (end && text[end - 1] == '\0')
		end--; /* a title leaves the room of the old words empty */
	char separator = memchr(text, '\0', end) ? '\0' : ' ';
	for (size_t at = 0; at < end && kept < WORDS;) {
		char *stop = memchr(text + at, separator, end - at);
		size_t length = stop ? (size_t)(stop - text) - at : end - at;
		text[at + length] = '\0';
		if (length || separator == '\0') {
			if (kept == 0)
				short_option = short_option_of(text + at);
			const char *word = shown(arena, text + at, short_option, &masks_next);
			words[kept++] = pf_escape_text(arena, word, WORD_SHOWN);
		}
		at += length + 1;
	}
	return pf_arena_words(arena, kept, words);
}
