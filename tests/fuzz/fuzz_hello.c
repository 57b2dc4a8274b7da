/* Answers to a TLS hello, in escaped notation: reading one ends, and what it says is one of the things
 * that a server can say. What pf_escape makes of any bytes is read as those bytes. */
#include "hello_reader.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

static void check(struct pf_hello_reply reply)
{
	bool taken = reply.end == PF_HELLO_TAKEN, refused = reply.end == PF_HELLO_REFUSED;
	if ((taken && reply.version >> 8 != 3) || reply.suite < 0 || reply.suite > 0xffff ||
	    (!refused && reply.alert) || reply.alert < 0 || reply.alert > 255)
		abort();
}

/* The same bytes read straight: where a fatal alert or a hello begins. */
static enum pf_hello_end expected(const unsigned char *at, size_t count)
{
	while (count >= 7 && at[0] == 21 && at[1] == 3 && at[3] == 0 && at[4] == 2 && at[5] == 1) {
		at += 7;
		count -= 7;
	}
	if (count >= 7 && at[0] == 21 && at[1] == 3 && at[3] == 0 && at[4] == 2)
		return PF_HELLO_REFUSED;
	size_t suite = count > 43 ? 44 + (size_t)at[43] : 0;
	bool hello = suite && count >= suite + 2 && at[0] == 22 && at[1] == 3 && at[5] == 2;
	return hello && at[9] == 3 ? PF_HELLO_TAKEN : PF_HELLO_UNCLEAR;
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
	enum { READ = 512 };
	struct pf_arena *arena = pf_arena_new(64 * 1024 * 1024);
	char *text = malloc(count + 1); /* of just that size: reading beyond is seen */
	if (!text)
		abort();
	memcpy(text, bytes, count);
	text[count] = '\0';
	check(pf_hello_read(text));
	free(text);
	size_t read = count < READ ? count : READ;
	struct pf_hello_reply reply = pf_hello_read(pf_escape(arena, bytes, read, 0));
	check(reply);
	if (reply.end != expected(bytes, read))
		abort();
	pf_arena_free(arena);
	return 0;
}
