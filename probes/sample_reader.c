/* Finds and judges the sample: what is asked, and which of the answers may speak for the rest. */
#include "sample_reader.h"

#include "response_reader.h"

#include <string.h>
#include <strings.h>

const struct pf_sample pf_samples[PF_SAMPLES] = {
	{"page", "the first page"},
	{"error", "the page of an error"},
	{"static", "a static file"},
	{"media", "an upload"},
};

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* The path of an address on this place; NULL: it is elsewhere, or relative. */
static const char *path_here(struct pf_asking *asking, const struct pf_place *place,
                             const char *address)
{
	const char *home = pf_word(asking, "%s://%s/", place->scheme, place->authority);
	if (starts(address, home))
		return address + strlen(home) - 1;
	return address[0] == '/' && address[1] != '/' ? address : NULL;
}

/* Whether a browser would run what it holds as a page of the site. */
static bool is_named_document(const char *path)
{
	static const char *const endings[] = {".svg", ".html", ".htm", ".xhtml", ".xml"};
	size_t length = strcspn(path, "?#");
	for (size_t i = 0; i < PF_COUNT(endings); i++) {
		size_t ending = strlen(endings[i]);
		if (length > ending && strncasecmp(path + length - ending, endings[i], ending) == 0)
			return true;
	}
	return false;
}

/* The first file below `below` among what the page loads ("img src /media/a.png"), of uploads a
 * document before all others, for it can do the most harm; NULL: none. */
static const char *loaded_file(struct pf_asking *asking, const struct pf_place *place,
                               const struct pf_answer *page, const char *below, bool uploads)
{
	const char *first = NULL;
	for (size_t i = 0; pf_has_status(page) && i < page->http.loads.count; i++) {
		const char *address = strrchr(page->http.loads.at[i], ' ');
		const char *path = address ? path_here(asking, place, address + 1) : NULL;
		if (!path || !starts(path, below) || strlen(path) == strlen(below) ||
		    strchr(path, '\\'))
			continue;
		if (uploads && is_named_document(path))
			return pf_word(asking, "%.*s", (int)strcspn(path, "#"), path);
		first = first ? first : path;
	}
	return first ? pf_word(asking, "%.*s", (int)strcspn(first, "#"), first) : NULL;
}

static void ask_file(struct pf_asking *asking, const struct pf_place *place, const char *tag,
                     const char *path)
{
	if (path)
		pf_ask(asking, tag, place->subject, pf_visit(asking, place, path));
}

/* The part of a url of the site file that is a path here; NULL: files come from another host. */
static const char *root_of(struct pf_asking *asking, const struct pf_place *place,
                           const struct pf_directory *directory, const char *otherwise)
{
	return directory->url ? path_here(asking, place, directory->url) : otherwise;
}

const char *pf_static_root(struct pf_asking *asking, const struct pf_place *place)
{
	return root_of(asking, place, &pf_asking_site(asking)->static_files, "/static/");
}

const char *pf_media_root(struct pf_asking *asking, const struct pf_place *place)
{
	return root_of(asking, place, &pf_asking_site(asking)->media, "/media/");
}

/* What is asked under that tag, going by the first page; NULL: nothing, or not yet. */
static const char *sample_path(struct pf_asking *asking, const struct pf_place *place,
                               const char *tag)
{
	const struct pf_answer *page = pf_asked(asking, "page", place->subject);
	bool media = strcmp(tag, "media") == 0;
	const char *root = media ? pf_media_root(asking, place) : pf_static_root(asking, place);
	if (!page || !root)
		return NULL;
	const char *file = loaded_file(asking, place, page, root, media);
	return file || media ? file : pf_word(asking, "%sadmin/css/base.css", root);
}

const char *pf_sample_path(struct pf_asking *asking, const struct pf_place *place, const char *tag)
{
	const struct pf_answer *answer = pf_asked(asking, tag, place->subject);
	if (!pf_has_status(answer) || answer->http.status != 200)
		return NULL;
	return sample_path(asking, place, tag);
}

void pf_ask_sample(struct pf_asking *asking, const struct pf_place *place)
{
	const struct pf_site *site = pf_asking_site(asking);
	pf_ask(asking, "page", place->subject, pf_visit(asking, place, site->url.path));
	pf_ask(asking, "error", place->subject,
	       pf_visit(asking, place, pf_word(asking, "/pf-%s/", pf_canary_digits(asking))));
	ask_file(asking, place, "static", sample_path(asking, place, "static"));
	ask_file(asking, place, "media", sample_path(asking, place, "media"));
}

const struct pf_facts_http *pf_sample_of(const struct pf_case *facts, const char *tag)
{
	const struct pf_answer *answer = pf_answer_of(facts, tag);
	if (!pf_has_status(answer) || pf_is_refusal(answer))
		return NULL;
	bool file = strcmp(tag, "static") == 0 || strcmp(tag, "media") == 0;
	return file && answer->http.status >= 300 ? NULL : &answer->http;
}

const char *pf_sample_nothing(const struct pf_case *facts)
{
	const struct pf_answer *page = pf_answer_of(facts, "page");
	if (!pf_has_status(page))
		return pf_say(facts, "the first page was not seen: the peer %s",
		              pf_outcome_sentence(page->outcome));
	if (pf_is_refusal(page) || page->http.status == 403)
		return pf_say(facts, "the first page was answered %lld: not what a visitor sees",
		              (long long)page->http.status);
	return NULL;
}

const char *pf_sample_missed(const struct pf_case *facts)
{
	for (size_t i = 0; i < PF_SAMPLES; i++) {
		const struct pf_answer *answer = pf_answer_of(facts, pf_samples[i].tag);
		if (answer && pf_outcome_is_ours(answer->outcome))
			return pf_say(facts, "%s %s", pf_samples[i].what,
			              pf_outcome_sentence(answer->outcome));
	}
	return NULL;
}
