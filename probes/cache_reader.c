/* Redis and memcached, greeted and read. */
#include "cache_reader.h"

#include <string.h>

static bool starts(const char *text, const char *with)
{
	return text && strncmp(text, with, strlen(with)) == 0;
}

bool pf_cache_is_redis(const struct pf_service *cache)
{
	return pf_service_is(cache, "redis", "rediss");
}

bool pf_cache_is_memcached(const struct pf_service *cache)
{
	return pf_service_is(cache, "memcached", "memcached");
}

bool pf_has_redis(const struct pf_site *site)
{
	return pf_site_has(site->caches, site->cache_count, pf_cache_is_redis);
}

bool pf_has_memcached(const struct pf_site *site)
{
	return pf_site_has(site->caches, site->cache_count, pf_cache_is_memcached);
}

bool pf_has_network_cache(const struct pf_site *site)
{
	return pf_has_redis(site) || pf_has_memcached(site);
}

bool pf_is_loopback(const char *address)
{
	return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0;
}

const struct pf_service *pf_cache_of(const struct pf_case *facts)
{
	const struct pf_site *site = facts->site;
	for (size_t i = 0; i < site->cache_count; i++) {
		const struct pf_url *url = &site->caches[i].url;
		const char *host =
			strchr(url->host, ':') ? pf_say(facts, "[%s]", url->host) : url->host;
		const char *subject =
			pf_say(facts, "%s://%s:%lld", url->scheme, host, (long long)url->port);
		size_t length = strlen(subject);
		if (strncmp(facts->subject, subject, length) == 0 &&
		    (facts->subject[length] == '\0' || facts->subject[length] == ' '))
			return &site->caches[i];
	}
	return NULL;
}

/* ---- asking ---- */

/* The canary without its ending: a word of this run that only an ECHO brings back. */
static size_t nonce_length(const char *canary)
{
	return strcspn(canary, ".");
}

struct pf_question pf_redis_greeting(struct pf_asking *asking, struct pf_redis_place place)
{
	const char *canary = pf_asking_canary(asking);
	const char *const commands[] = {
		"PING",
		pf_word(asking, "ECHO %.*s", (int)nonce_length(canary), canary),
		"PFNONSENSE",
	};
	return (struct pf_question){
		.kind = PF_KIND_redis,
		.redis = {.address = place.address,
	                  .port = place.port,
	                  .tls = place.tls,
	                  .sni = place.sni,
	                  .commands = pf_list(asking, PF_COUNT(commands), commands)},
	};
}

struct pf_redis_place pf_redis_place_of(const struct pf_service *cache, const char *address)
{
	return (struct pf_redis_place){
		.address = address,
		.port = cache->url.port,
		.tls = strcmp(cache->url.scheme, "rediss") == 0,
		.sni = strchr(cache->url.host, ':') ? NULL : cache->url.host,
	};
}

static bool has_password(const struct pf_service *cache)
{
	const struct pf_password_source *source = &cache->password;
	return source->file || source->environment || source->credential || source->command.count;
}

struct pf_question pf_redis_interview(struct pf_asking *asking, const struct pf_service *cache,
                                      const char *address)
{
	struct pf_redis_place place = pf_redis_place_of(cache, address);
	const char *canary = pf_asking_canary(asking);
	const char *const commands[] = {
		"HELLO",
		"INFO replication",
		"CONFIG GET pf-none",
		"DEBUG HELP",
		"MODULE LIST",
		"ACL USERS",
		"EVAL return -1",
		pf_word(asking, "SORT %.*s", (int)nonce_length(canary), canary),
		"LASTSAVE",
	};
	const char *user = cache->username ? cache->username : cache->url.user;
	bool known = has_password(cache);
	return (struct pf_question){
		.kind = PF_KIND_redis,
		.redis = {.address = place.address,
	                  .port = place.port,
	                  .tls = place.tls,
	                  .sni = place.sni,
	                  .verify = place.tls,
	                  .credentials = known ? pf_word(asking, "caches/%s", cache->name) : NULL,
	                  .user = known && user && *user ? user : NULL,
	                  .commands = pf_list(asking, PF_COUNT(commands), commands)},
	};
}

const char *pf_redis_reply(const struct pf_exchange *exchange, const char *command)
{
	struct pf_words commands = exchange->question.redis.commands;
	struct pf_words replies = exchange->answer->redis.replies;
	for (size_t i = 0; i < commands.count && i < replies.count; i++)
		if (starts(commands.at[i], command))
			return replies.at[i];
	return "";
}

bool pf_redis_lacks_password(const struct pf_exchange *interview)
{
	const struct pf_words replies = interview->answer->redis.replies;
	return !interview->question.redis.credentials && replies.count &&
	       starts(replies.at[0], "-NOAUTH");
}

const char *pf_redis_interview_failed(const struct pf_case *facts,
                                      const struct pf_exchange *interview)
{
	const struct pf_answer *answer = interview->answer;
	const char *login = answer->redis.login;
	if (answer->outcome != PF_answered)
		return pf_say(facts, "%s%s%s", pf_outcome_sentence(answer->outcome),
		              answer->detail ? ": " : "", answer->detail ? answer->detail : "");
	if (login && (starts(login, "-WRONGPASS") || starts(login, "-NOAUTH")))
		return "does not take the password that the site file names";
	const char *first = answer->redis.replies.count ? answer->redis.replies.at[0] : "";
	if (!*first || starts(first, "-NOAUTH") || starts(first, "-DENIED") ||
	    starts(first, "-LOADING"))
		return pf_say(facts, "answers the app with \"%s\"", first);
	return NULL;
}

struct pf_question pf_cache_greeting(struct pf_asking *asking, const struct pf_service *cache,
                                     const char *address)
{
	if (pf_cache_is_redis(cache))
		return pf_redis_greeting(asking, pf_redis_place_of(cache, address));
	return (struct pf_question){
		.kind = PF_KIND_raw,
		.raw = {.transport = "tcp",
	                .address = address,
	                .port = cache->url.port,
	                .send = "version\\r\\n",
	                .until = "\\r\\n"},
	};
}

#define ZERO4 "\\x00\\x00\\x00\\x00"

struct pf_question pf_memcached_binary_greeting(const struct pf_service *cache, const char *address)
{
	/* Request, operation 0x0b (version), no key, no extras, no body. */
	return (struct pf_question){
		.kind = PF_KIND_raw,
		.raw = {.transport = "tcp",
	                .address = address,
	                .port = cache->url.port,
	                .send = "\\x80\\x0b\\x00\\x00" ZERO4 ZERO4 ZERO4 ZERO4 ZERO4},
	};
}

bool pf_memcached_wants_binary(const struct pf_answer *answer)
{
	return answer && answer->kind == PF_KIND_raw &&
	       (answer->outcome == PF_stalled || answer->outcome == PF_hung_up);
}

/* ---- reading ---- */

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
	/* A Sentinel has no ECHO, and where it is renamed nobody has. */
	if (starts(replies.at[1], "-ERR unknown command") &&
	    starts(replies.at[2], "-ERR unknown command"))
		return true;
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

/* The binary protocol's header, in escaped notation: 0x81, the operation asked for (0x0b, version),
 * then, behind four bytes, the status. */
static const char binary_head[] = "\\x81\\x0b\\x00\\x00\\x00\\x00";

static bool is_binary(const char *reply)
{
	return starts(reply, "\\x81");
}

/* Status 0 answers the question, 0x20 asks to authenticate first (0x20 is a blank). */
static struct pf_reading read_binary(const char *reply)
{
	const char *status = starts(reply, binary_head) ? reply + sizeof binary_head - 1 : "";
	if (starts(status, "\\x00\\x00"))
		return (struct pf_reading){PF_REACH_OPEN,
		                           "answers without a password (binary protocol)"};
	if (starts(status, "\\x00 "))
		return (struct pf_reading){PF_REACH_PASSWORD, "asks for a password (SASL)"};
	return (struct pf_reading){PF_REACH_UNCLEAR,
	                           "speaks memcached's binary protocol and answers nothing known"};
}

struct pf_reading pf_read_cache(const struct pf_case *facts, const struct pf_exchange *exchange)
{
	struct pf_reading reading;
	if (pf_read_silence(facts, exchange->answer, &reading))
		return reading;
	if (exchange->answer->kind == PF_KIND_redis)
		return read_redis(facts, exchange->answer);
	return is_binary(exchange->answer->raw.reply) ? read_binary(exchange->answer->raw.reply)
	                                              : read_memcached(facts, exchange->answer);
}
