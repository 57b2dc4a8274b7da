/* The paths of static files and uploads do not lead above their directories.
 *
 * `location /static { alias /srv/shop/static/; }` lacks a slash: /static../manage.py is then
 * /srv/shop/manage.py, and with it the whole project is to be had. A good host answers such a path
 * like any that does not exist. The proof needs no secret: a known file, asked for by way of the
 * directory above its own, comes back the same. A few names that lie there in most projects are
 * tried too.
 */
#include "leak_reader.h"
#include "response_reader.h"
#include "sample_reader.h"

#include <string.h>

static const struct {
	const char *name;
	enum pf_leak sort;
} above[] = {
	{".env", PF_LEAK_ENVIRONMENT},
	{"manage.py", PF_LEAK_PYTHON},
};

/* One of the two roots, and the tags of its questions. */
struct climb {
	const char *tag, *same, *guess, *sample;
	const char *root, *usual; /* "/static/"; what its directory is often called */
	const struct pf_directory *directory;
};

/* The last name in a path, without slashes at its end. */
static const char *base_of(struct pf_asking *asking, const char *path)
{
	size_t end = strlen(path);
	while (end > 0 && path[end - 1] == '/')
		end--;
	size_t start = end;
	while (start > 0 && path[start - 1] != '/')
		start--;
	return pf_word(asking, "%.*s", (int)(end - start), path + start);
}

/* The known file by way of the directory above: right if the directory's name is `base`. */
static void ask_same(struct pf_asking *asking, const struct pf_place *place,
                     const struct climb *climb, const char *tag, const char *base)
{
	const char *file = pf_sample_path(asking, place, climb->sample);
	if (!file || !*base)
		return;
	const char *path = pf_word(asking, "%.*s../%s/%s", (int)strlen(climb->root) - 1,
	                           climb->root, base, file + strlen(climb->root));
	pf_ask(asking, tag, place->subject, pf_visit(asking, place, path));
}

/* Each root is a subject of its own, as its findings are. */
static void ask_climb(struct pf_asking *asking, const struct pf_place *place,
                      const struct climb *climb)
{
	struct pf_place here = *place;
	if (!climb->root || strlen(climb->root) < 2)
		return;
	here.subject = pf_word(asking, "%s://%s%s [%s]", place->scheme, place->authority,
	                       climb->root, place->address);
	const char *up = pf_word(asking, "%.*s../", (int)strlen(climb->root) - 1, climb->root);
	const char *declared = climb->directory->root, *named = base_of(asking, climb->root);
	pf_ask(asking, climb->tag, here.subject,
	       pf_visit(asking, &here, pf_word(asking, "%spf-%s", up, pf_canary_digits(asking))));
	pf_ask_sample(asking, &here);
	ask_same(asking, &here, climb, climb->same, declared ? base_of(asking, declared) : named);
	ask_same(asking, &here, climb, climb->guess, declared ? named : climb->usual);
	pf_ask_strays(asking, &here, up);
	for (size_t i = 0; i < PF_COUNT(above); i++)
		pf_ask_leak(asking, &here, pf_word(asking, "%s%s", up, above[i].name),
		            above[i].sort);
}

/* The addresses of a name serve the same files, so one of them is asked. */
static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	const struct pf_site *site = pf_asking_site(asking);
	if (!place->first)
		return;
	ask_climb(asking, place,
	          &(struct climb){"static-above", "static-same", "static-guess", "static",
	                          pf_static_root(asking, place), "staticfiles",
	                          &site->static_files});
	ask_climb(asking, place,
	          &(struct climb){"media-above", "media-same", "media-guess", "media",
	                          pf_media_root(asking, place), "uploads", &site->media});
}

static void ask(struct pf_asking *asking)
{
	const struct pf_url *url = &pf_asking_site(asking)->url;
	pf_each_place(asking, url->scheme, url->host, ask_place);
}

static bool is_same_file(const struct pf_answer *file, const struct pf_answer *other)
{
	return pf_has_status(file) && pf_has_status(other) && file->http.status == 200 &&
	       other->http.status == 200 && file->http.length > 0 && file->http.digest &&
	       other->http.digest && strcmp(file->http.digest, other->http.digest) == 0;
}

static struct pf_verdict judge(const struct pf_case *facts, const char *above_tag,
                               const char *sample, const char *same, const char *guess)
{
	const char *ways[] = {same, guess}, *tag = NULL;
	const struct pf_answer *file = pf_answer_of(facts, sample);
	for (size_t i = 0; i < PF_COUNT(ways); i++) {
		const struct pf_exchange *way = pf_exchange_of(facts, ways[i]);
		if (way && is_same_file(file, way->answer))
			return pf_fail(facts, ways[i],
			               "%s is the same as %s: the path leads above its directory",
			               way->question.http.url,
			               pf_exchange_of(facts, sample)->question.http.url);
		if (way && pf_outcome_is_ours(way->answer->outcome))
			return pf_unknown(facts, ways[i], "the way up %s",
			                  pf_outcome_sentence(way->answer->outcome));
	}
	const char *found = pf_leak_found(facts, &tag), *nothing = pf_leak_nothing(facts);
	if (found)
		return pf_fail(facts, tag, "%s", found);
	if (nothing)
		return pf_unknown(facts, above_tag, "%s", nothing);
	return pf_pass(facts, above_tag, "nothing above the directory is served (answered %lld)",
	               (long long)pf_answer_of(facts, above_tag)->http.status);
}

static struct pf_verdict judge_static(const struct pf_case *facts)
{
	return judge(facts, "static-above", "static", "static-same", "static-guess");
}

static struct pf_verdict judge_media(const struct pf_case *facts)
{
	return judge(facts, "media-above", "media", "media-same", "media-guess");
}

#define WHY                                                                                        \
	"A web server maps a path to a directory, and one slash too few lets '..' through: "       \
	"/static../ is then the directory above, with settings, sources and the database's "       \
	"password. A symbolic link that leads out does the same for what it points at, and no "    \
	"server minds it unless told to: they come from `collectstatic --link`, from an unpacked " \
	"archive, from a move of the disk, or from somebody who wanted to read another file. "     \
	"From "                                                                                    \
	"outside a known file is asked for by way of the directory above its own, and a few "      \
	"names that lie there in most projects; on the host the tree is read for links."
static const struct pf_check checks[] = {
	{
		.id = "static.no-escape",
		.severity = PF_HIGH,
		.seen_from = "host, any",
		.needs = "static-above static-same? static-guess?",
		.judge = judge_static,
		.title = "The path of static files does not lead out of their directory",
		.why = WHY,
		.remedy =
			"Find what leads out:\n"
			"    find /srv/shop/static -type l -ls\n"
			"    python manage.py collectstatic --clear --noinput   # without --link\n"
			"nginx: a slash at the end of both, or of neither (not: location "
                        "/static):\n"
			"    location /static/ { alias /srv/shop/static/; }\n"
			"    disable_symlinks on from=$document_root;\n"
			"Apache:\n"
			"    Alias /static/ /srv/shop/static/\n"
			"    Options -FollowSymLinks\n",
		.reference = "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/"
			     "#static-root-and-static-url",
	},
	{
		.id = "media.no-escape",
		.severity = PF_HIGH,
		.seen_from = "host, any",
		.needs = "media-above media-same? media-guess?",
		.judge = judge_media,
		.title = "The path of uploads does not lead out of their directory",
		.why = WHY,
		.remedy =
			"Find what leads out:\n"
			"    find /srv/shop/media -type l -ls\n"
			"nginx: a slash at the end of both, or of neither (not: location /media):\n"
			"    location /media/ { alias /srv/shop/media/; }\n"
			"    disable_symlinks on from=$document_root;\n"
			"Apache:\n"
			"    Alias /media/ /srv/shop/media/\n"
			"    Options -FollowSymLinks\n",
		.reference = "https://docs.djangoproject.com/en/stable/topics/security/"
			     "#user-uploaded-content",
	},
};

const struct pf_probe pf_probe_climb = {
	.name = "climb",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
