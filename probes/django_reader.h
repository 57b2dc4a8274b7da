/* What the settings say, asked of Django itself on the app host: derived facts only, no secret. */
#ifndef PF_PROBES_DJANGO_READER_H
#define PF_PROBES_DJANGO_READER_H

#include "postflight/probe.h"

/* Puts the question "settings" about "settings" on the vantages of app.on, if the site file says
 * how Django is run. The same words for every probe, so it is asked once. */
void pf_ask_settings(struct pf_asking *asking);

/* A script for Python on standard input, with the site's settings at hand, as the site's user.
 * False: the site file does not say how Django is run, or not here. */
bool pf_django_question(struct pf_asking *asking, const char *python, struct pf_question *question);

/* Why the answer says nothing; NULL: the settings were read. */
const char *pf_settings_unread(const struct pf_case *facts, const struct pf_answer *answer);

/* The value of the `number`th fact of that name (from 0), copied; NULL: there are no more. */
const char *pf_setting(const struct pf_case *facts, const struct pf_answer *answer,
                       const char *name, size_t number);

/* The same for a probe that asks on. */
const char *pf_setting_word(struct pf_asking *asking, const struct pf_answer *answer,
                            const char *name, size_t number);

/* Does the answer say `name=value`? For a probe that asks on. */
bool pf_setting_is(const struct pf_answer *answer, const char *name, const char *value);

#endif
