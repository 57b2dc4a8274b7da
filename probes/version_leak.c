/* No response names the version of what made it.
 *
 * A good host says "nginx" at most. A version tells a stranger which of the published holes to try
 * first, without a single suspicious request.
 */
#include "header_reader.h"
#include "sample_reader.h"

#include <string.h>

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	pf_ask_sample(asking, place);
}

static void ask(struct pf_asking *asking)
{
	const struct pf_url *url = &pf_asking_site(asking)->url;
	pf_each_place(asking, url->scheme, url->host, ask_place);
}

static bool is_digit(char character)
{
	return character >= '0' && character <= '9';
}

/* "nginx/1.22.1", "PHP/8", "Phusion Passenger 6.0.2"; not "HTTP/1.1" nor the "1.1" that begins a
 * Via (RFC 9110, section 7.6.3), nor a digit in a name ("AmazonS3"). */
static bool names_version(struct pf_bit word, bool first_of_via)
{
	if (first_of_via || pf_bit_begins(word, "HTTP/"))
		return false;
	for (size_t i = 1; i < word.length; i++) {
		bool after_slash = word.at[i - 1] == '/' && is_digit(word.at[i]);
		bool dotted = i + 1 < word.length && is_digit(word.at[i - 1]) &&
		              word.at[i] == '.' && is_digit(word.at[i + 1]);
		if (after_slash || dotted)
			return true;
	}
	return false;
}

static bool leaks(const char *name, const char *value)
{
	bool via = strcmp(name, "via") == 0;
	struct pf_bit rest = pf_bit_of(value), part;
	while (pf_bit_next(&rest, ",", &part)) {
		bool first = true;
		for (struct pf_bit word; pf_bit_next(&part, " ();", &word); first = false)
			if (names_version(word, via && first))
				return true;
	}
	return false;
}

static struct pf_verdict judge(const struct pf_case *facts)
{
	static const char *const names[] = {"server",           "x-powered-by", "via",
	                                    "x-aspnet-version", "x-generator",  "x-server"};
	const char *nothing = pf_sample_nothing(facts);
	if (nothing)
		return pf_unknown(facts, "page", "%s", nothing);
	for (size_t i = 0; i < PF_SAMPLES; i++) {
		const struct pf_facts_http *http = pf_sample_of(facts, pf_samples[i].tag);
		for (size_t k = 0; http && k < PF_COUNT(names); k++) {
			const char *value = pf_header_all(facts, http, names[k]);
			if (value && leaks(names[k], value))
				return pf_fail(facts, pf_samples[i].tag, "%s says \"%s: %s\"",
				               pf_samples[i].what, names[k], value);
		}
	}
	const char *missed = pf_sample_missed(facts);
	if (missed)
		return pf_unknown(facts, "page", "%s", missed);
	const char *server = pf_header(&pf_answer_of(facts, "page")->http, "server");
	return pf_pass(facts, "page", "no version is named%s%s%s", server ? " (server: " : "",
	               server ? server : "", server ? ")" : "");
}

static const struct pf_check checks[] = {
	{
		.id = "headers.version-leak",
		.severity = PF_LOW,
		.seen_from = "any",
		.needs = "page! error? static? media?",
		.judge = judge,
		.title = "Headers name no software version",
		.why = "Lists of hosts by exact version are bought and searched when a hole "
		       "becomes "
		       "known. Server, X-Powered-By, Via and their kin are read on a page, an "
		       "error "
		       "and files, since each may come from another server.",
		.remedy = "nginx (its own Server stands in place of gunicorn's):\n"
			  "    server_tokens off;\n"
			  "Apache:\n"
			  "    ServerTokens Prod\n"
			  "    Header always unset X-Powered-By\n"
			  "    Header unset X-Powered-By\n"
			  "PHP: in php.ini, beside the site:\n"
			  "    expose_php = Off\n"
			  "Varnish: in vcl_deliver:\n"
			  "    unset resp.http.Via;\n",
		.reference = "https://www.rfc-editor.org/rfc/rfc9110#name-server",
	},
};

const struct pf_probe pf_probe_version_leak = {
	.name = "version_leak",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
