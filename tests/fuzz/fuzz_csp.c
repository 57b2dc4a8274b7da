/* Policies from strangers: reading them ends, stays within the value, and says the same each time.
 * A further policy never makes the whole less strict. The input is a header's value. */
#include "csp_reader.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

static void check_same(const struct pf_csp *a, const struct pf_csp *b)
{
	if (a->enforced != b->enforced || a->stops_inline != b->stops_inline ||
	    a->stops_attributes != b->stops_attributes || a->stops_eval != b->stops_eval ||
	    a->limits_scripts != b->limits_scripts || a->covers_objects != b->covers_objects ||
	    a->covers_frames != b->covers_frames || a->limits_frames != b->limits_frames ||
	    a->upgrades != b->upgrades || a->cut != b->cut || a->nonce.length != b->nonce.length)
		abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
	static const char strict[] = "default-src 'none'; frame-ancestors 'none'";
	struct pf_csp once = {0}, again = {0}, reported = {0};
	char *text = malloc(count ? count : 1); /* of just that size: reading beyond is seen */
	if (!text)
		return 0;
	memcpy(text, bytes, count);
	struct pf_bit value = {text, count};
	pf_csp_read(&once, value, false);
	pf_csp_read(&again, value, false);
	check_same(&once, &again);
	if (once.nonce.length &&
	    (once.nonce.at < text || once.nonce.at + once.nonce.length > text + count))
		abort();
	if (once.enforced > count || (once.limits_frames && !once.covers_frames))
		abort();
	pf_csp_read(&reported, value, true);
	if (reported.enforced || reported.stops_inline || reported.covers_frames)
		abort();
	pf_csp_read(&again, pf_bit_of(strict), false);
	if (!again.stops_inline || !again.stops_attributes || !again.stops_eval ||
	    !again.limits_scripts || !again.covers_objects || !again.limits_frames)
		abort();
	free(text);
	return 0;
}
