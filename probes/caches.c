/* Caches answer the app servers and nobody else.
 *
 * Redis and memcached were made for trusted networks. Who gets in reads sessions and rendered
 * pages, writes pickles that Django will unpickle (which is running code), and with Redis can write
 * files. A good host binds them to a private address and drops everybody else in the firewall, for
 * every address family. So each vantage knocks on every address: the app must get through, for all
 * others the port must be closed. An open port is only called Redis after three consistent
 * answers: PING, a nonce that must come back, a nonsense command that must be refused.
 */
#include "service_reader.h"

#include <string.h>

static bool is_redis(const struct pf_service *cache)
{
	return pf_service_is(cache, "redis", "rediss");
}

static bool is_memcached(const struct pf_service *cache)
{
	return pf_service_is(cache, "memcached", "memcached");
}

/* The canary without its ending: a word of this run that only an ECHO brings back. */
static size_t nonce_length(const char *canary)
{
	return strcspn(canary, ".");
}

static struct pf_question greet(struct pf_asking *asking, const struct pf_service *cache,
                                const char *address)
{
	if (is_memcached(cache))
		return (struct pf_question){
			.kind = PF_KIND_raw,
			.raw = {.transport = "tcp",
		                .address = address,
		                .port = cache->url.port,
		                .send = "version\\r\\n",
		                .until = "\\r\\n"},
		};
	const char *canary = pf_asking_canary(asking);
	const char *const commands[] = {
		"PING",
		pf_word(asking, "ECHO %.*s", (int)nonce_length(canary), canary),
		"PFNONSENSE",
	};
	return (struct pf_question){
		.kind = PF_KIND_redis,
		.redis = {.address = address,
	                  .port = cache->url.port,
	                  .tls = strcmp(cache->url.scheme, "rediss") == 0,
	                  .sni = strchr(cache->url.host, ':') ? NULL : cache->url.host,
	                  .commands = pf_list(asking, PF_COUNT(commands), commands)},
	};
}

static void ask_cache(struct pf_asking *asking, const struct pf_service *cache)
{
	const char *subject = pf_service_subject(asking, cache);
	bool inside = pf_must_get_in(pf_asking_site(asking), cache, pf_asking_vantage(asking));
	struct pf_words addresses;
	if (!pf_addresses(asking, cache->url.host, subject, &addresses))
		return;
	for (size_t i = 0; i < addresses.count; i++) {
		struct pf_question question = greet(asking, cache, addresses.at[i]);
		if (inside)
			pf_ask(asking, pf_word(asking, "inside-%zu", i + 1), subject, question);
		else
			pf_ask(asking, "outside",
			       pf_word(asking, "%s [%s]", subject, addresses.at[i]), question);
	}
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	for (size_t i = 0; i < site->cache_count; i++)
		if (is_redis(&site->caches[i]) || is_memcached(&site->caches[i]))
			ask_cache(asking, &site->caches[i]);
}

static bool starts(const char *text, const char *with)
{
	return text && strncmp(text, with, strlen(with)) == 0;
}

/* How Redis speaks to a stranger, by the first words of its answer to PING. */
static const struct phrase {
	const char *begins;
	enum pf_reach reach;
	const char *words;
} redis_phrases[] = {
	{"-NOAUTH", PF_REACH_PASSWORD, "asks for a password (-NOAUTH)"},
	{"-ERR operation not permitted", PF_REACH_PASSWORD, "asks for a password"},
	{"-DENIED", PF_REACH_POLICY,
         "is reached and refuses by protected mode (-DENIED): one setting away from open"},
	{"-ERR max number of clients", PF_REACH_POLICY,
         "is reached and has no room for another client just now"},
	{"-NOPERM", PF_REACH_POLICY,
         "lets in without a password and refuses PING by its rules (-NOPERM)"},
	{"-LOADING", PF_REACH_OPEN, "lets in without a password (it is loading its data)"},
	{"-MASTERDOWN", PF_REACH_OPEN, "lets in without a password (a replica without master)"},
	{"-MISCONF", PF_REACH_OPEN, "lets in without a password (-MISCONF)"},
	{"-BUSY", PF_REACH_OPEN, "lets in without a password (busy with a script)"},
};

/* The nonce back, and nonsense refused: not an echo, not a server that says PONG to everything. */
static bool is_consistent(const struct pf_case *facts, struct pf_words replies)
{
	if (replies.count < 3 || replies.at[2][0] != '-')
		return false;
	const char *nonce = pf_say(facts, "$%.*s", (int)nonce_length(facts->canary), facts->canary);
	return strcmp(replies.at[1], nonce) == 0 || starts(replies.at[1], "-NOPERM");
}

static struct pf_reading read_redis(const struct pf_case *facts, const struct pf_answer *answer)
{
	struct pf_words replies = answer->redis.replies;
	const char *first = replies.count ? replies.at[0] : "";
	for (size_t i = 0; i < PF_COUNT(redis_phrases); i++)
		if (starts(first, redis_phrases[i].begins))
			return (struct pf_reading){redis_phrases[i].reach, redis_phrases[i].words};
	if (strcmp(first, "+PONG") != 0)
		return (struct pf_reading){
			PF_REACH_UNCLEAR,
			pf_say(facts, "answered PING with \"%s\"", first),
		};
	if (!is_consistent(facts, replies))
		return (struct pf_reading){
			PF_REACH_UNCLEAR,
			"answered PING and then contradicted itself: a honeypot or a proxy, not "
			"Redis as it is",
		};
	return (struct pf_reading){PF_REACH_OPEN, "answers PING without a password"};
}

static struct pf_reading read_memcached(const struct pf_case *facts, const struct pf_answer *answer)
{
	const char *reply = answer->raw.reply ? answer->raw.reply : "";
	const char *line = pf_say(facts, "%.*s", (int)strcspn(reply, "\\"), reply);
	if (starts(reply, "VERSION "))
		return (struct pf_reading){
			PF_REACH_OPEN,
			pf_say(facts, "answers without a password (\"%s\")", line),
		};
	if (starts(reply, "CLIENT_ERROR unauthenticated"))
		return (struct pf_reading){PF_REACH_PASSWORD, "asks for a password"};
	if (starts(reply, "ERROR Too many open connections"))
		return (struct pf_reading){
			PF_REACH_POLICY,
			"is reached and has no room for another client just now",
		};
	return (struct pf_reading){
		PF_REACH_UNCLEAR,
		pf_say(facts, "answered \"%s\", which is not memcached", line),
	};
}

static struct pf_reading read_cache(const struct pf_case *facts, const struct pf_exchange *exchange)
{
	struct pf_reading reading;
	if (pf_read_silence(facts, exchange->answer, &reading))
		return reading;
	return exchange->answer->kind == PF_KIND_redis ? read_redis(facts, exchange->answer)
	                                               : read_memcached(facts, exchange->answer);
}

static struct pf_verdict judge_outside(const struct pf_case *facts)
{
	return pf_judge_outside(facts, "outside",
	                        read_cache(facts, pf_exchange_of(facts, "outside")));
}

static struct pf_verdict judge_inside(const struct pf_case *facts)
{
	return pf_judge_inside(facts, read_cache);
}

static const struct pf_check checks[] = {
	{
		.id = "caches.only-app-servers",
		.severity = PF_CRITICAL,
		.seen_from = "every vantage",
		.block = "caches",
		.needs = "outside",
		.quiet_needs_control = true,
		.judge = judge_outside,
		.title = "The caches answer the app servers, and are closed to everybody else",
		.why = "Django keeps sessions, rendered pages and pickled objects in its cache. "
		       "Whoever can write there can become any user, or run code when the pickle "
		       "is read. The weight of a failure follows what was seen: critical when the "
		       "server lets in without a password, high when it asks for one (it can be "
		       "guessed, and flaws in the server are in reach), medium when it refuses by "
		       "its own rule. An app server that cannot get in is a failure too. A port "
		       "that accepts and says nothing is reported as not known, never as closed.",
		.remedy = "Bind to the private address, keep a password, and let the firewall drop\n"
			  "the rest, for both families:\n"
			  "redis.conf:     bind 10.0.0.2 fd00::2\n"
			  "                protected-mode yes\n"
			  "                aclfile /etc/redis/users.acl    # user default off\n"
			  "memcached.conf: -l 10.0.0.2\n"
			  "                -U 0\n"
			  "nftables (table inet covers IPv4 and IPv6):\n"
			  "    ip saddr 10.0.0.10 tcp dport { 6379, 11211 } accept\n"
			  "    ip6 saddr fd00::10 tcp dport { 6379, 11211 } accept\n"
			  "    tcp dport { 6379, 11211 } drop\n"
			  "Django: 'LOCATION': 'rediss://shop:PASSWORD@cache1:6379/1'\n",
		.reference = "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/"
			     "#caches",
	},
	{
		.id = "caches.only-app-servers",
		.severity = PF_CRITICAL,
		.seen_from = "every vantage",
		.block = "caches",
		.needs = "inside-1?",
		.quiet_needs_control = true,
		.judge = judge_inside,
	},
};

const struct pf_probe pf_probe_caches = {
	.name = "caches",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
