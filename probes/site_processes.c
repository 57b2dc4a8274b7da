/* The site's processes are nobody special, and cannot write their own code.
 *
 * A flaw in the application gives a stranger what its processes may do. A good host runs them as a
 * user of their own, without capabilities, who reads the code and does not own it: then what was
 * broken into is gone after the next restart.
 */
#include "disk_reader.h"
#include "tree_reader.h"

#include <string.h>

enum { USERS = 4 };

static bool starts(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

/* Programs that serve Django or work for it, by the name of their file. */
static bool is_runtime(const struct pf_process *process)
{
	static const char *const names[] = {"python", "gunicorn",  "uwsgi",   "uvicorn",
	                                    "daphne", "hypercorn", "granian", "celery",
	                                    "pypy",   "waitress",  "unitd"};
	const char *slash = process->program ? strrchr(process->program, '/') : NULL;
	const char *name = slash ? slash + 1 : process->name;
	for (size_t i = 0; name && i < PF_COUNT(names); i++)
		if (starts(name, names[i]))
			return true;
	return false;
}

/* "shop" of "shop.settings.production". */
static bool names_package(const struct pf_site *site, const char *word)
{
	size_t length = site->app.settings ? strcspn(site->app.settings, ".") : 0;
	return length && strncmp(word, site->app.settings, length) == 0 &&
	       (starts(word + length, ".wsgi") || starts(word + length, ".asgi") ||
	        strcmp(word, site->app.settings) == 0);
}

/* What postflight itself runs here asks on standard input. */
static bool is_ours(const struct pf_process *process)
{
	return process->command.count == 2 && strcmp(process->command.at[1], "-") == 0;
}

static bool is_of_site(const struct pf_site *site, const struct pf_process *process)
{
	if (process->pid == 0 || !is_runtime(process) || is_ours(process))
		return false;
	if (pf_is_within(site->app.project, process->directory))
		return true;
	for (size_t i = 0; i < process->command.count; i++) {
		const char *word = process->command.at[i];
		if (names_package(site, word) || pf_is_within(site->app.project, word))
			return true;
	}
	return false;
}

static bool asks_from(const struct pf_site *site, const struct pf_vantage *vantage)
{
	return site->app.declared && site->app.project && pf_vantage_in(vantage, site->app.on);
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	const char *users[USERS];
	size_t count = 0;
	if (!asks_from(site, pf_asking_vantage(asking)))
		return;
	pf_ask(asking, "processes", site->app.project,
	       (struct pf_question){.kind = PF_KIND_process, .process = {.all = true}});
	const struct pf_answer *answer = pf_asked(asking, "processes", site->app.project);
	if (!answer || answer->outcome != PF_answered)
		return;
	const struct pf_processes *list = &answer->process.processes;
	for (size_t i = 0; i < list->count && count < USERS; i++) {
		struct pf_words known = {users, count};
		const char *user = list->at[i].user;
		if (is_of_site(site, &list->at[i]) && list->at[i].uid != 0 &&
		    !pf_words_have(known, user))
			users[count++] = user;
	}
	if (count)
		pf_ask(asking, "code", site->app.project,
		       (struct pf_question){
			       .kind = PF_KIND_tree,
			       .tree = {.root = site->app.project,
		                        .users = pf_list(asking, count, users)},
		       });
}

/* The first process of the site that is more than it needs to be. */
static const struct pf_process *powerful(const struct pf_case *facts,
                                         const struct pf_processes *list, size_t *count)
{
	const struct pf_process *found = NULL;
	*count = 0;
	for (size_t i = 0; i < list->count; i++) {
		const struct pf_process *process = &list->at[i];
		if (!is_of_site(facts->site, process))
			continue;
		++*count;
		bool special = process->uid == 0 || pf_words_have(process->capabilities, "all") ||
		               pf_words_have(process->capabilities, "cap_dac_override") ||
		               pf_words_have(process->capabilities, "cap_sys_admin") ||
		               pf_words_have(process->capabilities, "cap_setuid");
		if (special && !found)
			found = process;
	}
	return found;
}

static struct pf_verdict judge_user(const struct pf_case *facts)
{
	const struct pf_answer *processes = pf_answer_of(facts, "processes");
	const struct pf_answer *code = pf_answer_of(facts, "code");
	size_t count;
	const struct pf_process *process = powerful(facts, &processes->process.processes, &count);
	if (process && process->uid == 0)
		return pf_fail(facts, "processes", "process %lld (%s) runs as root",
		               (long long)process->pid,
		               process->command.count ? process->command.at[0] : process->name);
	if (process)
		return pf_fail(facts, "processes",
		               "process %lld (%s, user %s) has the capability %s",
		               (long long)process->pid, process->name, process->user,
		               process->capabilities.at[0]);
	if (count == 0)
		return pf_unknown(facts, "processes", "no process of the site was seen");
	if (!code || code->outcome != PF_answered)
		return pf_unknown(facts, "code", "whether %s can write the code could not be seen",
		                  facts->site->app.user ? facts->site->app.user : "its user");
	const struct pf_facts_tree *tree = &code->tree;
	if (tree->replaceable)
		return pf_fail(facts, "code",
		               "the site's processes can write or replace %lld files of their own "
		               "code%s",
		               (long long)tree->replaceable,
		               pf_example(facts, tree->examples, "code that can be replaced"));
	if (tree->parents.count)
		return pf_fail(facts, "code", "the project can be replaced from above%s",
		               pf_example(facts, tree->parents, ""));
	return pf_pass(facts, "code", "%zu processes, none as root, none can write the code",
	               count);
}

static const struct pf_check checks[] = {
	{
		.id = "exposure.process-user",
		.severity = PF_HIGH,
		.seen_from = "app host",
		.block = "app",
		.needs = "processes! code?",
		.judge = judge_user,
		.title = "No process of the site runs as root or can write its own code",
		.why = "Whoever breaks into the application has what its processes have. As root "
		       "that is the machine; as the owner of the code it is every request from "
		       "then on, after every restart. The processes are told by what they run: "
		       "Python or an application server, in the project's directory or with its "
		       "wsgi module. Files count as their code when they end in .py, .pyc, .so or "
		       ".pth below the project.",
		.remedy = "systemd: in the unit of the app:\n"
			  "    [Service]\n"
			  "    User=shop\n"
			  "    CapabilityBoundingSet=\n"
			  "    NoNewPrivileges=yes\n"
			  "    ProtectSystem=strict\n"
			  "    ReadWritePaths=/var/lib/shop/media\n"
			  "The code belongs to another user:\n"
			  "    chown -R deploy: /srv/shop && chmod -R go-w /srv/shop\n"
			  "gunicorn as root with `user = 'shop'` keeps a master that is root: let "
                          "systemd change the user.\n",
		.reference = "https://docs.gunicorn.org/en/stable/deploy.html#systemd",
	},
};

const struct pf_probe pf_probe_site_processes = {
	.name = "site_processes",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
	.asks_from = asks_from,
};
