/* Nobody is served by the development server.
 *
 * `manage.py runserver` is for one developer: it was never audited for anything else, reloads
 * itself when a file changes, and serves static files without caring who may write them. It names
 * itself in the Server header, unless a front puts its own name there. So the site's responses are
 * read from everywhere, the application server is asked directly on its own host, and the app host
 * says which processes listen.
 */
#include "process_reader.h"
#include "response_reader.h"
#include "sample_reader.h"

#include <stdlib.h>
#include <string.h>

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	pf_ask_sample(asking, place);
}

static void ask_plain(struct pf_asking *asking, const struct pf_place *place)
{
	pf_ask(asking, "plain-page", place->subject,
	       pf_visit(asking, place, pf_asking_site(asking)->url.path));
}

/* The page as the front asks the application server for it, at its own door. */
static void ask_backend(struct pf_asking *asking, const char *address, int64_t port)
{
	static const char *const as_front[] = {"X-Forwarded-Proto: https"};
	const struct pf_site *site = pf_asking_site(asking);
	const char *subject = pf_word(asking, "%s [%s]", site->app.backend, address);
	pf_ask(asking, "backend", subject,
	       (struct pf_question){
		       .kind = PF_KIND_http,
		       .http = {.url = pf_word(asking, "http://%s%s",
	                                       pf_url_authority(asking, "http", site->url.host, 0),
	                                       site->url.path),
	                        .address = address,
	                        .port = port,
	                        .headers = pf_list(asking, PF_COUNT(as_front), as_front)},
	       });
}

/* "app1:8000", ":8000", "/run/shop.sock" or "unix:/run/shop.sock". On its own host it is most often
 * to be had on loopback only. */
static void ask_host(struct pf_asking *asking)
{
	const char *backend = pf_asking_site(asking)->app.backend;
	const char *colon = backend ? strrchr(backend, ':') : NULL;
	if (backend && *backend == '/')
		ask_backend(asking, pf_word(asking, "unix:%s", backend), 0);
	else if (colon && strncmp(backend, "unix:/", 6) == 0)
		ask_backend(asking, backend, 0);
	else if (colon && atoi(colon + 1) > 0)
		ask_backend(asking, strchr(backend, '[') ? "::1" : "127.0.0.1", atoi(colon + 1));
	pf_ask(asking, "processes",
	       pf_word(asking, "processes on %s", pf_asking_vantage(asking)->name),
	       (struct pf_question){.kind = PF_KIND_process, .process = {.all = true}});
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	pf_each_place(asking, site->url.scheme, site->url.host, ask_place);
	if (pf_is_https(site))
		pf_each_place(asking, "http", site->url.host, ask_plain);
	if (pf_vantage_in(pf_asking_vantage(asking), site->app.on))
		ask_host(asking);
}

/* wsgiref's and Werkzeug's servers; the value, or NULL. django/core/servers/basehttp.py. */
static const char *development_server(const struct pf_answer *answer)
{
	const char *server = pf_has_status(answer) ? pf_header(&answer->http, "server") : NULL;
	bool found = server && (strncmp(server, "WSGIServer/", 11) == 0 ||
	                        strncmp(server, "Werkzeug/", 9) == 0);
	return found ? server : NULL;
}

static struct pf_verdict judge_tag(const struct pf_case *facts, const char *tag)
{
	const struct pf_answer *answer = pf_answer_of(facts, tag);
	const char *server = development_server(answer);
	if (server)
		return pf_fail(facts, tag, "a development server answers: \"Server: %s\"", server);
	if (!pf_has_status(answer))
		return pf_pass(facts, tag, "%s", pf_outcome_sentence(answer->outcome));
	if (pf_is_refusal(answer))
		return pf_unknown(facts, tag, "was answered %lld: whatever serves the site did not",
		                  (long long)answer->http.status);
	server = pf_header(&answer->http, "server");
	return pf_pass(facts, tag, "no development server answers (Server: %s)",
	               server ? server : "not said");
}

static struct pf_verdict judge_site(const struct pf_case *facts)
{
	for (size_t i = 0; i < PF_SAMPLES; i++) {
		const char *tag = pf_samples[i].tag;
		if (development_server(pf_answer_of(facts, tag)))
			return judge_tag(facts, tag);
	}
	return judge_tag(facts, "page");
}

static struct pf_verdict judge_plain(const struct pf_case *facts)
{
	return judge_tag(facts, "plain-page");
}

static struct pf_verdict judge_backend(const struct pf_case *facts)
{
	return judge_tag(facts, "backend");
}

static bool ends_with(const char *text, const char *tail)
{
	size_t length = strlen(text), end = strlen(tail);
	return length >= end && strcmp(text + length - end, tail) == 0;
}

/* The word after manage.py or django-admin when it starts a development server; NULL. */
static const char *development_command(const struct pf_process *process)
{
	static const char *const commands[] = {"runserver", "runserver_plus", "testserver"};
	struct pf_words command = process->command;
	for (size_t i = 0; i + 1 < command.count; i++) {
		const char *word = command.at[i];
		if (!ends_with(word, "manage.py") && !ends_with(word, "django-admin") &&
		    strcmp(word, "django") != 0)
			continue;
		for (size_t k = 0; k < PF_COUNT(commands); k++)
			if (strcmp(command.at[i + 1], commands[k]) == 0)
				return commands[k];
	}
	return NULL;
}

/* Whose sockets they are only root sees; what runs everybody does. */
static struct pf_verdict judge_processes(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "processes");
	const struct pf_facts_process *host = &answer->process;
	for (size_t i = 0; i < host->processes.count; i++) {
		const struct pf_process *process = &host->processes.at[i];
		const char *command = development_command(process);
		if (command && (process->listens.count || host->ownerless))
			return pf_fail(facts, "processes", "process %lld of %s is manage.py %s%s%s",
			               (long long)process->pid, process->user, command,
			               process->listens.count ? " and listens on " : "",
			               process->listens.count ? process->listens.at[0] : "");
	}
	if (answer->outcome != PF_answered && (answer->outcome != PF_partial || host->ownerless))
		return pf_unknown(facts, "processes", "the list of processes %s",
		                  pf_outcome_sentence(answer->outcome));
	return pf_pass(facts, "processes", "none of %lld listening sockets is a runserver's",
	               (long long)host->listening);
}

static const struct pf_check checks[] = {
	{
		.id = "runserver.not-serving",
		.severity = PF_HIGH,
		.seen_from = "any, app host",
		.needs = "page! error? static? media?",
		.judge = judge_site,
		.title = "The site is not served by manage.py runserver",
		.why = "runserver is for development: Django's documentation says not to use it "
		       "anywhere else, nobody looks for holes in it, it reloads itself whenever a "
		       "file of the project changes, and one slow client costs a thread without a "
		       "limit. Together with DEBUG it serves static files past every rule of the "
		       "front. Behind a front its Server header is hidden, so the app host is "
		       "asked "
		       "too: its own port, and the processes that listen. "
		       "runserver_plus adds Werkzeug's debugger.",
		.remedy = "systemd: an application server behind the web server:\n"
			  "    [Service]\n"
			  "    User=shop\n"
			  "    ExecStart=/srv/shop/venv/bin/gunicorn shop.wsgi --bind "
                          "unix:/run/shop/gunicorn.sock\n"
			  "or uvicorn, hypercorn, uWSGI, mod_wsgi. Then stop what was started by "
                          "hand:\n"
			  "    pgrep -af 'manage.py runserver'\n",
		.reference = "https://docs.djangoproject.com/en/stable/howto/deployment/",
	},
	{
		.id = "runserver.not-serving",
		.severity = PF_HIGH,
		.seen_from = "any",
		.needs = "plain-page",
		.judge = judge_plain,
		.quiet_needs_control = true,
	},
	{
		.id = "runserver.not-serving",
		.severity = PF_HIGH,
		.seen_from = "app host",
		.block = "app",
		.needs = "backend",
		.judge = judge_backend,
	},
	{
		.id = "runserver.not-serving",
		.severity = PF_HIGH,
		.seen_from = "app host",
		.block = "app",
		.needs = "processes?",
		.judge = judge_processes,
	},
};

const struct pf_probe pf_probe_runserver = {
	.name = "runserver",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
