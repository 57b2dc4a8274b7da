/* Reads Content-Security-Policy by its grammar: what all enforced policies together still allow.
 * Pure, and made for the words of strangers. https://www.w3.org/TR/CSP3/ */
#ifndef PF_PROBES_CSP_READER_H
#define PF_PROBES_CSP_READER_H

#include "header_reader.h"

struct pf_csp {
	unsigned enforced, reported; /* policies with at least one directive */
	/* Each is true as soon as one enforced policy sees to it: a load must please them all. */
	bool stops_inline;     /* <script> without nonce or hash does not run */
	bool stops_attributes; /* onclick= and javascript: do not run */
	bool stops_eval;
	bool limits_scripts; /* not every host of the net may serve a script */
	bool covers_objects; /* object-src, or default-src in its place */
	bool covers_frames;  /* frame-ancestors, which nothing stands in for */
	bool limits_frames;  /* ... and not for everybody */
	bool upgrades;       /* http:// loads are made over https:// */
	bool cut; /* a header longer than evidence keeps: what is not seen may be in it */
	struct pf_bit nonce; /* of the first policy that has one; length 0: none */
};

/* Adds the policies of one header value, which are parted by commas. The value must outlive
 * `csp`. */
void pf_csp_read(struct pf_csp *csp, struct pf_bit value, bool report_only);

/* The policies of a response, enforced and reported. */
struct pf_csp pf_csp_of(const struct pf_facts_http *http);

#endif
