/* What the settings say, asked of Django itself on the app host: derived facts only, no secret. */
#ifndef PF_PROBES_DJANGO_READER_H
#define PF_PROBES_DJANGO_READER_H

#include "postflight/probe.h"

/* Puts the question "settings" about "settings" on the vantages of app.on, if the site file says
 * how Django is run. The same words for every probe, so it is asked once. */
void pf_ask_settings(struct pf_asking *asking);

/* Parts of django_facts.py that are asked for together, since each start of Django costs the site's
 * machine something: what is known once the settings are read, and what takes the whole project.
 * Both, "mail" and "history" are the same words for every probe, so each is asked once. */
#define PF_ABOUT_SETTINGS "settings,places"
#define PF_ABOUT_PROJECT "deploy,sessions"

/* Puts the question `tag` about `subject` for such parts, as pf_ask_settings does. */
void pf_ask_django(struct pf_asking *asking, const char *tag, const char *subject,
                   const char *parts);

/* Puts the question "marks": which files that the site logs to hold these two texts. */
void pf_ask_marks(struct pf_asking *asking, const char *subject, const char *const marks[2]);

/* Why the answer does not tell that part; NULL: it does, to its end. */
const char *pf_untold(const struct pf_case *facts, const struct pf_answer *answer,
                      const char *part);

/* The value of the `number`th fact of that name (from 0), copied; NULL: there are no more. */
const char *pf_setting(const struct pf_case *facts, const struct pf_answer *answer,
                       const char *name, size_t number);

/* The same for a probe that asks on. */
const char *pf_setting_word(struct pf_asking *asking, const struct pf_answer *answer,
                            const char *name, size_t number);

/* Does the answer say `name=value`? For a probe that asks on. */
bool pf_setting_is(const struct pf_answer *answer, const char *name, const char *value);

/* Why a judge must leave it: the answer to the question that is called like its part could not be
 * read, or does not tell `name`. NULL: it does. */
const char *pf_setting_missing(const struct pf_case *facts, const char *part, const char *name);

/* A fact of several words: the last takes what is left, those that are not there are "". */
enum { PF_FACT_WORDS = 6 };
struct pf_fact {
	const char *word[PF_FACT_WORDS];
	int64_t number[PF_FACT_WORDS]; /* of the word; 0: it is none */
};

/* False: there is no such fact, or it is empty. */
bool pf_fact(const struct pf_case *facts, const struct pf_answer *answer, const char *name,
             size_t number, struct pf_fact *fact);

#endif
