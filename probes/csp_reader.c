/* Content Security Policy Level 3: policies, directives and source lists. */
#include "csp_reader.h"

#include <string.h>

/* The value of the first directive of that name: later ones of one policy do not count (CSP3,
 * section 2.2.1). False: it has none. */
static bool directive(struct pf_bit policy, const char *name, struct pf_bit *value)
{
	for (struct pf_bit one; pf_bit_next(&policy, ";", &one);) {
		struct pf_bit rest = one, first;
		if (!pf_bit_next(&rest, " \t", &first) || !pf_bit_is(first, name))
			continue;
		*value = rest;
		return true;
	}
	return false;
}

/* The first of the named directives that the policy has; they stand in for each other in this
 * order (section 6.8.3). NULL ends the list. */
static bool either(struct pf_bit policy, const char *const names[], struct pf_bit *value)
{
	for (size_t i = 0; names[i]; i++)
		if (directive(policy, names[i], value))
			return true;
	return false;
}

static bool has(struct pf_bit list, const char *keyword)
{
	for (struct pf_bit source; pf_bit_next(&list, " \t", &source);)
		if (pf_bit_is(source, keyword))
			return true;
	return false;
}

/* 'nonce-...' or 'sha256-...' with something in it. */
static bool is_pass(struct pf_bit source, const char *kind)
{
	return pf_bit_begins(source, kind) && source.length > strlen(kind) + 1 &&
	       source.at[source.length - 1] == '\'';
}

static bool has_pass(struct pf_bit list)
{
	static const char *const kinds[] = {"'nonce-", "'sha256-", "'sha384-", "'sha512-"};
	for (struct pf_bit source; pf_bit_next(&list, " \t", &source);)
		for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
			if (is_pass(source, kinds[i]))
				return true;
	return false;
}

/* Section 6.7.3.2: a nonce, a hash or 'strict-dynamic' makes browsers overlook 'unsafe-inline'. */
static bool allows_inline(struct pf_bit list)
{
	return has(list, "'unsafe-inline'") && !has_pass(list) && !has(list, "'strict-dynamic'");
}

/* Sources that anybody can put a script on; 'strict-dynamic' overlooks them. */
static bool allows_everybody(struct pf_bit list)
{
	static const char *const sources[] = {"*", "http:", "https:", "data:"};
	if (has(list, "'strict-dynamic'"))
		return false;
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
		if (has(list, sources[i]))
			return true;
	return false;
}

static void read_scripts(struct pf_csp *csp, struct pf_bit policy)
{
	static const char *const elements[] = {"script-src-elem", "script-src", "default-src",
	                                       NULL};
	static const char *const attributes[] = {"script-src-attr", "script-src", "default-src",
	                                         NULL};
	static const char *const evaluation[] = {"script-src", "default-src", NULL};
	struct pf_bit list;
	if (directive(policy, "sandbox", &list) && !has(list, "allow-scripts"))
		csp->stops_inline = csp->stops_attributes = csp->stops_eval = csp->limits_scripts =
			true;
	if (either(policy, elements, &list)) {
		csp->stops_inline |= !allows_inline(list);
		csp->limits_scripts |= !allows_everybody(list);
	}
	if (either(policy, attributes, &list))
		csp->stops_attributes |= !allows_inline(list);
	if (either(policy, evaluation, &list))
		csp->stops_eval |= !has(list, "'unsafe-eval'");
}

static void read_rest(struct pf_csp *csp, struct pf_bit policy)
{
	static const char *const objects[] = {"object-src", "default-src", NULL};
	struct pf_bit list;
	if (either(policy, objects, &list))
		csp->covers_objects |= !has(list, "*");
	if (directive(policy, "frame-ancestors", &list)) {
		csp->covers_frames = true;
		csp->limits_frames |= !allows_everybody(list);
	}
	csp->upgrades |= directive(policy, "upgrade-insecure-requests", &list);
}

static void read_nonce(struct pf_csp *csp, struct pf_bit policy)
{
	static const char *const lists[] = {"script-src-elem", "script-src", "default-src", NULL};
	struct pf_bit list;
	if (csp->nonce.length || !either(policy, lists, &list))
		return;
	for (struct pf_bit source; pf_bit_next(&list, " \t", &source);)
		if (is_pass(source, "'nonce-")) {
			csp->nonce = source;
			return;
		}
}

void pf_csp_read(struct pf_csp *csp, struct pf_bit value, bool report_only)
{
	static const char CUT[] = "...";
	size_t tail = sizeof CUT - 1;
	if (value.length > tail && memcmp(value.at + value.length - tail, CUT, tail) == 0)
		csp->cut = true;
	for (struct pf_bit policy; pf_bit_next(&value, ",", &policy);) {
		struct pf_bit rest = policy, first;
		if (!pf_bit_next(&rest, ";", &first))
			continue;
		*(report_only ? &csp->reported : &csp->enforced) += 1;
		if (report_only)
			continue;
		read_scripts(csp, policy);
		read_rest(csp, policy);
		read_nonce(csp, policy);
	}
}

struct pf_csp pf_csp_of(const struct pf_facts_http *http)
{
	static const char ENFORCED[] = "content-security-policy:";
	static const char REPORTED[] = "content-security-policy-report-only:";
	struct pf_csp csp = {0};
	for (size_t i = 0; i < http->headers.count; i++) {
		struct pf_bit header = pf_bit_of(http->headers.at[i]);
		bool reported = pf_bit_begins(header, REPORTED);
		if (!reported && !pf_bit_begins(header, ENFORCED))
			continue;
		size_t skip = reported ? sizeof REPORTED - 1 : sizeof ENFORCED - 1;
		pf_csp_read(&csp, (struct pf_bit){header.at + skip, header.length - skip},
		            reported);
	}
	return csp;
}
