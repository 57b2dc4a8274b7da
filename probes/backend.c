/* The application server's own port answers nobody but the front.
 *
 * gunicorn and its like believe the headers that the front sets: who the client is, whether it came
 * by HTTPS, which Host it asked for. Whoever reaches the port directly writes those headers
 * themselves. A good host listens on loopback or a socket file. So every vantage but the app
 * servers knocks; an accepted connection is one too many, even if nothing is said on it. Where the
 * backend is declared on loopback, its port is tried on the site's own addresses: that is where it
 * would be if it listened on more than it should. A socket file cannot be knocked at from
 * elsewhere: there the app host says whether its process listens on the network as well.
 */
#include "process_reader.h"

#include <stdlib.h>
#include <string.h>

struct backend {
	const char *host;
	int64_t port;
};

/* "app1:8000", "[fd00::1]:8000" or ":8000"; false: a socket file, or nothing that can be knocked
 * at.
 */
static bool read_backend(struct pf_asking *asking, const char *text, struct backend *backend)
{
	const char *colon = text ? strrchr(text, ':') : NULL;
	if (!colon || text[0] == '/' || strncmp(text, "unix:", 5) == 0)
		return false;
	bool bracketed = text[0] == '[' && colon > text + 1 && colon[-1] == ']';
	const char *start = bracketed ? text + 1 : text;
	size_t length = (size_t)(colon - start) - bracketed;
	char *end;
	backend->host = pf_word(asking, "%.*s", (int)length, start);
	backend->port = strtol(colon + 1, &end, 10);
	return *end == '\0' && backend->port > 0 && backend->port < 65536;
}

static bool is_loopback(const char *host)
{
	return !*host || strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0 ||
	       strcmp(host, "localhost") == 0;
}

static bool knocks_from(const struct pf_site *site, const struct pf_vantage *vantage)
{
	return strcmp(vantage->role, "app") != 0 && !pf_vantage_in(vantage, site->app.on);
}

static const char *socket_file(const struct pf_site *site)
{
	const char *text = site->app.backend;
	if (text && strncmp(text, "unix:", 5) == 0)
		text += 5;
	return text && *text == '/' ? text : NULL;
}

static void ask_host(struct pf_asking *asking, const char *path)
{
	pf_ask(asking, "processes", pf_word(asking, "unix:%s", path),
	       (struct pf_question){.kind = PF_KIND_process});
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	struct backend backend;
	struct pf_words addresses;
	if (socket_file(site) && pf_vantage_in(pf_asking_vantage(asking), site->app.on))
		ask_host(asking, socket_file(site));
	if (!read_backend(asking, site->app.backend, &backend) ||
	    !knocks_from(site, pf_asking_vantage(asking)))
		return;
	const char *host = is_loopback(backend.host) ? site->url.host : backend.host;
	const char *subject = pf_url_authority(asking, "", host, backend.port);
	if (!pf_addresses(asking, host, subject, &addresses))
		return;
	for (size_t i = 0; i < addresses.count; i++)
		if (!is_loopback(addresses.at[i]) || host == site->url.host)
			pf_ask(asking, "knock",
			       pf_word(asking, "%s [%s]", subject, addresses.at[i]),
			       (struct pf_question){
				       .kind = PF_KIND_raw,
				       .raw = {.transport = "tcp",
			                       .address = addresses.at[i],
			                       .port = backend.port},
			       });
}

static bool asks_from(const struct pf_site *site, const struct pf_vantage *vantage)
{
	return knocks_from(site, vantage) != (socket_file(site) != NULL);
}

static struct pf_verdict judge_hidden(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "knock");
	const char *name = facts->vantage->name, *role = facts->vantage->role;
	if (answer->outcome == PF_refused || pf_outcome_is_quiet(answer->outcome))
		return pf_pass(facts, "knock", "%s, from %s (role %s)",
		               pf_outcome_sentence(answer->outcome), name, role);
	return pf_fail(facts, "knock", "accepts connections from %s (role %s)", name, role);
}

/* What else, beyond this machine, somebody who holds the socket file listens on; NULL: nothing. */
static const char *network_listener(const struct pf_facts_process *host, const char *words)
{
	for (size_t i = 0; i < host->processes.count; i++) {
		const struct pf_process *process = &host->processes.at[i];
		if (!pf_words_have(process->listens, words))
			continue;
		for (size_t k = 0; k < process->listens.count; k++) {
			struct pf_listener at;
			if (pf_listener_read(process->listens.at[k], &at) &&
			    at.scope != PF_SCOPE_LOOPBACK && strcmp(at.protocol, "tcp") == 0)
				return process->listens.at[k];
		}
	}
	return NULL;
}

static struct pf_verdict judge_socket_file(const struct pf_case *facts)
{
	const struct pf_facts_process *host = &pf_answer_of(facts, "processes")->process;
	const char *words = pf_say(facts, "unix %s", facts->subject + strlen("unix:"));
	const struct pf_process *holder = pf_listening_on(host, words);
	if (!holder)
		return pf_unknown(facts, "processes", "nothing on %s listens on this socket file",
		                  facts->vantage->name);
	if (holder->pid == 0)
		return pf_unknown(facts, "processes",
		                  "somebody listens there, and only root may see who");
	const char *also = network_listener(host, words);
	if (also)
		return pf_fail(facts, "processes", "its process %s (pid %lld) listens on %s too",
		               holder->name, (long long)holder->pid, also);
	return pf_pass(facts, "processes", "its process %s listens on nothing beyond this machine",
	               holder->name);
}

static const struct pf_check checks[] = {
	{
		.id = "https.backend-hidden",
		.severity = PF_HIGH,
		.seen_from = "every vantage but app",
		.block = "app",
		.needs = "knock",
		.quiet_needs_control = true,
		.judge = judge_hidden,
		.title = "The application server's own port is closed to everybody but the front",
		.why = "Past the front there is no TLS, no host check, no limit. A client that "
		       "reaches the port itself sends X-Forwarded-Proto: https and Django believes "
		       "it, sends X-Forwarded-For and is logged as anybody. Being able to connect "
		       "is counted, whatever is said afterwards.",
		.remedy = "Listen on a socket, or on loopback (127.0.0.1:8000):\n"
			  "    gunicorn shop.wsgi --bind unix:/run/shop/gunicorn.sock\n"
			  "    uvicorn shop.asgi:application --uds /run/shop/uvicorn.sock\n"
			  "nginx:\n"
			  "    location / { proxy_pass http://unix:/run/shop/gunicorn.sock; }\n"
			  "Apache:\n"
			  "    ProxyPass / unix:/run/shop/gunicorn.sock|http://127.0.0.1/\n"
			  "Docker: not \"8000:8000\":\n"
			  "    ports: [\"127.0.0.1:8000:8000\"]\n"
			  "nftables: on two machines, admit the front alone:\n"
			  "    ip saddr 10.0.0.5 tcp dport 8000 accept\n"
			  "    ip6 saddr fd00::5 tcp dport 8000 accept\n"
			  "    tcp dport 8000 drop\n",
		.reference = "https://docs.gunicorn.org/en/stable/deploy.html",
	},
	{
		.id = "https.backend-hidden",
		.severity = PF_HIGH,
		.seen_from = "app host",
		.block = "app",
		.needs = "processes!",
		.judge = judge_socket_file,
	},
};

const struct pf_probe pf_probe_backend = {
	.name = "backend",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
	.asks_from = asks_from,
};
