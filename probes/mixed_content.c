/* Pages over HTTPS load nothing over HTTP.
 *
 * A good host's pages name scripts, styles, images and frames by https: or without a scheme. The
 * rest is refused by browsers, or fetched in the clear where anybody can put something in its
 * place.
 */
#include "csp_reader.h"
#include "response_reader.h"
#include "visit_reader.h"

#include <string.h>

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	const struct pf_site *site = pf_asking_site(asking);
	const char *admin = site->admin_path ? site->admin_path : "/admin/";
	pf_ask(asking, "page", place->subject, pf_visit(asking, place, site->url.path));
	if (site->login_path)
		pf_ask(asking, "login", place->subject, pf_visit(asking, place, site->login_path));
	pf_ask(asking, "admin", place->subject,
	       pf_visit(asking, place, pf_word(asking, "%slogin/", admin)));
	pf_ask(asking, "error", place->subject,
	       pf_visit(asking, place, pf_word(asking, "/pf-%s/", pf_canary_digits(asking))));
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	if (pf_is_https(site))
		pf_each_place(asking, "https", site->url.host, ask_place);
}

/* "img src http://..." */
static bool is_plain(const char *load)
{
	const char *address = strrchr(load, ' ');
	return address && pf_bit_begins(pf_bit_of(address + 1), "http://");
}

static struct pf_verdict judge(const struct pf_case *facts)
{
	static const struct {
		const char *tag, *what;
	} pages[] = {{"page", "the first page"},
	             {"login", "the login page"},
	             {"admin", "the admin's login page"},
	             {"error", "the page of an error"}};
	const char *missed = NULL;
	size_t seen = 0;
	for (size_t p = 0; p < PF_COUNT(pages); p++) {
		const struct pf_answer *answer = pf_answer_of(facts, pages[p].tag);
		if (answer && pf_outcome_is_ours(answer->outcome))
			missed = pf_outcome_sentence(answer->outcome);
		if (!pf_has_status(answer) || !pf_is_document(&answer->http))
			continue;
		seen++;
		if (pf_csp_of(&answer->http).upgrades)
			continue;
		for (size_t i = 0; i < answer->http.loads.count; i++)
			if (is_plain(answer->http.loads.at[i]))
				return pf_fail(facts, pages[p].tag, "%s has \"%s\"", pages[p].what,
				               answer->http.loads.at[i]);
	}
	if (missed)
		return pf_unknown(facts, "page", "one of the pages %s", missed);
	if (seen == 0)
		return pf_unknown(facts, "page", "no page was seen");
	return pf_pass(facts, "page", "%zu pages load nothing over plain HTTP", seen);
}

static const struct pf_check checks[] = {
	{
		.id = "https.mixed-content",
		.severity = PF_LOW,
		.seen_from = "any",
		.needs = "page! login? admin? error?",
		.judge = judge,
		.title = "Pages over HTTPS load nothing over plain HTTP",
		.why = "A script or style over HTTP is refused by browsers, so the page is broken; "
		       "an "
		       "image or a form's target over HTTP tells those on the way what is read, "
		       "and "
		       "lets them change it. The tags of the first page, the login pages and an "
		       "error "
		       "are read, forms and <base> too; addresses inside scripts and style sheets "
		       "are "
		       "not. A policy with upgrade-insecure-requests settles it.",
		.remedy =
			"Django: in templates, no scheme, or https:\n"
			"    {% static 'shop/logo.svg' %} {{ photo.file.url }}\n"
			"MEDIA_URL and STATIC_URL on another host begin with https://.\n"
			"nginx: old content in the database, until it is mended:\n"
			"    add_header Content-Security-Policy upgrade-insecure-requests always;\n"
			"Apache:\n"
			"    Header always set Content-Security-Policy upgrade-insecure-requests\n",
		.reference = "https://docs.djangoproject.com/en/stable/topics/security/#ssl-https",
	},
};

const struct pf_probe pf_probe_mixed_content = {
	.name = "mixed_content",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
