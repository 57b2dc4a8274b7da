/* Nobody who serves static files may write them.
 *
 * Static files are code that runs in every visitor's browser. A good host lets the deploying user
 * write them and nobody else: not the user Django runs as, not the web server's, not the world, and
 * none of them can rename the directory away from above.
 */
#include "disk_reader.h"
#include "tree_reader.h"

static void ask(struct pf_asking *asking)
{
	const struct pf_directory *files = &pf_asking_site(asking)->static_files;
	if (files->declared && files->root && pf_vantage_in(pf_asking_vantage(asking), files->on))
		pf_ask(asking, "tree", files->root, pf_static_tree(asking));
}

static struct pf_verdict judge_writable(const struct pf_case *facts)
{
	const struct pf_facts_tree *tree = &pf_answer_of(facts, "tree")->tree;
	if (tree->world_writable)
		return pf_fail(facts, "tree", "%lld entries can be written by everybody%s",
		               (long long)tree->world_writable,
		               pf_example(facts, tree->examples, "world-writable"));
	if (tree->user_writable)
		return pf_fail(facts, "tree",
		               "%lld entries can be written by the web server's or the app's "
		               "user%s",
		               (long long)tree->user_writable,
		               pf_example(facts, tree->examples, "writable by"));
	if (tree->parents.count)
		return pf_fail(facts, "tree", "the directory can be replaced from above%s",
		               pf_example(facts, tree->parents, ""));
	if (tree->unknown_users.count)
		return pf_unknown(
			facts, "tree",
			"this host knows no user \"%s\", so what it may write is not known",
			tree->unknown_users.at[0]);
	if (!facts->site->static_files.web_user && !facts->site->app.user)
		return pf_unknown(facts, "tree",
		                  "the world cannot write to it; whether the web server or the app "
		                  "can was not looked at: the site file names neither "
		                  "static.web_user nor app.user");
	return pf_pass(
		facts, "tree",
		"none of %lld entries can be written by the world, the web server or the app",
		(long long)tree->entries);
}

static struct pf_verdict judge_sources(const struct pf_case *facts)
{
	const struct pf_facts_tree *tree = &pf_answer_of(facts, "tree")->tree;
	if (tree->secrets)
		return pf_fail(facts, "tree",
		               "%lld entries look like keys, dumps or other secrets%s",
		               (long long)tree->secrets,
		               pf_example(facts, tree->examples, "secret by its name"));
	if (tree->sources)
		return pf_fail(facts, "tree", "%lld entries look like sources of the project%s",
		               (long long)tree->sources,
		               pf_example(facts, tree->examples, "source by its name"));
	return pf_pass(facts, "tree", "none of %lld entries looks like a source or a secret",
	               (long long)tree->entries);
}

static struct pf_verdict judge_escape(const struct pf_case *facts)
{
	const struct pf_facts_tree *tree = &pf_answer_of(facts, "tree")->tree;
	if (tree->escaping)
		return pf_fail(facts, "tree", "%lld symbolic links lead out of the directory%s",
		               (long long)tree->escaping,
		               pf_example(facts, tree->examples, "leads out of the tree"));
	return pf_pass(facts, "tree", "no symbolic link among %lld entries leads out",
	               (long long)tree->entries);
}

#define CHECKLIST                                                                                  \
	"https://docs.djangoproject.com/en/stable/howto/deployment/checklist/"                     \
	"#static-root-and-static-url"

static const struct pf_check checks[] = {
	{
		.id = "static.not-writable",
		.severity = PF_HIGH,
		.seen_from = "host",
		.block = "static",
		.needs = "tree!",
		.judge = judge_writable,
		.title = "Neither the web server, the app nor the world can write static files",
		.why = "A flaw in the application that lets a stranger write one file becomes a "
		       "script in every visitor's browser when STATIC_ROOT is writable for its "
		       "user. collectstatic runs when you deploy, as the user who deploys; nobody "
		       "else needs to write there. Directories above count too: who may rename "
		       "them may put another tree in place.",
		.remedy = "Who deploys may write, nobody else:\n"
			  "    chown -R deploy: /srv/shop/static\n"
			  "    chmod -R u=rwX,go=rX /srv/shop/static\n"
			  "    chmod go-w /srv /srv/shop\n"
			  "and run collectstatic as that user:\n"
			  "    sudo -u deploy venv/bin/python manage.py collectstatic --noinput\n",
		.reference = CHECKLIST,
	},
	{
		.id = "static.no-sources",
		.severity = PF_HIGH,
		.seen_from = "host",
		.block = "static",
		.needs = "tree!",
		.judge = judge_sources,
	},
	{
		.id = "static.no-escape",
		.severity = PF_HIGH,
		.seen_from = "host",
		.block = "static",
		.needs = "tree!",
		.judge = judge_escape,
	},
};

const struct pf_probe pf_probe_static_files = {
	.name = "static_files",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
	.marks = pf_tree_marks,
};
