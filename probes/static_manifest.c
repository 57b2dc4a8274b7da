/* Every static file that the pages name is there, and the site gives out those very bytes.
 *
 * ManifestStaticFilesStorage writes the hashed name of every file into a manifest, and pages take
 * the names from there. On a good host all of them exist, and what comes over HTTPS is byte for
 * byte what lies on disk: another directory behind the URL, a front with an older release, a CDN
 * that rewrites scripts all show as a difference.
 */
#include "disk_reader.h"
#include "visit_reader.h"

#include <string.h>

enum { SAMPLE = 8 };

static void fetch(struct pf_asking *asking, const struct pf_place *place)
{
	const struct pf_directory *files = &pf_asking_site(asking)->static_files;
	const struct pf_answer *manifest = pf_asked(asking, "manifest", files->root);
	if (!manifest || manifest->outcome != PF_answered)
		return;
	struct pf_words sample = manifest->manifest.sample;
	const char *url = files->url ? files->url : "/static/";
	for (size_t i = 0; i < sample.count && i < SAMPLE; i++)
		pf_ask(asking, pf_word(asking, "file %zu at %s", i, place->subject), files->root,
		       pf_visit(asking, place, pf_word(asking, "%s%s", url, sample.at[i])));
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	const struct pf_directory *files = &site->static_files;
	if (!files->declared || !files->root ||
	    !pf_vantage_in(pf_asking_vantage(asking), files->on))
		return;
	pf_ask_places(asking, "places", files->root);
	const char *name =
		pf_setting_word(asking, pf_asked(asking, "places", files->root), "manifest", 0);
	if (name)
		pf_ask(asking, "manifest", files->root,
		       (struct pf_question){
			       .kind = PF_KIND_manifest,
			       .manifest = {.root = files->root, .name = name, .sample = SAMPLE},
		       });
	if (pf_asked(asking, "manifest", files->root))
		pf_each_place(asking, site->url.scheme, site->url.host, fetch);
}

/* Which of the sample an exchange is about; SAMPLE: it is another question. */
static size_t number_of(const struct pf_exchange *exchange)
{
	const char *tag = exchange->tag;
	if (strncmp(tag, "file ", 5) != 0 || tag[5] < '0' || tag[5] > '9')
		return SAMPLE;
	return (size_t)(tag[5] - '0');
}

/* Why it is not the file of the disk; "": it is. NULL: nothing is known. */
static const char *difference(const struct pf_case *facts, const struct pf_answer *answer,
                              const char *digest)
{
	if (!answer || answer->outcome != PF_answered || answer->http.truncated)
		return NULL;
	if (answer->http.status != 200)
		return pf_say(facts, "is answered with status %lld",
		              (long long)answer->http.status);
	return answer->http.digest && strcmp(answer->http.digest, digest) == 0
	               ? ""
	               : "is not what lies on disk";
}

/* The sample against the wire. */
static struct pf_verdict judge_wire(const struct pf_case *facts,
                                    const struct pf_facts_manifest *manifest)
{
	size_t same = 0;
	const struct pf_exchange *unseen = NULL;
	for (size_t i = 0; i < facts->count; i++) {
		const struct pf_exchange *exchange = facts->exchanges[i];
		size_t number = number_of(exchange);
		if (number >= manifest->digests.count)
			continue;
		const char *what =
			difference(facts, exchange->answer, manifest->digests.at[number]);
		if (what && *what)
			return pf_fail(facts, exchange->tag, "%s %s", exchange->question.http.url,
			               what);
		same += what != NULL;
		if (!what && !unseen)
			unseen = exchange;
	}
	if (unseen)
		return pf_unknown(facts, unseen->tag, "%s could not be compared: it %s",
		                  unseen->question.http.url,
		                  unseen->answer ? pf_outcome_sentence(unseen->answer->outcome)
		                                 : "was not asked for");
	if (same == 0 && manifest->entries)
		return pf_unknown(facts, "manifest", "no file could be compared with the wire");
	return pf_pass(facts, "manifest",
	               "all %lld files of the manifest exist, and %zu fetched for comparison are "
	               "the same byte for byte",
	               (long long)manifest->entries, same);
}

static struct pf_verdict judge_complete(const struct pf_case *facts)
{
	const struct pf_answer *places = pf_answer_of(facts, "places");
	const struct pf_answer *answer = pf_answer_of(facts, "manifest");
	const char *unread = pf_untold(facts, places, "places");
	const char *name = unread ? NULL : pf_setting(facts, places, "manifest", 0);
	if (unread)
		return pf_unknown(facts, "places", "%s", unread);
	if (!name)
		return pf_skip(facts, "places",
		               "the storage of static files keeps no manifest to compare with");
	if (answer && answer->outcome == PF_absent)
		return pf_fail(facts, "manifest", "%s is not in %s: collectstatic was not run",
		               name, facts->subject);
	if (answer && answer->outcome == PF_garbled)
		return pf_fail(facts, "manifest", "%s cannot be read as a manifest: %s", name,
		               answer->detail ? answer->detail : "");
	if (!answer || answer->outcome != PF_answered)
		return pf_unknown(facts, answer ? "manifest" : "places", "%s: it %s", name,
		                  pf_outcome_sentence(answer ? answer->outcome : PF_not_recorded));
	if (answer->manifest.missing)
		return pf_fail(
			facts, "manifest",
			"%lld of the %lld files that the manifest names do not exist, such as %s",
			(long long)answer->manifest.missing, (long long)answer->manifest.entries,
			answer->manifest.lacking.count ? answer->manifest.lacking.at[0] : "");
	return judge_wire(facts, &answer->manifest);
}

static const struct pf_check checks[] = {
	{
		.id = "static.complete",
		.severity = PF_HIGH,
		.seen_from = "host + any",
		.block = "static",
		.needs = "places! manifest?",
		.judge = judge_complete,
		.title = "Every static file of the manifest exists and is served byte for byte",
		.why = "Pages name static files by the manifest that collectstatic wrote. One that "
		       "is missing is a broken page; one that differs on the wire means that the "
		       "web server gives out another release, or that something between rewrites "
		       "scripts. All of the manifest is compared with the disk, a sample of eight "
		       "files with what the site serves.",
		.remedy = "Fill it, and reload the application afterwards, which keeps the "
                          "manifest in memory:\n"
			  "    python manage.py collectstatic --noinput\n"
			  "nginx: the directory that collectstatic fills:\n"
			  "    location /static/ { alias /srv/shop/static/; }\n"
			  "Apache:\n"
			  "    Alias /static/ /srv/shop/static/\n"
			  "A CDN is purged, with its minification and \"auto optimise\" switched "
                          "off.\n",
		.reference = "https://docs.djangoproject.com/en/stable/ref/contrib/staticfiles/"
			     "#manifeststaticfilesstorage",
	},
};

const struct pf_probe pf_probe_static_manifest = {
	.name = "static_manifest",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
