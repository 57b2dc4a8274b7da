/* What /proc says, whatever local users call their processes and sockets: read without harm, and
 * safe to show. The first byte chooses the reader. */
#include "base/text.h"
#include "drivers/process_text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

static void check_shown(const char *text)
{
	if (!pf_is_utf8(text, strlen(text)) || strpbrk(text, "\r\n\t\x1b"))
		abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
	struct pf_socket socket;
	struct pf_status_text status;
	if (count == 0 || count > 65536)
		return 0;
	struct pf_arena *arena = pf_arena_new(64 * 1024 * 1024);
	const char *rest = (const char *)bytes + 1;
	const char *text = pf_arena_copy_bytes(arena, rest, count - 1);
	unsigned reader = bytes[0] % 7u;
	if (reader == 6) {
		struct pf_words words = pf_command_words(arena, rest, count - 1);
		for (size_t i = 0; i < words.count; i++)
			check_shown(words.at[i]);
	} else if (reader == 5) {
		if (pf_status_read(text, &status) && strlen(status.name) >= sizeof status.name)
			abort();
	} else if (pf_socket_read(arena, (enum pf_socket_table)reader, text, &socket)) {
		check_shown(socket.words);
	}
	pf_arena_free(arena);
	return 0;
}
