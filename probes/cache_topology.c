/* Replicas, Sentinels and cluster nodes are as closed as the cache itself.
 *
 * A replica holds all the data, a Sentinel decides who is master, and both are often set up in a
 * hurry on another port. The server names them to those it lets in: an app server asks it with the
 * app's own password (INFO replication, CLUSTER NODES), knocks at the usual port of a Sentinel
 * beside it, and teaches every vantage what there is. Those then greet each node like any cache,
 * with no password at all.
 */
#include "cache_reader.h"

#include <stdlib.h>
#include <string.h>

enum { SENTINEL_PORT = 26379, NODES = 16 };

static bool starts(const char *text, const char *with)
{
	return text && strncmp(text, with, strlen(with)) == 0;
}

/* ---- what is taught ---- */

/* Of a server's words: is it an address that may be knocked at? Its own loopback is nobody
 * else's, and link-local ones belong to whatever network one is on. */
static bool is_node_address(const char *address, size_t length)
{
	char text[64] = "";
	if (length == 0 || length >= sizeof text)
		return false;
	memcpy(text, address, length);
	bool four = strspn(text, "0123456789.") == length && strchr(text, '.');
	bool six = strspn(text, "0123456789abcdefABCDEF:.") == length && strchr(text, ':');
	return (four || six) && !pf_is_loopback(text) && !starts(text, "0.") &&
	       !starts(text, "169.254.") && !starts(text, "fe80:") && strcmp(text, "::") != 0;
}

/* "<role> <address> <port> <number of the cache>". The cache's own loopback is where it was met. */
static void teach(struct pf_asking *asking, size_t cache, const char *role, const char *address,
                  size_t length, long port, const char *met_at)
{
	if (pf_is_loopback(address)) {
		address = met_at;
		length = strlen(met_at);
	}
	if (is_node_address(address, length) && port > 0 && port < 65536)
		pf_teach(asking, pf_word(asking, "%s %.*s %ld %zu", role, (int)length, address,
		                         port, cache));
}

/* "slave0:ip=10.0.0.3,port=6380,state=online,..." in the replies' notation. */
static void teach_replicas(struct pf_asking *asking, size_t cache, const char *info,
                           const char *met_at)
{
	const char *at = info;
	for (size_t i = 0; i < NODES && (at = strstr(at, ":ip=")); i++) {
		const char *address = at + 4;
		size_t length = strcspn(address, ",");
		at = address + length;
		if (starts(at, ",port="))
			teach(asking, cache, "replica", address, length, strtol(at + 6, NULL, 10),
			      met_at);
	}
	const char *host = strstr(info, "master_host:"), *port = strstr(info, "master_port:");
	if (host && port)
		teach(asking, cache, "master", host + 12, strcspn(host + 12, "\\"),
		      strtol(port + 12, NULL, 10), met_at);
}

/* "<id> 10.0.0.3:6379@16379[,name] master - ...": the last colon before @ parts address and port.
 */
static void teach_nodes(struct pf_asking *asking, size_t cache, const char *nodes,
                        const char *met_at)
{
	const char *at = nodes;
	for (size_t i = 0; i < NODES && (at = strchr(at, '@')); i++, at++) {
		const char *colon = at, *start;
		while (colon > nodes && *colon != ':' && *colon != ' ')
			colon--;
		for (start = colon; start > nodes && start[-1] != ' ';)
			start--;
		if (*colon == ':')
			teach(asking, cache, "node", start, (size_t)(colon - start),
			      strtol(colon + 1, NULL, 10), met_at);
	}
}

/* ---- asking ---- */

static const char *reply_to(const struct pf_question *question, const struct pf_answer *answer,
                            const char *command)
{
	struct pf_exchange exchange = {.question = *question, .answer = answer};
	return pf_redis_reply(&exchange, command);
}

static void learn_from(struct pf_asking *asking, size_t number, const char *subject,
                       const char *address)
{
	const struct pf_service *cache = &pf_asking_site(asking)->caches[number];
	const char *about = pf_word(asking, "%s [%s]", subject, address);
	struct pf_redis_place place = pf_redis_place_of(cache, address);
	struct pf_question interview = pf_redis_interview(asking, cache, address);
	pf_ask(asking, "interview", about, interview);
	const struct pf_answer *told = pf_asked(asking, "interview", about);
	if (told) {
		teach_replicas(asking, number, reply_to(&interview, told, "INFO"), address);
		if (strstr(reply_to(&interview, told, "HELLO"), "$mode $cluster")) {
			static const char *const commands[] = {"CLUSTER NODES"};
			struct pf_question cluster = interview;
			cluster.redis.commands = pf_list(asking, 1, commands);
			pf_ask(asking, "cluster", about, cluster);
			const struct pf_answer *nodes = pf_asked(asking, "cluster", about);
			if (nodes)
				teach_nodes(asking, number, reply_to(&cluster, nodes, "CLUSTER"),
				            address);
		}
	}
	place.port = SENTINEL_PORT;
	pf_ask(asking, "sentinel", about, pf_redis_greeting(asking, place));
	const struct pf_answer *sentinel = pf_asked(asking, "sentinel", about);
	if (sentinel && sentinel->outcome == PF_answered)
		teach(asking, number, "sentinel", address, strlen(address), SENTINEL_PORT, address);
}

/* Every node that somebody was told of. Lessons come from other machines: what makes no sense is
 * left alone. */
static void ask_nodes(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	struct pf_words lessons = pf_lessons(asking);
	for (size_t i = 0; i < lessons.count; i++) {
		const char *role = lessons.at[i], *space = strchr(role, ' ');
		const char *address = space ? space + 1 : "";
		size_t length = strcspn(address, " ");
		char *end;
		long port = strtol(address + length, &end, 10);
		size_t number = strtoul(end, NULL, 10);
		if (!is_node_address(address, length) || port <= 0 || port > 65535 ||
		    number >= site->cache_count || !pf_cache_is_redis(&site->caches[number]))
			continue;
		const struct pf_service *cache = &site->caches[number];
		address = pf_word(asking, "%.*s", (int)length, address);
		bool inside = pf_must_get_in(site, cache, pf_asking_vantage(asking));
		struct pf_redis_place place = pf_redis_place_of(cache, address);
		if (port == place.port && strcmp(address, cache->url.host) == 0)
			continue;
		place.port = port;
		pf_ask(asking, inside ? "node-inside" : "node-outside",
		       pf_word(asking, "%s://%s (%.*s of %s)", cache->url.scheme,
		               pf_url_authority(asking, "", address, port), (int)(space - role),
		               role, pf_service_subject(asking, cache)),
		       pf_redis_greeting(asking, place));
	}
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	struct pf_words addresses;
	for (size_t i = 0; i < site->cache_count; i++) {
		const struct pf_service *cache = &site->caches[i];
		if (!pf_cache_is_redis(cache) ||
		    !pf_must_get_in(site, cache, pf_asking_vantage(asking)))
			continue;
		const char *subject = pf_service_subject(asking, cache);
		if (!pf_addresses(asking, cache->url.host, subject, &addresses))
			continue;
		for (size_t k = 0; k < addresses.count; k++)
			learn_from(asking, i, subject, addresses.at[k]);
	}
	ask_nodes(asking);
}

/* ---- judging ---- */

static struct pf_verdict judge_outside(const struct pf_case *facts)
{
	return pf_judge_outside(facts, "node-outside",
	                        pf_read_cache(facts, pf_exchange_of(facts, "node-outside")));
}

static struct pf_verdict judge_inside(const struct pf_case *facts)
{
	struct pf_reading reading = pf_read_cache(facts, pf_exchange_of(facts, "node-inside"));
	const char *name = facts->vantage->name;
	if (reading.reach == PF_REACH_OPEN)
		return pf_fail(facts, "node-inside", "%s, from %s", reading.words, name);
	if (reading.reach == PF_REACH_UNCLEAR)
		return pf_unknown(facts, "node-inside", "%s, from %s", reading.words, name);
	return pf_pass(facts, "node-inside", "%s, from %s", reading.words, name);
}

/* Did the server say whom else there is? */
static struct pf_verdict judge_told(const struct pf_case *facts)
{
	const struct pf_exchange *interview = pf_exchange_of(facts, "interview");
	if (pf_redis_lacks_password(interview))
		return pf_skip(facts, "interview",
		               "was not asked for its replicas: the site file names no password "
		               "for it (password_file)");
	const char *failed = pf_redis_interview_failed(facts, interview);
	if (failed)
		return pf_unknown(facts, "interview", "%s", failed);
	const char *info = pf_redis_reply(interview, "INFO");
	if (!strstr(info, "role:"))
		return pf_unknown(facts, "interview",
		                  "does not tell the app what replicas it has: \"%.80s\" (the ACL "
		                  "rule +info lets it)",
		                  info);
	return pf_pass(facts, "interview", "tells the app what replicas it has; each is asked");
}

static const struct pf_check checks[] = {
	{
		.id = "caches.whole-topology",
		.severity = PF_HIGH,
		.seen_from = "every vantage",
		.block = "caches",
		.applies = pf_has_redis,
		.needs = "node-outside",
		.quiet_needs_control = true,
		.judge = judge_outside,
		.title = "Replicas, Sentinels and cluster nodes are as closed as the cache itself",
		.why = "A replica holds all that the cache holds, and a Sentinel without a "
		       "password "
		       "makes whom it is told to the master. They run on other ports and machines, "
		       "and are forgotten when the firewall and the passwords are made.",
		.remedy = "redis.conf: of the replica, as the master's:\n"
			  "    bind 10.0.0.3\n"
			  "    aclfile /etc/redis/users.acl\n"
			  "    masteruser replica\n"
			  "    masterauth PASSWORD\n"
			  "sentinel.conf:\n"
			  "    bind 10.0.0.3\n"
			  "    requirepass PASSWORD\n"
			  "nftables:\n"
			  "    ip saddr 10.0.0.10 tcp dport { 6379, 6380, 26379 } accept\n"
			  "    tcp dport { 6379, 6380, 26379 } drop\n",
		.reference =
			"https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/",
	},
	{
		.id = "caches.whole-topology",
		.severity = PF_HIGH,
		.seen_from = "app",
		.block = "caches",
		.applies = pf_has_redis,
		.needs = "node-inside",
		.quiet_needs_control = true,
		.judge = judge_inside,
	},
	{
		.id = "caches.whole-topology",
		.severity = PF_HIGH,
		.seen_from = "app",
		.block = "caches",
		.applies = pf_has_redis,
		.needs = "interview",
		.judge = judge_told,
	},
};

const struct pf_probe pf_probe_cache_topology = {
	.name = "cache_topology",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
	.reach = pf_read_cache,
};
