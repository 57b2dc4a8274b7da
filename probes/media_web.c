/* Uploads, as those who fetch them see them.
 *
 * What strangers uploaded is shown in the site's own name. A good host hands it out to be saved, or
 * in a sandbox, or from another host, so that a page or a drawing with a script in it is nobody's
 * page; and it never lists who uploaded what.
 */
#include "header_reader.h"
#include "listing_reader.h"
#include "response_reader.h"
#include "sample_reader.h"

#include <string.h>
#include <strings.h>

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	const char *root = pf_media_root(asking, place);
	pf_ask_sample(asking, place);
	if (!root)
		return;
	pf_ask_listing(asking, place, "listing", root, "listing-below",
	               pf_sample_path(asking, place, "media"));
	pf_ask(asking, "absent", place->subject,
	       pf_visit(asking, place,
	                pf_word(asking, "%spf-%s.html", root, pf_canary_digits(asking))));
}

static void ask(struct pf_asking *asking)
{
	const struct pf_url *url = &pf_asking_site(asking)->url;
	pf_each_place(asking, url->scheme, url->host, ask_place);
}

/* The host of the url that uploads have, when it is not the site's; NULL: it is. */
static const char *other_host(const struct pf_case *facts)
{
	const char *url = facts->site->media.url;
	struct pf_target target = pf_target_of(facts, url ? url : "");
	return *target.host && !pf_words_have(facts->site->hosts, target.host) ? target.host : NULL;
}

/* https://www.w3.org/TR/CSP3/#directive-sandbox: one that lets scripts of this origin run is none.
 */
static bool is_sandboxed(const struct pf_case *facts, const struct pf_facts_http *http)
{
	const char *policy = pf_header_all(facts, http, "content-security-policy");
	struct pf_bit rest = pf_bit_of(policy ? policy : ""), one, word;
	while (pf_bit_next(&rest, ";,", &one)) {
		if (!pf_bit_next(&one, " \t", &word) || !pf_bit_is(word, "sandbox"))
			continue;
		int allowed = 0;
		while (pf_bit_next(&one, " \t", &word))
			allowed += pf_bit_is(word, "allow-scripts") ||
			           pf_bit_is(word, "allow-same-origin");
		return allowed < 2;
	}
	return false;
}

/* What makes it harmless, in words; NULL: *missing says what is not there. */
static const char *harmless(const struct pf_case *facts, const struct pf_facts_http *http,
                            const char **missing)
{
	const char *types = pf_header_all(facts, http, "x-content-type-options");
	const char *disposition = pf_header(http, "content-disposition");
	bool saved = disposition && strncasecmp(disposition, "attachment", 10) == 0;
	bool boxed = is_sandboxed(facts, http);
	bool nosniff = types && strncasecmp(types, "nosniff", 7) == 0;
	*missing = !nosniff ? "without nosniff" : "neither as attachment nor in a sandbox";
	if (!nosniff || (!saved && !boxed))
		return NULL;
	return saved ? "with nosniff, to be saved" : "with nosniff, in a sandbox";
}

static struct pf_verdict judge_rendered(const struct pf_case *facts)
{
	const char *elsewhere = other_host(facts), *missing, *absent_missing, *words;
	const struct pf_facts_http *file = pf_sample_of(facts, "media");
	const struct pf_answer *absent = pf_answer_of(facts, "absent");
	if (elsewhere)
		return pf_pass(facts, "page", "uploads come from another host, %s", elsewhere);
	words = file ? harmless(facts, file, &missing) : NULL;
	if (words)
		return pf_pass(facts, "media", "an upload comes %s", words);
	if (file && pf_is_document(file))
		return pf_fail(facts, "media", "%s is a document of a visitor's and comes %s",
		               pf_exchange_of(facts, "media")->question.http.url, missing);
	words = pf_has_status(absent) ? harmless(facts, &absent->http, &absent_missing) : NULL;
	if (words)
		return pf_pass(facts, "absent", "even an upload that does not exist comes %s",
		               words);
	if (file)
		return pf_unknown(facts, "media",
		                  "an upload that is no document comes %s; how HTML and SVG come "
		                  "cannot be seen, the first page shows none",
		                  missing);
	if (facts->site->media.declared)
		return pf_unknown(facts, "page",
		                  "the first page shows no upload, so none could be looked at");
	return pf_skip(facts, "page", "no upload of this host is known");
}

static struct pf_verdict judge_listing(const struct pf_case *facts)
{
	return pf_judge_listing(facts, "listing", "listing-below");
}

#define UPLOADS "https://docs.djangoproject.com/en/stable/topics/security/#user-uploaded-content"

static const struct pf_check checks[] = {
	{
		.id = "media.not-rendered",
		.severity = PF_MEDIUM,
		.seen_from = "any",
		.needs = "page! media? absent?",
		.judge = judge_rendered,
		.title = "HTML and SVG that visitors uploaded are not shown as pages of the site",
		.why = "An uploaded page or drawing can hold a script. Shown under the site's own "
		       "name it runs with the session of whoever opens the link. nosniff keeps "
		       "browsers from finding pages in images; attachment, a sandbox without "
		       "scripts of this origin, or another host for uploads keeps pages from "
		       "being the site's. An upload that the first page shows is looked at, else "
		       "the headers of one that does not exist.",
		.remedy = "nginx:\n"
			  "    location /media/ {\n"
			  "        alias /srv/shop/media/;\n"
			  "        add_header X-Content-Type-Options nosniff always;\n"
			  "        add_header Content-Disposition attachment always;\n"
			  "        add_header Content-Security-Policy \"sandbox; default-src "
                          "'none'\" always;\n"
			  "    }\n"
			  "Apache:\n"
			  "    <Location /media/>\n"
			  "        Header always set X-Content-Type-Options nosniff\n"
			  "        Header always set Content-Disposition attachment\n"
			  "        Header always set Content-Security-Policy \"sandbox; "
                          "default-src 'none'\"\n"
			  "    </Location>\n"
			  "Images in pages are shown all the same.\n"
			  "Or MEDIA_URL on a host of its own, under another domain.\n",
		.reference = UPLOADS,
	},
	{
		.id = "media.no-listing",
		.severity = PF_MEDIUM,
		.seen_from = "any",
		.needs = "listing listing-below?",
		.judge = judge_listing,
		.title = "Directories of uploads are not listed",
		.why = "A list gives strangers every upload, also those whose address only its "
		       "owner was told. The directory itself and the one of a known upload are "
		       "asked for.",
		.remedy = "nginx: the default; look for `autoindex on`:\n"
			  "    autoindex off;\n"
			  "Apache:\n"
			  "    Options -Indexes\n",
		.reference = UPLOADS,
	},
};

const struct pf_probe pf_probe_media_web = {
	.name = "media_web",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
