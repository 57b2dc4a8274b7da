/* Where the original of a backup is, and whether that is this machine. */
#include "origin_reader.h"

#include "place_reader.h"

#include <string.h>

enum { ADDRESSES = 6, LESSON = 200 };

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

struct pf_original pf_original_of(struct pf_asking *asking, const char *of)
{
	const struct pf_site *site = pf_asking_site(asking);
	struct pf_original original = {.subject = "media", .on = site->media.on};
	for (size_t i = 0; i < site->database_count; i++) {
		const struct pf_service *database = &site->databases[i];
		if (strcmp(database->name, of) != 0)
			continue;
		bool is_file = strcmp(database->url.scheme, "sqlite") == 0;
		bool is_local = is_file || !database->url.host || !*database->url.host ||
		                pf_is_own_name(database->url.host);
		original.database = database;
		original.subject = pf_word(asking, "database %s", of);
		original.on = is_local ? site->app.on : (struct pf_words){NULL, 0};
	}
	return original;
}

/* "home of SUBJECT ADDRESS ADDRESS": taught by the machine that has the original. Two machines may
 * share an address (a bridge of containers), but not all of them. */
static const char *home(struct pf_asking *asking, const char *subject)
{
	return pf_word(asking, "home of %s: ", subject);
}

static void teach_home(struct pf_asking *asking, const struct pf_original *original,
                       const struct pf_facts_process *here)
{
	const char *lesson = home(asking, original->subject);
	for (size_t i = 0; i < here->addresses.count && i < ADDRESSES; i++) {
		const char *address = here->addresses.at[i];
		if (strlen(lesson) + strlen(address) < LESSON && !pf_is_own_name(address) &&
		    !starts(address, "fe80:"))
			lesson = pf_word(asking, "%s%s ", lesson, address);
	}
	pf_teach(asking, lesson);
}

/* Are all addresses of the lesson ours? */
static enum pf_sameness is_home(struct pf_asking *asking, const char *addresses,
                                const struct pf_facts_process *here)
{
	size_t ours = 0, all = 0;
	for (const char *at = addresses; *at; at += strcspn(at, " "), at += *at == ' ', all++) {
		const char *one = pf_word(asking, "%.*s", (int)strcspn(at, " "), at);
		ours += pf_words_have(here->addresses, one);
	}
	return all == 0 ? PF_NOT_TOLD : ours == all ? PF_SAME : PF_OTHER;
}

static enum pf_sameness by_lesson(struct pf_asking *asking, const struct pf_original *original,
                                  const struct pf_facts_process *here)
{
	struct pf_words lessons = pf_lessons(asking);
	const char *head = home(asking, original->subject);
	enum pf_sameness found = PF_NOT_TOLD;
	for (size_t i = 0; i < lessons.count; i++) {
		enum pf_sameness one = starts(lessons.at[i], head)
		                               ? is_home(asking, lessons.at[i] + strlen(head), here)
		                               : PF_NOT_TOLD;
		found = one == PF_SAME || found == PF_NOT_TOLD ? one : found;
	}
	return found;
}

/* Is a server with this name one of ours? It is looked up, but nothing waits for it alone. */
static enum pf_sameness by_name(struct pf_asking *asking, const struct pf_original *original,
                                const struct pf_facts_process *here)
{
	const char *host = original->database->url.host;
	pf_ask(asking, "lookup", original->subject,
	       (struct pf_question){.kind = PF_KIND_resolve, .resolve = {.host = host}});
	const struct pf_answer *answer = pf_asked(asking, "lookup", original->subject);
	if (!answer || answer->outcome != PF_answered || !answer->resolve.addresses.count)
		return PF_NOT_TOLD;
	for (size_t i = 0; i < answer->resolve.addresses.count; i++)
		if (pf_words_have(here->addresses, answer->resolve.addresses.at[i]) ||
		    pf_is_own_name(answer->resolve.addresses.at[i]))
			return PF_SAME;
	return PF_OTHER;
}

enum pf_sameness pf_same_machine(struct pf_asking *asking, const struct pf_original *original,
                                 const struct pf_facts_process *here)
{
	if (pf_vantage_in(pf_asking_vantage(asking), original->on))
		return PF_SAME;
	return original->on.count ? by_lesson(asking, original, here)
	                          : by_name(asking, original, here);
}

void pf_say_home(struct pf_asking *asking, const struct pf_original *original)
{
	if (!pf_vantage_in(pf_asking_vantage(asking), original->on))
		return;
	pf_ask(asking, "home", original->subject, (struct pf_question){.kind = PF_KIND_process});
	const struct pf_answer *answer = pf_asked(asking, "home", original->subject);
	if (answer && answer->outcome == PF_answered)
		teach_home(asking, original, &answer->process);
}
