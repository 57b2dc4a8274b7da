/* Uploads belong to the app, are written by it alone, and are never programs.
 *
 * MEDIA_ROOT holds what strangers send. A good host lets the user Django runs as write there and
 * nobody else, and gives no file an executable or setuid bit.
 */
#include "postflight/probe.h"
#include "tree_reader.h"

#include <string.h>

/* The web server only reads; where it runs as the owner there is nobody to ask about. */
static bool is_other(const char *user, const char *owner)
{
	return user && (!owner || strcmp(user, owner) != 0);
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	const struct pf_directory *media = &site->media;
	if (!media->declared || !media->root ||
	    !pf_vantage_in(pf_asking_vantage(asking), media->on))
		return;
	const char *owner = media->owner ? media->owner : site->app.user;
	pf_ask(asking, "tree", media->root,
	       (struct pf_question){
		       .kind = PF_KIND_tree,
		       .tree = {.root = media->root,
	                        .owner = media->owner,
	                        .users = pf_list(asking, is_other(media->web_user, owner),
	                                         &media->web_user)},
	       });
}

static struct pf_verdict judge_writable(const struct pf_case *facts)
{
	const struct pf_exchange *exchange = pf_exchange_of(facts, "tree");
	const struct pf_facts_tree *tree = &exchange->answer->tree;
	if (tree->world_writable)
		return pf_fail(facts, "tree", "%lld entries can be written by everybody%s",
		               (long long)tree->world_writable,
		               pf_example(facts, tree->examples, "world-writable"));
	if (tree->parents.count)
		return pf_fail(facts, "tree", "the directory can be replaced from above%s",
		               pf_example(facts, tree->parents, ""));
	if (tree->user_writable)
		return pf_at(pf_fail(facts, "tree",
		                     "%lld entries can be written by the web server's user%s",
		                     (long long)tree->user_writable,
		                     pf_example(facts, tree->examples, "writable by")),
		             PF_MEDIUM);
	if (tree->foreign)
		return pf_at(pf_fail(facts, "tree", "%lld entries do not belong to %s%s",
		                     (long long)tree->foreign, exchange->question.tree.owner,
		                     pf_example(facts, tree->examples, "not owned")),
		             PF_MEDIUM);
	if (tree->unknown_users.count)
		return pf_unknown(
			facts, "tree",
			"this host knows no user \"%s\", so what it may write is not known",
			tree->unknown_users.at[0]);
	return pf_pass(facts, "tree", "none of %lld entries can be written by anybody but the app",
	               (long long)tree->entries);
}

static struct pf_verdict judge_executable(const struct pf_case *facts)
{
	const struct pf_facts_tree *tree = &pf_answer_of(facts, "tree")->tree;
	if (tree->setuid)
		return pf_at(pf_fail(facts, "tree", "%lld uploaded files are setuid or setgid%s",
		                     (long long)tree->setuid,
		                     pf_example(facts, tree->examples, "set")),
		             PF_HIGH);
	if (tree->executable)
		return pf_fail(facts, "tree", "%lld uploaded files have an executable bit%s",
		               (long long)tree->executable,
		               pf_example(facts, tree->examples, "executable"));
	return pf_pass(facts, "tree", "none of %lld entries is an executable or setuid file",
	               (long long)tree->entries);
}

static const struct pf_check checks[] = {
	{
		.id = "media.not-writable-by-others",
		.severity = PF_HIGH,
		.seen_from = "host",
		.block = "media",
		.needs = "tree!",
		.judge = judge_writable,
		.title = "Nobody but the app can write uploads",
		.why = "Whoever can write in MEDIA_ROOT can replace what users uploaded, or plant "
		       "pages and scripts under the site's own name, without passing any of the "
		       "application's checks. The web server needs to read there, no more. Files "
		       "that belong to somebody else than declared, or that the web server may "
		       "write, weigh less than what the whole world may write.",
		.remedy = "    chown -R shop: /srv/shop/media\n"
			  "    chmod -R u=rwX,go=rX /srv/shop/media\n"
			  "Django:\n"
			  "    FILE_UPLOAD_PERMISSIONS = 0o644\n"
			  "    FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o755\n"
			  "systemd unit of the app:  UMask=0022\n",
		.reference = "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/"
			     "#media-root-and-media-url",
	},
	{
		.id = "media.no-exec-bits",
		.severity = PF_LOW,
		.seen_from = "host",
		.block = "media",
		.needs = "tree!",
		.judge = judge_executable,
		.title = "No uploaded file is executable or setuid",
		.why = "An upload that can be started is one step of an attack already made. "
		       "Django "
		       "never sets these bits itself: they come from a careless `chmod -R`, from "
		       "an "
		       "unpacked archive, or from somebody who was there. A setuid file weighs "
		       "high.",
		.remedy = "    find /srv/shop/media -type f -perm /6111 -exec chmod ugo-xs {} +\n"
			  "and mount the file system, if it is one of its own, with "
			  "nosuid,noexec,nodev.\n",
		.reference = "https://docs.djangoproject.com/en/stable/topics/security/"
			     "#user-uploaded-content",
	},
};

const struct pf_probe pf_probe_media = {
	.name = "media",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
