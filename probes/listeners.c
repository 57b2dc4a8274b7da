/* Nothing listens on a public address that the site does not declare.
 *
 * A firewall is one line of configuration, a socket that is not there needs none. The hosts of the
 * site say themselves what listens on them: the stores and the application server must be bound to
 * loopback or to a private address, never to every address; and whatever else can be reached from
 * the internet must be the site, ssh, or named in the site file (vantages, `ports`).
 */
#include "process_reader.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN = 5 };

static bool asks_from(const struct pf_site *site, const struct pf_vantage *vantage)
{
	return pf_is_site_host(site, vantage);
}

static void ask(struct pf_asking *asking)
{
	const struct pf_vantage *vantage = pf_asking_vantage(asking);
	if (pf_is_site_host(pf_asking_site(asking), vantage))
		pf_ask(asking, "processes", pf_word(asking, "listeners on %s", vantage->name),
		       (struct pf_question){.kind = PF_KIND_process});
}

/* Programs that only the site's own machines may talk to. */
static bool is_store_program(const char *name)
{
	static const char *const names[] = {
		"redis-server", "redis-sentinel", "valkey-server", "memcached",      "postgres",
		"mysqld",       "mariadbd",       "gunicorn",      "uwsgi",          "uvicorn",
		"daphne",       "hypercorn",      "mongod",        "rabbitmq-server"};
	return name && pf_words_have((struct pf_words){names, PF_COUNT(names)}, name);
}

static bool has_port(const struct pf_service *services, size_t count, int64_t port)
{
	for (size_t i = 0; i < count; i++)
		if (services[i].url.port == port)
			return true;
	return false;
}

static int64_t backend_port(const struct pf_site *site)
{
	const char *colon = site->app.backend ? strrchr(site->app.backend, ':') : NULL;
	return colon ? strtol(colon + 1, NULL, 10) : 0;
}

/* A database, a cache or an application server, by its port or by its program. */
static bool is_store(const struct pf_site *site, const struct pf_process *process, int64_t port)
{
	return has_port(site->databases, site->database_count, port) ||
	       has_port(site->caches, site->cache_count, port) || port == backend_port(site) ||
	       is_store_program(process->name);
}

static bool is_declared(const struct pf_case *facts, int64_t port)
{
	const struct pf_site *site = facts->site;
	return port == site->url.port || port == site->http_port ||
	       (port == 22 && facts->vantage->ssh);
}

/* Of datagram services only those count that a stranger makes use of: clients, clocks and address
 * leases hold such sockets too. */
static bool is_watched_datagram(const struct pf_site *site, int64_t port)
{
	static const int64_t reflectors[] = {53, 69, 111, 161, 389, 1900};
	for (size_t i = 0; i < PF_COUNT(reflectors); i++)
		if (port == reflectors[i])
			return true;
	return has_port(site->caches, site->cache_count, port);
}

static bool has_public_address(const struct pf_facts_process *host)
{
	for (size_t i = 0; i < host->addresses.count; i++)
		if (pf_scope_of(host->addresses.at[i]) == PF_SCOPE_PUBLIC)
			return true;
	return false;
}

static bool is_fault(const struct pf_case *facts, const struct pf_facts_process *host,
                     const struct pf_process *process, const struct pf_listener *at)
{
	if (at->scope < PF_SCOPE_PUBLIC || is_declared(facts, at->port) ||
	    pf_words_have(facts->vantage->ports, pf_say(facts, "%lld", (long long)at->port)))
		return false;
	if (strcmp(at->protocol, "udp") == 0 && !is_watched_datagram(facts->site, at->port))
		return false;
	return is_store(facts->site, process, at->port) || at->scope == PF_SCOPE_PUBLIC ||
	       has_public_address(host);
}

/* One socket at fault; the workers that share it with their master do not count again. */
static const char *told(const struct pf_case *facts, const struct pf_facts_process *host,
                        const struct pf_process *process, const char *words)
{
	struct pf_listener at;
	if (!pf_listener_read(words, &at) || pf_listening_on(host, words) != process ||
	    !is_fault(facts, host, process, &at))
		return NULL;
	return pf_say(facts, "%s (user %s) on %s%s", process->name ? process->name : "a process",
	              process->user, words,
	              at.scope == PF_SCOPE_EVERY ? ", which is every address" : "");
}

static struct pf_verdict judge(const struct pf_case *facts)
{
	const struct pf_facts_process *host = &pf_answer_of(facts, "processes")->process;
	const char *list = "", *name = facts->vantage->name;
	size_t count = 0;
	for (size_t i = 0; i < host->processes.count; i++) {
		const struct pf_process *process = &host->processes.at[i];
		for (size_t k = 0; k < process->listens.count; k++) {
			const char *one = told(facts, host, process, process->listens.at[k]);
			if (one && count++ < SHOWN)
				list = pf_say(facts, "%s%s%s", list, *list ? "; " : "", one);
		}
	}
	if (count)
		return pf_fail(facts, "processes", "on %s: %s%s", name, list,
		               count > SHOWN ? pf_say(facts, "; and %zu more", count - SHOWN) : "");
	return pf_pass(facts, "processes",
	               "on %s nothing listens on a public address but what the site declares (%lld "
	               "sockets)",
	               name, (long long)host->listening);
}

/* Every socket of this host that others could reach, so that a later audit can say which are new.
 * What a client opens for itself in passing is no service. */
static size_t marks(const struct pf_case *facts, struct pf_mark out[])
{
	const struct pf_answer *answer = pf_answer_of(facts, "processes");
	size_t count = 0;
	if (!answer || answer->outcome != PF_answered)
		return 0;
	for (size_t i = 0; i < answer->process.processes.count; i++) {
		const struct pf_process *process = &answer->process.processes.at[i];
		for (size_t k = 0; k < process->listens.count && count < PF_MARKS; k++) {
			const char *words = process->listens.at[k];
			struct pf_listener at;
			if (!pf_listener_read(words, &at) || at.scope == PF_SCOPE_LOOPBACK ||
			    strcmp(at.protocol, "tcp") != 0 ||
			    pf_listening_on(&answer->process, words) != process)
				continue;
			out[count++] =
				(struct pf_mark){"listener", facts->vantage->name,
			                         pf_say(facts, "%s (user %s) on %s",
			                                process->name ? process->name : "a process",
			                                process->user, words)};
		}
	}
	return count;
}

static const struct pf_check checks[] = {
	{
		.id = "exposure.listeners",
		.severity = PF_HIGH,
		.seen_from = "app, db and backup hosts",
		.block = "vantages",
		.needs = "processes!",
		.judge = judge,
		.title = "Nothing listens on a public address that the site does not declare",
		.why = "What a firewall hides today is open the day that a rule is flushed, a "
		       "container "
		       "publishes its port past it, or somebody forgets IPv6. Databases, caches "
		       "and "
		       "application servers bound to loopback or to a private address stay closed "
		       "all the same. Other services count where the host has a public address; "
		       "those that are meant to be there are named in the site file.",
		.remedy = "Each listens on loopback or the private address alone.\n"
			  "postgresql.conf:\n"
			  "    listen_addresses = '10.0.0.2'\n"
			  "redis.conf:\n"
			  "    bind 10.0.0.2 127.0.0.1\n"
			  "memcached.conf:\n"
			  "    -l 10.0.0.2\n"
			  "my.cnf:\n"
			  "    [mysqld]\n"
			  "    bind-address = 10.0.0.2\n"
			  "gunicorn and its like:\n"
			  "    gunicorn shop.wsgi --bind 127.0.0.1:8000\n"
			  "Docker: not \"6379:6379\":\n"
			  "    ports: [\"127.0.0.1:6379:6379\"]\n"
			  "site file: what is meant to be reached is declared:\n"
			  "    vantages:\n"
			  "      app1: {role: app, ssh: deploy@app1, ports: [9100]}\n",
		.reference = "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/",
	},
};

const struct pf_probe pf_probe_listeners = {
	.name = "listeners",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
	.asks_from = asks_from,
	.marks = marks,
};
