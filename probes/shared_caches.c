/* Every process of the site sees the same cache, and none of it lies where the front serves files.
 */
#include "django_reader.h"
#include "process_reader.h"

#include <stdlib.h>
#include <string.h>

static const char SUBJECT[] = "settings";

static void ask(struct pf_asking *asking)
{
	const struct pf_app *app = &pf_asking_site(asking)->app;
	pf_ask_settings(asking);
	if (pf_asked(asking, "settings", SUBJECT) && app->backend)
		pf_ask(asking, "processes", SUBJECT, (struct pf_question){.kind = PF_KIND_process});
}

/* Does it listen where the application server does? */
static bool serves(const struct pf_process *process, const char *backend)
{
	const char *port = strrchr(backend, ':');
	struct pf_listener listener;
	for (size_t i = 0; i < process->listens.count; i++) {
		if (strncmp(backend, "unix:", 5) == 0) {
			if (strncmp(process->listens.at[i], "unix ", 5) == 0 &&
			    strcmp(process->listens.at[i] + 5, backend + 5) == 0)
				return true;
		} else if (port && pf_listener_read(process->listens.at[i], &listener) &&
		           listener.port == strtoll(port + 1, NULL, 10)) {
			return true;
		}
	}
	return false;
}

/* Processes that serve requests: those behind the socket, but for the one that only minds them. */
static size_t workers(const struct pf_answer *answer, const char *backend)
{
	const struct pf_processes *all = &answer->process.processes;
	size_t count = 0, masters = 0;
	for (size_t i = 0; i < all->count; i++) {
		bool is_master = false;
		if (!all->at[i].pid || !serves(&all->at[i], backend))
			continue;
		for (size_t j = 0; j < all->count; j++)
			is_master |=
				all->at[j].parent == all->at[i].pid && serves(&all->at[j], backend);
		count++;
		masters += is_master;
	}
	return count - masters;
}

/* What a backend is that each process has for itself; NULL: it is shared. */
static const char *own_kind(const char *backend)
{
	static const struct {
		const char *part, *words;
	} kinds[] = {
		{"locmem", "in the memory of one process"},
		{"dummy", "no cache at all"},
		{"filebased", "files, slow and never cleaned under load"},
	};
	for (size_t i = 0; i < PF_COUNT(kinds); i++)
		if (strstr(backend, kinds[i].part))
			return kinds[i].words;
	return NULL;
}

static bool is_below(const char *path, const char *root)
{
	size_t length = root ? strlen(root) : 0;
	return length > 1 && strncmp(path, root, length) == 0 &&
	       (path[length] == '/' || path[length] == '\0');
}

static const char *served_root(const struct pf_case *facts, const char *path)
{
	const struct pf_answer *answer = pf_answer_of(facts, "settings");
	const char *media = pf_setting(facts, answer, "media_root", 0);
	const char *static_root = pf_setting(facts, answer, "static_root", 0);
	return is_below(path, media)         ? "MEDIA_ROOT"
	       : is_below(path, static_root) ? "STATIC_ROOT"
	                                     : NULL;
}

static struct pf_verdict judge_own(const struct pf_case *facts, const struct pf_fact *cache,
                                   const char *kind)
{
	const struct pf_answer *processes = pf_answer_of(facts, "processes");
	if (!processes || processes->outcome != PF_answered)
		return pf_unknown(
			facts, "settings",
			"CACHES['%s'] is %s, and how many processes serve the site is not "
			"known",
			cache->word[0], kind);
	size_t count = workers(processes, facts->site->app.backend);
	if (count == 1)
		return pf_pass(facts, "processes",
		               "CACHES['%s'] is %s, and one process serves the site",
		               cache->word[0], kind);
	if (count == 0)
		return pf_unknown(facts, "processes",
		                  "CACHES['%s'] is %s, and nothing was seen that listens on %s",
		                  cache->word[0], kind, facts->site->app.backend);
	return pf_fail(facts, "settings", "CACHES['%s'] is %s, and %zu processes serve the site",
	               cache->word[0], kind, count);
}

static struct pf_verdict judge_shared(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "settings");
	const char *missing = pf_setting_missing(facts, "settings", "caches_set");
	struct pf_fact cache;
	if (missing)
		return pf_unknown(facts, "settings", "%s", missing);
	if (pf_setting_is(answer, "caches_set", "False"))
		return pf_skip(facts, "settings", "the site sets no CACHES");
	for (size_t i = 0; pf_fact(facts, answer, "cache", i, &cache); i++) {
		const char *root = served_root(facts, cache.word[2]);
		const char *kind = own_kind(cache.word[1]);
		if (root)
			return pf_fail(facts, "settings",
			               "CACHES['%s'] keeps its files below %s, where the front "
			               "serves them",
			               cache.word[0], root);
		if (!kind)
			continue;
		struct pf_verdict verdict = judge_own(facts, &cache, kind);
		if (verdict.status != PF_PASS)
			return verdict;
	}
	return pf_pass(facts, "settings", "every cache is one that all processes share");
}

static const struct pf_check checks[] = {
	{
		.id = "caches.shared-backend",
		.severity = PF_MEDIUM,
		.seen_from = "app host",
		.block = "app",
		.needs = "settings! processes?",
		.judge = judge_shared,
		.title = "All processes of the site share their caches",
		.why = "With locmem each worker has a cache of its own: counters, locks, rate "
		       "limits "
		       "and sessions differ from request to request. The file backend holds "
		       "pickles, "
		       "so whoever can write below it runs code, and below STATIC_ROOT or "
		       "MEDIA_ROOT "
		       "strangers can read it.",
		.remedy = "Django:\n"
			  "    CACHES = {'default': {\n"
			  "        'BACKEND': 'django.core.cache.backends.redis.RedisCache',\n"
			  "        'LOCATION': 'rediss://cache1:6379/1'}}\n",
		.reference = "https://docs.djangoproject.com/en/stable/topics/cache/"
			     "#local-memory-caching",
	},
};

const struct pf_probe pf_probe_shared_caches = {
	.name = "shared_caches",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
