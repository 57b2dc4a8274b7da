/* Certificates from strangers: whatever is in one, the facts are bounded and escaped. */
#include "drivers/tls_certificate.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

static void check_text(const char *text)
{
	if (text && (strlen(text) > 256 || !pf_is_utf8(text, strlen(text)) ||
	             strpbrk(text, "\r\n\t\x1b\x7f")))
		abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
	struct pf_arena *arena = pf_arena_new(256 * 1024 * 1024);
	struct pf_facts_tls facts = {0};
	pf_tls_see_der(arena, &facts, bytes, count, "shop.test");
	check_text(facts.issuer);
	check_text(facts.serial);
	check_text(facts.key);
	check_text(facts.signature);
	if (facts.names.count > 64 || (facts.sent && strlen(facts.fingerprint) != 64))
		abort();
	for (size_t i = 0; i < facts.names.count; i++)
		check_text(facts.names.at[i]);
	pf_arena_free(arena);
	return 0;
}
