/* What the app may do in Redis, and how old it is.
 *
 * The app's own user is asked: with the password of the site file, from the app servers, by
 * commands that change nothing whoever may run them. A good host gives the app its own keys and the
 * commands that read and write them, so that a flaw in the site does not become CONFIG SET, MODULE
 * LOAD or a script on the cache's machine; and its default user, who needs no name, is off or has a
 * password.
 */
#include "cache_reader.h"

#include <stdlib.h>
#include <string.h>

static void ask_cache(struct pf_asking *asking, const struct pf_service *cache)
{
	const char *subject = pf_service_subject(asking, cache);
	struct pf_words addresses;
	if (!pf_addresses(asking, cache->url.host, subject, &addresses))
		return;
	for (size_t i = 0; i < addresses.count; i++) {
		const char *about = pf_word(asking, "%s [%s]", subject, addresses.at[i]);
		pf_ask(asking, pf_cache_is_redis(cache) ? "greeting" : "version", about,
		       pf_cache_greeting(asking, cache, addresses.at[i]));
		if (pf_cache_is_redis(cache))
			pf_ask(asking, "interview", about,
			       pf_redis_interview(asking, cache, addresses.at[i]));
	}
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	for (size_t i = 0; i < site->cache_count; i++) {
		const struct pf_service *cache = &site->caches[i];
		if ((pf_cache_is_redis(cache) || pf_cache_is_memcached(cache)) &&
		    pf_must_get_in(site, cache, pf_asking_vantage(asking)))
			ask_cache(asking, cache);
	}
}

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* ---- rights ---- */

/* What each command of the interview shows. SORT and LASTSAVE stand for classes of commands that
 * are too dangerous to try. */
static const struct {
	const char *command, *shows;
} rights[] = {
	{"CONFIG", "CONFIG"},
	{"DEBUG", "DEBUG"},
	{"MODULE", "MODULE"},
	{"ACL", "ACL"},
	{"EVAL", "EVAL"},
	{"SORT", "SORT and so the class @dangerous (KEYS, FLUSHALL)"},
	{"LASTSAVE", "LASTSAVE and so the class @admin (REPLICAOF, SHUTDOWN)"},
};

/* Was the command refused for what it is? Rules about keys come after those about commands; a
 * command that is renamed or turned off is out of reach as well. */
static bool may_run(const char *reply)
{
	if (!*reply || starts(reply, "-NOAUTH") || starts(reply, "-ERR unknown command") ||
	    strstr(reply, "command not allowed"))
		return false;
	return !starts(reply, "-NOPERM") || strstr(reply, " key") != NULL;
}

static const char *rights_of(const struct pf_case *facts, const struct pf_exchange *interview)
{
	const char *list = "";
	for (size_t i = 0; i < PF_COUNT(rights); i++)
		if (may_run(pf_redis_reply(interview, rights[i].command)))
			list = pf_say(facts, "%s%s%s", list, *list ? ", " : "", rights[i].shows);
	return list;
}

static struct pf_verdict judge_rights(const struct pf_case *facts)
{
	const struct pf_exchange *interview = pf_exchange_of(facts, "interview");
	const struct pf_exchange *greeting = pf_exchange_of(facts, "greeting");
	const char *user = interview->question.redis.user;
	if (pf_read_cache(facts, greeting).reach == PF_REACH_OPEN)
		return pf_fail(facts, "greeting", "lets the default user in without a password");
	if (pf_redis_lacks_password(interview))
		return pf_skip(facts, "interview",
		               "was not looked into: the site file names no password for it "
		               "(password_file)");
	const char *failed = pf_redis_interview_failed(facts, interview);
	if (failed)
		return pf_unknown(facts, "interview", "%s", failed);
	const char *list = rights_of(facts, interview);
	if (*list)
		return pf_fail(facts, "interview", "lets the app (user \"%s\") run %s",
		               user ? user : "default", list);
	return pf_pass(facts, "interview",
	               "keeps the app (user \"%s\") from CONFIG, DEBUG, MODULE, ACL, EVAL and what "
	               "is as dangerous",
	               user ? user : "default");
}

/* ---- versions ---- */

/* The last day on which somebody still mends a release: its makers, or a distribution that ships
 * it. Later releases than are listed are newer than this program. */
static const struct {
	const char *server;
	long major, minor;
	const char *until; /* NULL: no longer */
	const char *by;
} releases[] = {
	{"redis", 5, 99, NULL, NULL},
	{"redis", 6, 0, "2027-04-30", "Ubuntu 22.04"},
	{"redis", 6, 2, "2032-05-31", "RHEL 9"},
	{"redis", 7, 0, "2029-04-30", "Debian 12, Ubuntu 24.04"},
	{"memcached", 1, 4, NULL, NULL},
	{"memcached", 1, 5, "2029-05-31", "RHEL 8"},
};

/* Days since 1970 of a date of the proleptic Gregorian calendar. */
static int64_t days_of(const char *date)
{
	int64_t year = strtol(date, NULL, 10), month = strtol(date + 5, NULL, 10);
	int64_t day = strtol(date + 8, NULL, 10);
	year -= month <= 2;
	int64_t era = year / 400, of_era = year % 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static struct pf_verdict judge_release(const struct pf_case *facts, const char *tag,
                                       const char *server, const char *version, int64_t now)
{
	char *end;
	long major = strtol(version, &end, 10), minor = *end == '.' ? strtol(end + 1, NULL, 10) : 0;
	for (size_t i = 0; i < PF_COUNT(releases); i++) {
		bool covers = major < releases[i].major ||
		              (major == releases[i].major && minor <= releases[i].minor);
		if (strcmp(releases[i].server, server) != 0 || !covers)
			continue;
		const char *until = releases[i].until;
		if (until && now / 86400 <= days_of(until))
			return pf_pass(facts, tag, "%s %s still gets fixes until %s (%s)", server,
			               version, until, releases[i].by);
		return pf_fail(facts, tag, "%s %s gets no more fixes", server, version);
	}
	return pf_pass(facts, tag, "%s %s still gets fixes", server, version);
}

/* "*14 $server $redis $version $7.0.15 ...": the text behind a name; "": none. */
static const char *value_of(const struct pf_case *facts, const char *hello, const char *name)
{
	const char *at = strstr(hello, pf_say(facts, " $%s $", name));
	if (!at)
		return "";
	at += strlen(name) + 4;
	return pf_say(facts, "%.*s", (int)strcspn(at, " "), at);
}

static struct pf_verdict judge_memcached(const struct pf_case *facts,
                                         const struct pf_exchange *greeting)
{
	const char *reply = greeting->answer->raw.reply;
	if (!reply || !starts(reply, "VERSION "))
		return pf_unknown(facts, "version", "%s", pf_read_cache(facts, greeting).words);
	size_t length = strspn(reply + 8, "0123456789.");
	return judge_release(facts, "version", "memcached",
	                     pf_say(facts, "%.*s", (int)length, reply + 8), greeting->answer->at);
}

static struct pf_verdict judge_version(const struct pf_case *facts)
{
	const struct pf_exchange *interview = pf_exchange_of(facts, "interview");
	const struct pf_exchange *asked = interview ? interview : pf_exchange_of(facts, "version");
	if (!asked->answer || pf_outcome_is_ours(asked->answer->outcome))
		return pf_unknown(facts, asked->tag, "%s",
		                  pf_outcome_sentence(asked->answer ? asked->answer->outcome
		                                                    : PF_not_recorded));
	if (!interview)
		return judge_memcached(facts, asked);
	if (pf_redis_lacks_password(interview))
		return pf_skip(facts, "interview",
		               "tells its version only to those who log in, and the site file "
		               "names no password for it (password_file)");
	const char *failed = pf_redis_interview_failed(facts, interview);
	if (failed)
		return pf_unknown(facts, "interview", "%s", failed);
	const char *hello = pf_redis_reply(interview, "HELLO");
	const char *version = value_of(facts, hello, "version");
	if (starts(hello, "-ERR unknown command"))
		return pf_fail(facts, "interview",
		               "does not know HELLO: it is older than Redis 6, which gets no more "
		               "fixes");
	if (!*version)
		return pf_unknown(facts, "interview", "does not tell the app its version: \"%s\"",
		                  hello);
	return judge_release(facts, "interview", value_of(facts, hello, "server"), version,
	                     interview->answer->at);
}

static const struct pf_check checks[] = {
	{
		.id = "caches.least-privilege",
		.severity = PF_MEDIUM,
		.seen_from = "app",
		.block = "caches",
		.applies = pf_has_redis,
		.needs = "interview greeting",
		.judge = judge_rights,
		.title = "The app may use its keys in Redis and nothing else, and nobody is let in "
			 "without a name",
		.why = "With CONFIG, MODULE, DEBUG or scripts a flaw in the site becomes files and "
		       "programs on the cache's machine; with FLUSHALL, KEYS or REPLICAOF it stops "
		       "or "
		       "steals the cache of everybody. No Django backend needs them. Commands that "
		       "change nothing show what the app's user may run; SORT stands for the class "
		       "@dangerous and LASTSAVE for @admin, whose other members are never tried.",
		.remedy = "users.acl:\n"
			  "    user default off\n"
			  "    user shop on >PASSWORD ~shop:* resetchannels -@all +@connection "
                          "+@read +@write -@dangerous +info\n"
			  "redis.conf:\n"
			  "    aclfile /etc/redis/users.acl\n"
			  "    enable-debug-command no\n"
			  "    enable-module-command no\n"
			  "A site whose locks are scripts (django-redis) needs +eval +evalsha: "
                          "waive that one.\n",
		.reference =
			"https://redis.io/docs/latest/operate/oss_and_stack/management/security/"
			"acl/",
	},
	{
		.id = "caches.supported-version",
		.severity = PF_LOW,
		.seen_from = "app",
		.block = "caches",
		.applies = pf_has_network_cache,
		.needs = "version? interview?",
		.judge = judge_version,
		.title = "The caches are of releases that still get fixes",
		.why = "Flaws in Redis and memcached let whoever may send commands run code "
		       "(CVE-2022-0543, CVE-2025-49844). Releases that neither their makers nor a "
		       "supported distribution mend stay open to them. Only the number is seen, "
		       "not "
		       "which patches a distribution added.",
		.remedy = "Move to a release that is maintained:\n"
			  "    apt-get install --only-upgrade redis-server memcached\n",
		.reference = "https://redis.io/docs/latest/operate/oss_and_stack/install/",
	},
};

const struct pf_probe pf_probe_cache_rights = {
	.name = "cache_rights",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
