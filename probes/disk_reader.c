/* Asks where the files of the site are, and what is among them. */
#include "disk_reader.h"

#include "visit_reader.h"

#include <string.h>

enum { LISTED = 64 };

void pf_ask_places(struct pf_asking *asking, const char *tag, const char *subject)
{
	pf_ask_django(asking, tag, subject, PF_ABOUT_SETTINGS);
}

const char *pf_canary_directory(struct pf_asking *asking)
{
	return pf_word(asking, "pf-%s", pf_canary_digits(asking));
}

bool pf_is_within(const char *directory, const char *path)
{
	size_t length = directory ? strlen(directory) : 0;
	while (length > 1 && directory[length - 1] == '/')
		length--;
	return length && path && strncmp(directory, path, length) == 0 &&
	       (path[length] == '/' || path[length] == '\0' || directory[length - 1] == '/');
}

struct pf_question pf_static_tree(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	const struct pf_directory *files = &site->static_files;
	const char *users[2];
	size_t count = 0;
	if (files->web_user)
		users[count++] = files->web_user;
	if (site->app.user)
		users[count++] = site->app.user;
	return (struct pf_question){
		.kind = PF_KIND_tree,
		.tree = {.root = files->root, .users = pf_list(asking, count, users)},
	};
}

/* The web server only reads; where it runs as the owner there is nobody to ask about. */
static bool is_other(const char *user, const char *owner)
{
	return user && (!owner || strcmp(user, owner) != 0);
}

struct pf_question pf_media_tree(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	const struct pf_directory *media = &site->media;
	const char *owner = media->owner ? media->owner : site->app.user;
	return (struct pf_question){
		.kind = PF_KIND_tree,
		.tree = {.root = media->root,
	                 .owner = owner,
	                 .users = pf_list(asking, is_other(media->web_user, owner),
	                                  &media->web_user),
	                 .leave_out = pf_canary_directory(asking)},
	};
}

struct pf_words pf_settings_list(struct pf_asking *asking, const struct pf_answer *answer,
                                 size_t count, const char *const names[])
{
	const char *words[LISTED];
	size_t found = 0;
	for (size_t i = 0; i < count; i++)
		for (size_t number = 0; found < LISTED; number++) {
			const char *value = pf_setting_word(asking, answer, names[i], number);
			if (!value)
				break;
			struct pf_words known = {words, found};
			if (!pf_words_have(known, value))
				words[found++] = value;
		}
	return pf_list(asking, found, words);
}
