/* SQL on its way into psql: whatever the chunks it comes in, the same lines go on, nothing is made
 * up, and what a dump tells of other databases stops it. */
#include "base/arena.h"
#include "drivers/drill_script.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

struct out {
	char *bytes;
	size_t count, room;
};

static bool put(void *context, const char *bytes, size_t count)
{
	struct out *out = context;
	if (out->count + count > out->room)
		abort();
	memcpy(out->bytes + out->count, bytes, count);
	out->count += count;
	return true;
}

static struct out run(struct pf_arena *arena, const char *bytes, size_t count, size_t step,
                      bool of_mysql)
{
	struct out out = {pf_arena_take(arena, count + 1), 0, count};
	struct pf_script *script = pf_arena_take(arena, sizeof *script);
	bool going = true;
	script->put = put;
	script->context = &out;
	script->of_mysql = of_mysql;
	for (size_t at = 0; going && at < count; at += step)
		going = pf_script_feed(script, bytes + at, count - at < step ? count - at : step);
	if (going)
		(void)pf_script_end(script);
	return out;
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
	if (count > 65536)
		return 0;
	struct pf_arena *arena = pf_arena_new(64 * 1024 * 1024);
	for (int of_mysql = 0; of_mysql < 2; of_mysql++) {
		struct out whole =
			run(arena, (const char *)bytes, count, count ? count : 1, of_mysql);
		struct out parts = run(arena, (const char *)bytes, count, 7, of_mysql);
		if (whole.count != parts.count ||
		    memcmp(whole.bytes, parts.bytes, whole.count) != 0)
			abort();
	}
	pf_arena_free(arena);
	return 0;
}
