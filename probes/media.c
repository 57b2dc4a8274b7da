/* Uploads belong to the app, are written by it alone, and are never programs.
 *
 * MEDIA_ROOT holds what strangers send. A good host lets the user Django runs as write there and
 * nobody else, and gives no file an executable or setuid bit.
 */
#include "disk_reader.h"
#include "tree_reader.h"

static void ask(struct pf_asking *asking)
{
	const struct pf_directory *media = &pf_asking_site(asking)->media;
	if (media->declared && media->root && pf_vantage_in(pf_asking_vantage(asking), media->on))
		pf_ask(asking, "tree", media->root, pf_media_tree(asking));
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
	if (!facts->site->media.web_user && !facts->site->media.owner)
		return pf_unknown(
			facts, "tree",
			"the world cannot write to it; whether anybody but the app can was "
			"not looked at: the site file names neither media.owner nor "
			"media.web_user");
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

static struct pf_verdict judge_secrets(const struct pf_case *facts)
{
	const struct pf_facts_tree *tree = &pf_answer_of(facts, "tree")->tree;
	if (tree->secrets)
		return pf_fail(facts, "tree",
		               "%lld entries look like keys, dumps or other secrets%s",
		               (long long)tree->secrets,
		               pf_example(facts, tree->examples, "secret by its name"));
	return pf_pass(facts, "tree", "none of %lld entries looks like a key, a dump or a secret",
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

static struct pf_verdict judge_mount(const struct pf_case *facts)
{
	const struct pf_facts_tree *tree = &pf_answer_of(facts, "tree")->tree;
	bool nosuid = pf_words_have(tree->mount, "nosuid");
	bool noexec = pf_words_have(tree->mount, "noexec");
	if (!nosuid || !noexec)
		return pf_fail(facts, "tree",
		               "its file system is mounted without %s; %lld files here would be "
		               "dangerous if they were executed or rendered",
		               nosuid   ? "noexec"
		               : noexec ? "nosuid"
		                        : "nosuid and noexec",
		               (long long)tree->hazards);
	return pf_pass(facts, "tree",
	               "mounted nosuid and noexec; %lld files here would be dangerous if they "
	               "were executed or rendered",
	               (long long)tree->hazards);
}

#define CHECKLIST                                                                                  \
	"https://docs.djangoproject.com/en/stable/howto/deployment/checklist/"                     \
	"#media-root-and-media-url"
#define UPLOADS "https://docs.djangoproject.com/en/stable/topics/security/#user-uploaded-content"

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
		.remedy = "Its owner is the app's user:\n"
			  "    chown -R shop: /srv/shop/media\n"
			  "    chmod -R u=rwX,go=rX /srv/shop/media\n"
			  "Django:\n"
			  "    FILE_UPLOAD_PERMISSIONS = 0o644\n"
			  "    FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o755\n"
			  "systemd: in the unit of the app:\n"
			  "    [Service]\n"
			  "    UMask=0022\n",
		.reference = CHECKLIST,
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
		.remedy = "An upload is no program:\n"
			  "    find /srv/shop/media -type f -perm /6111 -exec chmod ugo-xs {} +\n"
			  "and mount the file system, if it is one of its own, with "
			  "nosuid,noexec,nodev.\n",
		.reference = UPLOADS,
	},
	{
		.id = "media.no-secrets",
		.severity = PF_HIGH,
		.seen_from = "host",
		.block = "media",
		.needs = "tree!",
		.judge = judge_secrets,
		.title = "No key, dump or other secret lies among the uploads",
		.why = "Everything in MEDIA_ROOT is given to whoever knows its name, and names "
		       "are guessed. A dump that somebody put there \"for a minute\", a .env, a "
		       "private key: they are found by scanners within hours. They are told by "
		       "their names; nothing is opened.",
		.remedy =
			"Move them out of MEDIA_ROOT and change what they gave away.\n"
			"Django: where users may upload such files, refuse the names:\n"
			"    upload = models.FileField(validators=[FileExtensionValidator(['jpg', "
			"'png', 'pdf'])])\n"
			"or serve uploads through a view that checks who asks.\n",
		.reference = UPLOADS,
	},
	{
		.id = "media.no-escape",
		.severity = PF_HIGH,
		.seen_from = "host",
		.block = "media",
		.needs = "tree!",
		.judge = judge_escape,
	},
	{
		.id = "media.mount",
		.severity = PF_INFO,
		.seen_from = "host",
		.block = "media",
		.needs = "tree!",
		.judge = judge_mount,
		.title = "Uploads lie on a file system mounted nosuid and noexec",
		.why = "With these options the kernel starts nothing from there and honours no "
		       "setuid bit, whatever else goes wrong. Interpreters read files all the "
		       "same, so this is a second line. Uploads that a server might execute or a "
		       "browser render (.php, .shtml, .svg, .html) are counted here: users may "
		       "well upload them, media.not-executed says whether they run.",
		.remedy = "fstab: for a file system of its own or a bind mount onto itself:\n"
			  "    /srv/shop/media  /srv/shop/media  none  bind,nosuid,noexec,nodev  0 "
			  "0\n"
			  "systemd: in the unit of the app:\n"
			  "    [Service]\n"
			  "    NoExecPaths=/srv/shop/media\n",
		.reference = UPLOADS,
	},
};

const struct pf_probe pf_probe_media = {
	.name = "media",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
	.marks = pf_tree_marks,
};
