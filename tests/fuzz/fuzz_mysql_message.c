/* Packets of what may be MySQL: a greeting, then replies to a login. Reading never goes beyond the
 * packet, what was read is safe to show, and our own login always fits. */
#include "base/limits.h"
#include "base/text.h"
#include "drivers/mysql_message.h"
#include "model/codec.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

static void check(struct pf_arena *arena, const struct pf_answer *answer, enum pf_mysql_said said)
{
	const struct pf_facts_mysql *facts = &answer->mysql;
	const char *line = pf_answer_write(arena, answer);
	if (!pf_is_utf8(line, strlen(line)) || strpbrk(line, "\r\n\x1b"))
		abort();
	if (facts->error < 0 || facts->error > 65535)
		abort();
	if ((said == PF_MYSQL_REFUSED) != (facts->error != 0))
		abort();
	if ((said == PF_MYSQL_LET_IN) != facts->let_in)
		abort();
	if (facts->text && strlen(facts->text) > PF_DETAIL_BYTES)
		abort();
}

static void check_login(struct pf_arena *arena, const struct pf_facts_mysql *facts)
{
	size_t length;
	const char *login = pf_mysql_login(arena, 1, "shop", facts, facts->offers_tls, &length);
	if (!login || length < 4 ||
	    length - 4 != (size_t)(unsigned char)login[0] + ((size_t)(unsigned char)login[1] << 8))
		abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
	struct pf_arena *arena = pf_arena_new(64 * 1024 * 1024);
	struct pf_answer answer = {.kind = PF_KIND_mysql, .outcome = PF_answered};
	enum pf_mysql_said said = PF_MYSQL_BROKEN;
	for (size_t round = 0; count <= PF_REPLY_BYTES; round++) {
		struct pf_mysql_packet packet;
		char *copy =
			malloc(count ? count : 1); /* of just that size: reading beyond is seen */
		if (!copy)
			abort();
		memcpy(copy, bytes, count);
		bool whole = pf_mysql_frame(copy, count, &packet) == PF_MYSQL_WHOLE;
		if (whole && (packet.used > count || packet.used != packet.length + 4))
			abort();
		if (whole)
			said = round ? pf_mysql_read_reply(arena, &packet, &answer.mysql)
			             : pf_mysql_read_greeting(arena, &packet, &answer.mysql);
		free(copy);
		if (!whole)
			break;
		if (said != PF_MYSQL_BROKEN)
			check(arena, &answer, said);
		if (said == PF_MYSQL_GREETED)
			check_login(arena, &answer.mysql);
		if (said != PF_MYSQL_GREETED && said != PF_MYSQL_ASKED)
			break;
		bytes += packet.used;
		count -= packet.used;
	}
	pf_arena_free(arena);
	return 0;
}
