/* A rig for audits: a site, vantages, checks and answers that a test makes up as it goes. */
#ifndef RIG_AUDIT_H
#define RIG_AUDIT_H

#include "evaluate/audit.h"

enum { RIG_CHECKS = 32, RIG_EXCHANGES = 4096, RIG_VANTAGES = 4, RIG_WAIVERS = 8 };

struct rig {
	struct pf_arena *arena;
	struct pf_site site;
	struct pf_vantage vantages[RIG_VANTAGES];
	struct pf_vantage_evidence evidence[RIG_VANTAGES];
	const struct pf_exchange *exchanges[RIG_VANTAGES][RIG_EXCHANGES];
	struct pf_waiver waivers[RIG_WAIVERS];
	struct pf_probe probes[RIG_CHECKS];
	struct pf_check checks[RIG_CHECKS];
	const struct pf_probe *registry[RIG_CHECKS];
	size_t probe_count;
	struct pf_selection selection;
	const struct pf_memory *memory; /* NULL: there is no history */
	int64_t now;
};

/* A site without blocks, seen from one vantage, `bastion`, whose control was answered. For cmocka's
 * setup and teardown; *state is the rig. */
int rig_setup(void **state);
int rig_teardown(void **state);

/* How often rig_judge was asked since rig_setup. */
extern int rig_judged;

/* Says what the answer to "word" says: "pass", "fail", "skip", "unknown", or "fail low" for another
 * severity. */
struct pf_verdict rig_judge(const struct pf_case *facts);

/* A probe of that id with one check that needs "word". What is returned may be changed. */
struct pf_check *rig_check(struct rig *rig, const char *id, enum pf_severity severity);

/* Another vantage; its number. */
size_t rig_vantage(struct rig *rig, const char *name, const char *role);

/* An exchange of the probe `id`, of kind raw. What is returned may be changed. */
struct pf_exchange *rig_ask(struct rig *rig, size_t vantage, const char *id, const char *tag,
                            const char *subject, enum pf_outcome outcome);

/* Its answer, to be changed. */
struct pf_answer *rig_answer(struct pf_exchange *exchange);

/* The same with tag "word", answered with `word`, from the first vantage. */
struct pf_exchange *rig_say(struct rig *rig, const char *id, const char *subject, const char *word);

/* A waiver of that check, any subject, expiring so many days after rig->now. */
struct pf_waiver *rig_waive(struct rig *rig, const char *check, int days);

struct pf_audit *rig_evaluate(struct rig *rig);

/* The only finding of that check; fails the test when there are none or several. */
const struct pf_finding *rig_only(const struct pf_audit *audit, const char *id);

/* The finding; NULL: none. `subject` and `vantage` NULL: any. */
const struct pf_finding *rig_found(const struct pf_audit *audit, const char *id,
                                   const char *subject, const char *vantage);
size_t rig_count(const struct pf_audit *audit, const char *id);

/* Does one of the notices hold that text? */
bool rig_noticed(const struct pf_audit *audit, const char *text);

#endif
