/* postflight init: a site file from what this host, a Django project and a URL tell.
 *
 * The workers ask, as in an audit: first what runs here, then Django itself as the user it runs as.
 * Nothing is written but the site file, and that only where there was none.
 */
#include "base/clock.h"
#include "base/text.h"
#include "command/command.h"
#include "command/draft.h"
#include "command/surroundings.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATIENCE_MS = 40 * 1000 };

/* The first answer of that kind that the checks called `only` asked for on this host; NULL: none.
 */
static const struct pf_answer *ask_here(struct pf_invocation *invocation, struct pf_site *site,
                                        const char *only, enum pf_kind kind)
{
	static const struct pf_vantage here = {.name = "app", .role = "app"};
	static const struct pf_vantage *const vantages[] = {&here};
	struct pf_selection selection = {.only = {&only, 1}};
	site->vantages = &here;
	site->vantage_count = 1;
	struct pf_gather_order order = {
		.site = site,
		.site_text = "",
		.vantages = vantages,
		.vantage_count = 1,
		.selection = &selection,
		.credentials = pf_credentials_new(invocation->arena, site),
		.canary = pf_canary_new(invocation->arena),
		.lessons = -1,
		.soft_us = pf_now_us() + (int64_t)PATIENCE_MS * 1000,
		.stop = &pf_signal,
	};
	struct pf_gathered gathered = pf_gather(invocation->arena, &order);
	pf_credentials_free(order.credentials);
	for (size_t i = 0; i < gathered.vantages[0].count; i++) {
		const struct pf_exchange *exchange = gathered.vantages[0].exchanges[i];
		if (exchange->question.kind == kind && exchange->answer)
			return exchange->answer;
	}
	return NULL;
}

static bool is_there(struct pf_arena *arena, const char *folder, const char *name,
                     const char **path)
{
	*path = pf_arena_print(arena, "%s/%s", folder, name);
	return access(*path, F_OK) == 0;
}

/* The project's directory, absolute; NULL: none, and *wrong when one was asked for. */
static const char *find_project(struct pf_invocation *invocation, bool *wrong)
{
	char path[PATH_MAX];
	const char *manage, *given = invocation->project;
	*wrong = given != NULL;
	if (!realpath(given ? given : ".", path))
		return NULL;
	const char *project = pf_arena_copy(invocation->arena, path);
	if (!is_there(invocation->arena, project, "manage.py", &manage))
		return NULL;
	*wrong = false;
	return project;
}

/* The configuration that a running nginx was started with; NULL: the usual one. */
static const char *front_of(const struct pf_answer *running)
{
	for (size_t i = 0; running && i < running->process.processes.count; i++) {
		const struct pf_process *process = &running->process.processes.at[i];
		if (!process->name || strcmp(process->name, "nginx") != 0)
			continue;
		for (size_t k = 0; k + 1 < process->command.count; k++)
			if (strcmp(process->command.at[k], "-c") == 0 &&
			    process->command.at[k + 1][0] == '/')
				return process->command.at[k + 1];
	}
	return NULL;
}

static void find_python(struct pf_draft *draft)
{
	static const char *const places[] = {"venv/bin/python", ".venv/bin/python",
	                                     "env/bin/python", "../venv/bin/python",
	                                     "../env/bin/python"};
	const char *path;
	for (size_t i = 0; i < PF_COUNT(places) && !draft->python; i++)
		if (is_there(draft->arena, draft->project, places[i], &path)) {
			draft->python = path;
			draft->why_python = "found beside the project";
		}
	if (!draft->python) {
		draft->python = "/usr/bin/python3";
		draft->why_python = "a guess: no virtual environment was found";
	}
}

/* What manage.py takes when nothing else is said; where a module named production stands beside
 * it, that one. */
static void find_settings(struct pf_draft *draft)
{
	static const char name[] = "DJANGO_SETTINGS_MODULE";
	char text[16 * 1024 + 1];
	const char *path;
	if (draft->settings || !is_there(draft->arena, draft->project, "manage.py", &path))
		return;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t count = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
	if (fd >= 0)
		close(fd);
	text[count > 0 ? count : 0] = '\0';
	const char *at = strstr(text, name);
	at = at ? strpbrk(at + strlen(name) + 1, "'\"") : NULL;
	if (!at)
		return;
	const char *module = pf_arena_copy_bytes(draft->arena, at + 1, strcspn(at + 1, "'\"\n"));
	const char *package = pf_arena_copy_bytes(draft->arena, module, strcspn(module, "."));
	draft->settings = module;
	draft->why_settings = "what manage.py takes; check that the live site does too";
	if (!strstr(module, "production") &&
	    is_there(draft->arena, draft->project,
	             pf_arena_print(draft->arena, "%s/settings/production.py", package), &path)) {
		draft->settings = pf_arena_print(draft->arena, "%s.settings.production", package);
		draft->why_settings = "a guess, by the name of the file";
	}
}

static bool is_application_server(const struct pf_draft *draft, const struct pf_process *process)
{
	static const char *const names[] = {"gunicorn", "uvicorn", "daphne", "hypercorn", "uwsgi"};
	if (process->directory && draft->project && strcmp(process->directory, draft->project) == 0)
		return true;
	for (size_t i = 0; i < PF_COUNT(names); i++)
		for (size_t j = 0; j < process->command.count && j < 3; j++)
			if (strstr(process->command.at[j], names[i]))
				return !process->directory || !draft->project;
	return false;
}

/* "app1:8000" or "unix:/path", of "tcp 127.0.0.1:8000" */
static const char *backend_of(const struct pf_draft *draft, const struct pf_process *process)
{
	for (size_t i = 0; i < process->listens.count; i++) {
		const char *words = process->listens.at[i];
		if (strncmp(words, "tcp ", 4) == 0)
			return strncmp(words + 4, "0.0.0.0:", 8) == 0
			               ? pf_arena_print(draft->arena, "127.0.0.1:%s", words + 12)
			               : words + 4;
		if (strncmp(words, "unix /", 6) == 0)
			return pf_arena_print(draft->arena, "unix:%s", words + 5);
	}
	return NULL;
}

static void look_at(struct pf_draft *draft, const struct pf_process *process)
{
	static const char *const fronts[] = {"nginx", "apache2"};
	for (size_t i = 0; process->name && i < PF_COUNT(fronts); i++)
		if (strcmp(process->name, fronts[i]) == 0 && process->uid != 0) {
			draft->web_user = process->user;
			draft->why_web_user = "whom the web server runs as";
		}
	if (!draft->project || !is_application_server(draft, process))
		return;
	draft->user = process->user;
	draft->why_user = "whom the application server runs as";
	if (!draft->backend && (draft->backend = backend_of(draft, process)))
		draft->why_backend = "what the application server listens on";
	if (process->command.count && process->command.at[0][0] == '/' &&
	    strstr(process->command.at[0], "python")) {
		draft->python = process->command.at[0];
		draft->why_python = "what the application server runs with";
	}
}

static void ask_django(struct pf_invocation *invocation, struct pf_site *site,
                       struct pf_draft *draft)
{
	static const char *here[] = {"app"};
	size_t count;
	char *bytes;
	site->app = (struct pf_app){.declared = true,
	                            .on = {here, 1},
	                            .project = draft->project,
	                            .python = draft->python,
	                            .settings = draft->settings,
	                            .user = draft->user,
	                            .env_file = draft->env_file};
	const struct pf_answer *answer =
		draft->settings ? ask_here(invocation, site, "caches.shared-backend", PF_KIND_exec)
				: NULL;
	if (!answer || answer->outcome != PF_answered || !answer->exec.output ||
	    !pf_unescape(invocation->arena, answer->exec.output, &bytes, &count)) {
		draft->trouble = answer ? pf_outcome_sentence(answer->outcome)
		                        : "its settings module was not found";
		return;
	}
	draft->facts = bytes;
	const char *error = pf_draft_fact(draft, "error", 0);
	if (pf_draft_fact(draft, "end", 0))
		return;
	draft->facts = NULL;
	draft->trouble = error ? error : "it ended without a word";
}

/* The project's code is not run as root because nothing else is known: who owns manage.py will do.
 */
static void find_user(struct pf_draft *draft)
{
	struct stat status;
	const char *path;
	const struct passwd *owner;
	if (draft->user || !is_there(draft->arena, draft->project, "manage.py", &path) ||
	    stat(path, &status) != 0 || !(owner = getpwuid(status.st_uid)))
		return;
	draft->user = pf_arena_copy(draft->arena, owner->pw_name);
	draft->why_user = "a guess: who owns manage.py; nothing runs here";
}

static const char *url_for(const struct pf_draft *draft, const char *host)
{
	return draft->https_port && draft->https_port != 443
	               ? pf_arena_print(draft->arena, "https://%s:%lld", host,
	                                (long long)draft->https_port)
	               : pf_arena_print(draft->arena, "https://%s", host);
}

/* Where no URL was given: the first whole name in ALLOWED_HOSTS, or that the front answers for. */
static bool choose_url(struct pf_draft *draft)
{
	const char *host;
	for (size_t i = 0; !draft->url && (host = pf_draft_fact(draft, "allowed_host", i)); i++)
		if (host[0] != '.' && host[0] != '*' && strchr(host, '.') && pf_is_host(host))
			draft->url = url_for(draft, host);
	if (!draft->url && draft->name_count)
		draft->url = url_for(draft, draft->names[0]);
	return draft->url != NULL;
}

static int save(struct pf_invocation *invocation, const char *text, size_t size)
{
	const char *path = invocation->outputs[0].path;
	if (!path || strcmp(path, "-") == 0)
		return fwrite(text, 1, size, stdout) == size ? PF_EXIT_OK : PF_EXIT_USAGE;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
	bool written = out && fwrite(text, 1, size, out) == size;
	if (!out || fclose(out) != 0 || !written) {
		pf_complain("%s: %s", pf_escape_text(invocation->arena, path, 200),
		            errno == EEXIST ? "is there already, and was left as it is"
		                            : strerror(errno));
		if (fd >= 0) /* half a site file would be taken for one */
			unlink(path);
		return PF_EXIT_USAGE;
	}
	fprintf(stderr,
	        "postflight: %s is written; read the notes in it, then: postflight run %s\n", path,
	        path);
	return PF_EXIT_OK;
}

/* What was written must be a site file: it is read before anybody gets it. */
static int write_draft(struct pf_invocation *invocation, const struct pf_draft *draft)
{
	struct pf_mistakes mistakes = {0};
	struct pf_site site;
	char *text = NULL;
	size_t size = 0;
	FILE *memory = open_memstream(&text, &size);
	if (!memory)
		return PF_EXIT_USAGE;
	pf_draft_write(draft, memory);
	int code = PF_EXIT_USAGE;
	if (fclose(memory) == 0 &&
	    pf_site_parse(invocation->arena, "draft", text, size, &site, &mistakes))
		code = save(invocation, text, size);
	for (size_t i = 0; i < mistakes.count; i++)
		pf_complain("%s", pf_mistake_line(invocation->arena, "draft", &mistakes.at[i]));
	free(text);
	return code;
}

/* What runs counts most, then what its unit says, then what lies beside the project. */
static void look_around(struct pf_invocation *invocation, struct pf_site *site,
                        struct pf_draft *draft)
{
	if (!draft->project)
		return;
	const struct pf_answer *running =
		ask_here(invocation, site, "exposure.listeners", PF_KIND_process);
	for (size_t i = 0; running && i < running->process.processes.count; i++)
		look_at(draft, &running->process.processes.at[i]);
	pf_ask_units(draft);
	find_python(draft);
	find_settings(draft);
	find_user(draft);
	ask_django(invocation, site, draft);
	pf_ask_front(draft, front_of(running));
}

int pf_do_init(struct pf_invocation *invocation)
{
	struct pf_draft draft = {.arena = invocation->arena, .as_root = geteuid() == 0};
	struct pf_mistakes mistakes = {0};
	struct pf_site site;
	bool wrong;
	draft.url = invocation->argument_count ? invocation->arguments[0] : NULL;
	draft.project = find_project(invocation, &wrong);
	if (!draft.project && !wrong)
		pf_ask_units(&draft);
	if (wrong) {
		pf_complain("--project: %s holds no manage.py",
		            pf_escape_text(invocation->arena, invocation->project, 200));
		return PF_EXIT_USAGE;
	}
	if (!draft.url && !draft.project) {
		pf_complain("give a URL, or --project DIR with the directory that holds manage.py");
		return PF_EXIT_USAGE;
	}
	if (!pf_site_of_url(invocation->arena, draft.url ? draft.url : "https://site.invalid",
	                    &site, &mistakes)) {
		for (size_t i = 0; i < mistakes.count; i++)
			pf_complain("%s", mistakes.at[i].text);
		return PF_EXIT_USAGE;
	}
	look_around(invocation, &site, &draft);
	if (!choose_url(&draft)) {
		pf_complain("the site's address was not found%s%s: give its URL",
		            draft.trouble ? ": " : "", draft.trouble ? draft.trouble : "");
		return PF_EXIT_USAGE;
	}
	return write_draft(invocation, &draft);
}
