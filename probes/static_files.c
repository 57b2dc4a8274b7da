/* Nobody who serves static files may write them.
 *
 * Static files are code that runs in every visitor's browser. A good host lets the deploying user
 * write them and nobody else: not the user Django runs as, not the web server's, not the world, and
 * none of them can rename the directory away from above.
 */
#include "postflight/probe.h"
#include "tree_reader.h"

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	const struct pf_directory *files = &site->static_files;
	const char *users[2];
	size_t count = 0;
	if (!files->declared || !files->root ||
	    !pf_vantage_in(pf_asking_vantage(asking), files->on))
		return;
	if (files->web_user)
		users[count++] = files->web_user;
	if (site->app.user)
		users[count++] = site->app.user;
	pf_ask(asking, "tree", files->root,
	       (struct pf_question){
		       .kind = PF_KIND_tree,
		       .tree = {.root = files->root, .users = pf_list(asking, count, users)},
	       });
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
	return pf_pass(
		facts, "tree",
		"none of %lld entries can be written by the world, the web server or the app",
		(long long)tree->entries);
}

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
		.remedy = "    chown -R deploy: /srv/shop/static\n"
			  "    chmod -R u=rwX,go=rX /srv/shop/static\n"
			  "    chmod go-w /srv /srv/shop\n"
			  "and run collectstatic as that user:\n"
			  "    sudo -u deploy venv/bin/python manage.py collectstatic --noinput\n",
		.reference = "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/"
			     "#static-root-and-static-url",
	},
};

const struct pf_probe pf_probe_static_files = {
	.name = "static_files",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
