/* Configurations of nginx and units of systemd that are anything at all: reading them ends, stays
 * within the text, and what is told are texts of it. */
#include "command/front_file.h"
#include "command/unit_file.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

static size_t length_of(const char *text)
{
	return text ? strlen(text) : 0;
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
	struct pf_arena *arena = pf_arena_new(512 * 1024 * 1024);
	char *text = malloc(count + 1);
	if (!text)
		return 0;
	memcpy(text, bytes, count);
	text[count] = '\0';
	struct pf_front *front = pf_arena_take(arena, sizeof *front);
	pf_front_read_text(arena, text, front);
	for (size_t i = 0; i < front->server_count; i++) {
		const struct pf_front_server *server = front->servers[i];
		if (server->name_count > PF_FRONT_NAMES ||
		    server->location_count > PF_FRONT_LOCATIONS || server->tls_port > 65535)
			abort();
		for (size_t k = 0; k < server->location_count; k++)
			if (length_of(server->locations[k].path) > count)
				abort();
		pf_front_serves(server, "shop.test");
	}
	struct pf_unit unit = {0};
	pf_unit_read_text(arena, text, &unit);
	if (length_of(unit.user) > count || length_of(unit.program) > count)
		abort();
	free(text);
	pf_arena_free(arena);
	return 0;
}
