/* A response as it was received, and the facts about it that do not depend on how it was fetched:
 * what its headers and its body say. */
#ifndef PF_DRIVERS_PAGE_H
#define PF_DRIVERS_PAGE_H

#include "drivers/http_head.h"
#include "postflight/answer.h"

/* Bytes that grow in memory of their own. */
struct pf_pile {
	char *at;
	size_t count, room;
};

/* False: out of memory, and the pile is as it was. */
bool pf_pile_add(struct pf_pile *pile, const void *bytes, size_t count) PF_MUST_USE;

struct pf_response {
	struct pf_pile head; /* status line and header lines, each ending in LF or CRLF */
	struct pf_pile body; /* decoded, at most PF_BODY_BYTES */
	bool truncated;      /* there is more to the body */
};

/* False: the limit is reached (`truncated`), or memory is out. */
bool pf_response_add_body(struct pf_response *response, const void *bytes,
                          size_t count) PF_MUST_USE;
void pf_response_free(struct pf_response *response);

/* The status in "HTTP/1.1 200 OK", *version becomes "1.0", "1.1" or "2"; 0: not such a line. */
int pf_status_line(const char *line, size_t count, const char **version);

/* Fills in the facts. Secrets (cookie values, tokens) are replaced by their length. Of `ask` it
 * reads what to look for, byte by byte, and whether to keep quiet about the body. */
void pf_page_read(struct pf_arena *arena, const struct pf_response *response,
                  const struct pf_ask_http *ask, struct pf_facts_http *facts);

#endif
