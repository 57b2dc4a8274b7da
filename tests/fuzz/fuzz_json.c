/* What a tool printed, in escaped notation: going through all of it ends, within the text, and says
 * the same each time. Every reader of a tool's answer gets it as well. */
#include "date_reader.h"
#include "json_reader.h"
#include "place_reader.h"
#include "tool_reader.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

enum { STEPS = 4096, ROOM = 40 };

static size_t steps;

static void walk(struct pf_printed value, unsigned depth)
{
	char text[ROOM];
	struct pf_printed item = {NULL}, key = {NULL};
	pf_printed_text(value, text, sizeof text);
	if (strlen(text) >= sizeof text)
		abort();
	pf_printed_number(value, 0);
	pf_printed_true(value);
	if (pf_printed_is_object(value) && pf_printed_is_list(value))
		abort();
	while (steps++ < STEPS && pf_printed_each(value, &item, &key)) {
		if (!item.at || item.at <= value.at)
			abort();
		pf_printed_text(key, text, sizeof text);
		if (depth < 8)
			walk(item, depth + 1);
	}
}

static void read_kept(const char *text)
{
	static const char *const tools[] = {"pgbackrest", "barman", "restic", "borg"};
	for (size_t i = 0; i < sizeof tools / sizeof *tools; i++) {
		struct pf_backup set = {.name = "a", .of = "media", .tool = tools[i]};
		struct pf_answer answer = {.kind = PF_KIND_exec, .outcome = PF_answered};
		answer.exec.output = text;
		struct pf_kept kept = pf_kept_read(&set, &answer);
		if ((kept.state == PF_KEPT_SOME) != (kept.count > 0) || kept.newest < kept.oldest)
			abort();
		answer.exec = (struct pf_facts_exec){.status = 1, .errors = text};
		pf_kept_read(&set, &answer);
	}
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
	char host[ROOM], *text = malloc(count + 1);
	if (!text)
		return 0;
	memcpy(text, bytes, count);
	text[count] = '\0';
	steps = 0;
	walk(pf_printed_root(text), 0);
	read_kept(text);
	pf_iso_read(text);
	pf_repository_place(text, host, sizeof host);
	if (strlen(host) >= sizeof host)
		abort();
	free(text);
	return 0;
}
