/* SECRET_KEY is this site's alone, and fallbacks go when their time is over.
 *
 * Neither shows in one audit: a staging site that was copied with its key looks well on its own,
 * and so does a fallback that was left where it was two years ago. Earlier audits remember slow
 * digests of the keys (never the keys), of all sites that are audited from this machine.
 */
#include "date_reader.h"
#include "django_reader.h"

#include <string.h>

static const char KEY[] = "SECRET_KEY", FALLBACK[] = "SECRET_KEY_FALLBACKS";

enum { DAY = 24 * 3600, USUAL_MAX_AGE = 30 * DAY };

static void ask(struct pf_asking *asking)
{
	pf_ask_settings(asking);
}

/* The digest of a key of the settings; NULL: there is none of that number. */
static const char *digest(const struct pf_case *facts, const char *name, size_t number,
                          struct pf_fact *key)
{
	return pf_fact(facts, pf_answer_of(facts, "settings"), name, number, key) ? key->word[3]
	                                                                          : NULL;
}

static size_t marks(const struct pf_case *facts, struct pf_mark out[])
{
	const struct pf_answer *answer = pf_answer_of(facts, "settings");
	struct pf_fact key;
	const char *value;
	size_t count = 0;
	if (!answer || answer->outcome != PF_answered)
		return 0;
	if ((value = digest(facts, "secret_key", 0, &key)))
		out[count++] = (struct pf_mark){PF_MARK_KEY, KEY, pf_say(facts, "%s", value)};
	for (size_t i = 0; count < PF_MARKS && (value = digest(facts, "fallback", i, &key)); i++)
		out[count++] = (struct pf_mark){PF_MARK_KEY, FALLBACK, pf_say(facts, "%s", value)};
	return count;
}

/* Another site, and not this one under another name or at another address. */
static bool is_other(const struct pf_site *site, const struct pf_sighting *seen)
{
	return strcmp(seen->site, site->name) != 0 && strcmp(seen->url, site->url.text) != 0;
}

static const struct pf_sighting *seen_elsewhere(const struct pf_case *facts, const char *value)
{
	for (size_t i = 0; i < facts->memory->count; i++) {
		const struct pf_sighting *seen = &facts->memory->sightings[i];
		if (is_other(facts->site, seen) && strcmp(seen->mark.value, value) == 0)
			return seen;
	}
	return NULL;
}

static size_t count_others(const struct pf_case *facts)
{
	const struct pf_sighting *all = facts->memory->sightings;
	size_t count = 0;
	for (size_t i = 0; i < facts->memory->count; i++) {
		bool again = !is_other(facts->site, &all[i]);
		for (size_t j = 0; j < i && !again; j++)
			again = strcmp(all[j].site, all[i].site) == 0 &&
			        strcmp(all[j].url, all[i].url) == 0;
		count += !again;
	}
	return count;
}

static const char NO_HISTORY[] = "no history of earlier audits is kept or read here";

static struct pf_verdict judge_shared(const struct pf_case *facts)
{
	const char *missing = pf_setting_missing(facts, "settings", "secret_key");
	struct pf_fact key;
	if (missing)
		return pf_unknown(facts, "settings", "%s", missing);
	if (!facts->memory)
		return pf_skip(facts, "settings", "%s", NO_HISTORY);
	if (facts->memory->problem)
		return pf_unknown(facts, "settings", "the history is not available: %s",
		                  facts->memory->problem);
	const char *value = digest(facts, "secret_key", 0, &key);
	if (!value)
		return pf_unknown(facts, "settings", "the settings do not tell of SECRET_KEY");
	const struct pf_sighting *seen = seen_elsewhere(facts, value);
	if (seen)
		return pf_fail(
			facts, "settings",
			"SECRET_KEY is also that of the site %s (%s), last seen there %s ago",
			seen->site, seen->url, pf_age(facts, facts->memory->now - seen->last_at));
	size_t others = count_others(facts);
	if (others == 0)
		return pf_skip(facts, "settings",
		               "the history knows the keys of no other site to compare with");
	return pf_pass(facts, "settings", "none of the %zu other sites in the history has it",
	               others);
}

/* When this site's history saw that fallback first; 0: never. */
static int64_t first_seen(const struct pf_case *facts, const char *value)
{
	int64_t first = 0;
	for (size_t i = 0; i < facts->memory->count; i++) {
		const struct pf_sighting *seen = &facts->memory->sightings[i];
		if (strcmp(seen->site, facts->site->name) == 0 &&
		    strcmp(seen->url, facts->site->url.text) == 0 &&
		    strcmp(seen->mark.subject, FALLBACK) == 0 &&
		    strcmp(seen->mark.value, value) == 0 && (!first || seen->first_at < first))
			first = seen->first_at;
	}
	return first;
}

static struct pf_verdict judge_fallbacks(const struct pf_case *facts)
{
	const char *missing = pf_setting_missing(facts, "settings", "secret_key"), *value;
	int64_t most = facts->site->app.fallback_max_age;
	struct pf_fact key;
	size_t count = 0;
	most = most ? most : USUAL_MAX_AGE;
	if (missing)
		return pf_unknown(facts, "settings", "%s", missing);
	if (!digest(facts, "fallback", 0, &key))
		return pf_pass(facts, "settings", "there are no SECRET_KEY_FALLBACKS");
	if (!facts->memory)
		return pf_skip(facts, "settings", "%s", NO_HISTORY);
	if (facts->memory->problem)
		return pf_unknown(facts, "settings", "the history is not available: %s",
		                  facts->memory->problem);
	for (; (value = digest(facts, "fallback", count, &key)); count++) {
		int64_t first = first_seen(facts, value), age = facts->memory->now - first;
		if (first && age > most)
			return pf_fail(facts, "settings",
			               "SECRET_KEY_FALLBACKS[%zu] has been there for %s, longer "
			               "than %s",
			               count, pf_age(facts, age), pf_age(facts, most));
	}
	return pf_pass(facts, "settings",
	               "none of %zu SECRET_KEY_FALLBACKS has been seen for longer than %s", count,
	               pf_age(facts, most));
}

static const struct pf_check checks[] = {
	{
		.id = "secret-key.not-shared",
		.severity = PF_HIGH,
		.seen_from = "app host, and earlier audits",
		.block = "app",
		.needs = "settings!",
		.judge = judge_shared,
		.title = "SECRET_KEY is that of no other site",
		.why = "A staging site that was made by copying production signs what production "
		       "trusts: whoever may read the settings there makes sessions and password "
		       "reset links here. Audits of other sites from this machine are remembered "
		       "with a slow digest of their keys; the keys themselves are never stored. "
		       "A site that had the key once is named too, since the key is known there "
		       "still.",
		.remedy = "Give each site a key of its own, and change both:\n"
			  "    python -c 'from django.core.management.utils import "
			  "get_random_secret_key as k; print(k())'\n",
		.reference = "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/"
			     "#secret-key",
	},
	{
		.id = "secret-key.fallbacks-retired",
		.severity = PF_MEDIUM,
		.seen_from = "app host, and earlier audits",
		.block = "app",
		.needs = "settings!",
		.judge = judge_fallbacks,
		.title = "No key stays in SECRET_KEY_FALLBACKS for longer than it is needed",
		.why = "A fallback is there so that a new SECRET_KEY does not end every session at "
		       "once. Once those sessions have ended it is only one more key that can "
		       "leak, and a rotation that never came to its end. Its age counts from the "
		       "first audit that saw it; `fallback_max_age` in the `app` block says how "
		       "long it may stay (30 days, twice Django's SESSION_COOKIE_AGE).",
		.remedy = "Take it out and restart the application server:\n"
			  "    SECRET_KEY_FALLBACKS = []\n",
		.reference = "https://docs.djangoproject.com/en/stable/ref/settings/"
			     "#secret-key-fallbacks",
	},
};

const struct pf_probe pf_probe_key_history = {
	.name = "key_history",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
	.marks = marks,
};
