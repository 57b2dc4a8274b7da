/* Directories whose contents a web server lists for whoever asks. */
#ifndef PF_PROBES_LISTING_READER_H
#define PF_PROBES_LISTING_READER_H

#include "visit_reader.h"

/* Asks for the directory `root` under `tag`, and for the one that holds `file` (NULL: not known
 * yet) under `tag_below` if that is another. */
void pf_ask_listing(struct pf_asking *asking, const struct pf_place *place, const char *tag,
                    const char *root, const char *tag_below, const char *file);

/* Is the answer to it a list of files? By the pages of nginx, Apache, lighttpd, Caddy, Python and
 * Django, which are not translated. */
bool pf_is_listing(const struct pf_answer *answer);

/* The verdict on both tags. */
struct pf_verdict pf_judge_listing(const struct pf_case *facts, const char *tag,
                                   const char *tag_below);

#endif
