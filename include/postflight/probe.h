/* A probe: asks questions and judges answers, and never touches the world.
 *
 * ask() is called when a vantage is planned, and again each time all the questions that the probe
 * has put there are answered, up to PF_ROUNDS times; putting no new question ends it. A lesson has
 * it called at once, whatever is still open, for up to PF_ROUNDS times more. It must be a pure
 * function of the site, the vantage and the answers so far: the same evidence replayed puts the
 * same questions.
 */
#ifndef POSTFLIGHT_PROBE_H
#define POSTFLIGHT_PROBE_H

#include "postflight/check.h"

enum { PF_ROUNDS = 4, PF_MARKS = 64 };

struct pf_asking; /* one probe being asked, at one vantage */

struct pf_probe {
	const char *name; /* as in PROBES.def */
	void (*ask)(struct pf_asking *asking);
	const struct pf_check *checks;
	size_t check_count;
	/* Does it have a say at this vantage at all? NULL: yes. A vantage that could not be reached
	 * is `unknown` for the checks of those probes that would have asked there. */
	bool (*asks_from)(const struct pf_site *site, const struct pf_vantage *vantage);
	/* How far an exchange got into a database or a cache, for the matrix of who gets in. NULL:
	 * this probe knocks at none. Only answered by the world's doing, never by ours. */
	struct pf_reading (*reach)(const struct pf_case *facts, const struct pf_exchange *exchange);
	/* What of a case is worth remembering in the history: fills in at most PF_MARKS and returns
	 * how many. Read after the verdicts, from what was answered. NULL: nothing. */
	size_t (*marks)(const struct pf_case *facts, struct pf_mark marks[]);
};

const struct pf_site *pf_asking_site(const struct pf_asking *asking);
const struct pf_vantage *pf_asking_vantage(const struct pf_asking *asking);
const char *pf_asking_canary(const struct pf_asking *asking);
unsigned pf_asking_round(const struct pf_asking *asking); /* 1 on the first call */

/* printf into memory that lives as long as the run. */
const char *pf_word(struct pf_asking *asking, const char *format, ...) PF_PRINTF(2, 3);

/* A list of `count` words, copied (the texts are not). */
struct pf_words pf_list(struct pf_asking *asking, size_t count, const char *const words[]);

/* Put a question. The struct is copied, its texts are kept as they are (literals, pf_word, the
 * site's). The same tag and subject twice is kept once. Equal questions of several probes are asked
 * once. */
void pf_ask(struct pf_asking *asking, const char *tag, const char *subject,
            struct pf_question question);

/* The answer to an earlier question of this probe here; NULL while it is not in, or was never put.
 */
const struct pf_answer *pf_asked(const struct pf_asking *asking, const char *tag,
                                 const char *subject);

/* Lessons: what one vantage learns and all must act on, as when a server names its replicas to
 * those it lets in. A lesson is taught to the same probe at every vantage of the run, this one too,
 * and that probe is asked once more there. A short text of the probe's own, escaped; the same one
 * twice is kept once, and those beyond PF_LESSONS of a run are dropped. */
void pf_teach(struct pf_asking *asking, const char *lesson);

/* Everything this probe was taught so far, at whatever vantage, sorted. The texts come from other
 * machines: trust them no more than an answer. */
struct pf_words pf_lessons(struct pf_asking *asking);

/* The addresses of a host. A literal address is its own answer, at once. A name is looked up, as a
 * gate: false means the answer is not in yet (return, ask() is called again) or there is none
 * (*addresses is empty). `subject` is what the findings are about if the name cannot be resolved.
 * The site's own hosts have the addresses that the site file declares, if it does. */
bool pf_addresses(struct pf_asking *asking, const char *host, const char *subject,
                  struct pf_words *addresses);

/* "host" or "[v6]" for a URL, with ":port" unless it is the scheme's own. */
const char *pf_url_authority(struct pf_asking *asking, const char *scheme, const char *host,
                             int64_t port);

#define PF_PROBE(name) extern const struct pf_probe pf_probe_##name
#define PF_COUNT(array) (sizeof(array) / sizeof(array)[0])

#endif
