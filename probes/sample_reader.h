/* A sample of the site's responses that several probes judge: its first page, an error, a static
 * file and an upload. */
#ifndef PF_PROBES_SAMPLE_READER_H
#define PF_PROBES_SAMPLE_READER_H

#include "visit_reader.h"

/* Puts "page" (the site's first page) and "error" (a page that does not exist), and once the page
 * is in, "static" and "media": a file of each that the page itself loads, else Django's own for
 * static. Call it on every round. */
void pf_ask_sample(struct pf_asking *asking, const struct pf_place *place);

/* The path below which the site's static files or uploads are, as the site file says or Django's
 * default has it; NULL: they come from another host. */
const char *pf_static_root(struct pf_asking *asking, const struct pf_place *place);
const char *pf_media_root(struct pf_asking *asking, const struct pf_place *place);

/* The path of the file that was asked for under that tag ("static" or "media") once it was
 * answered 200; NULL: there is none. */
const char *pf_sample_path(struct pf_asking *asking, const struct pf_place *place, const char *tag);

/* The tags above, with what to call each in a sentence. */
enum { PF_SAMPLES = 4 };
struct pf_sample {
	const char *tag, *what;
};
extern const struct pf_sample pf_samples[PF_SAMPLES];

/* The response of that tag when it stands for others of its sort: a page with a status that
 * visitors get, an error with an error's, a file that is there. NULL otherwise. */
const struct pf_facts_http *pf_sample_of(const struct pf_case *facts, const char *tag);

/* Why the first page says nothing about the site; NULL: it does. */
const char *pf_sample_nothing(const struct pf_case *facts);

/* Which of the sample was asked for and not seen by our own doing, so that nothing can be said of
 * all; NULL: none. */
const char *pf_sample_missed(const struct pf_case *facts);

#endif
