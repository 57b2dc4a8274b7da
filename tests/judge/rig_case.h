/* Cases built by hand: what one probe's questions were answered, one tag after another, and what
 * the evaluation makes of them. */
#ifndef PF_TESTS_RIG_CASE_H
#define PF_TESTS_RIG_CASE_H

#include "base/arena.h"
#include "evaluate/audit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CANARY "pf-0123abcd.invalid"
#define SUBJECT "https://shop.test [10.203.7.10]"

enum { RIG_ROOM = 40 };

struct rig {
	struct pf_arena *arena;
	const struct pf_probe *probe;
	struct pf_site site; /* https://shop.test, hosts shop.test and www.shop.test */
	struct pf_vantage vantage;
	bool control_answered, control_contradicted;
	const struct pf_memory *memory; /* NULL: there is no history */
	const char *subject; /* of what is put next; SUBJECT at first */
	struct pf_exchange exchanges[RIG_ROOM];
	struct pf_answer answers[RIG_ROOM];
	size_t count;
};

/* A case of that probe, seen from the vantage `bastion`. Ends with rig_free. */
struct rig *rig_new(const struct pf_probe *probe);
void rig_free(struct rig *rig);

/* Puts a question of that kind that ended so; the facts are the caller's to fill in. A tag that
 * stands already for this subject is answered anew. */
struct pf_answer *rig_put(struct rig *rig, const char *tag, enum pf_kind kind,
                          enum pf_outcome outcome);

/* The question with that tag, for what a judge reads from it. */
struct pf_question *rig_question(struct rig *rig, const char *tag);

/* An HTTP answer with a title. Pages of one title have one shape. */
struct pf_facts_http *rig_page(struct rig *rig, const char *tag, int status, const char *title);

/* The same with that Host in the question. */
struct pf_facts_http *rig_page_for(struct rig *rig, const char *tag, const char *host, int status,
                                   const char *title);

/* An HTTP redirect. */
struct pf_facts_http *rig_redirect(struct rig *rig, const char *tag, int status,
                                   const char *location);

/* An HTTP question nobody answered. */
void rig_silence(struct rig *rig, const char *tag, enum pf_outcome outcome);

/* Adds "name: value" to the headers, or a text to those found in the body. */
void rig_header(struct rig *rig, struct pf_facts_http *facts, const char *header);
void rig_found(struct rig *rig, struct pf_facts_http *facts, const char *text);

/* SecurityMiddleware's headers. */
void rig_django_headers(struct rig *rig, struct pf_facts_http *facts);

/* "good" and "good-again": the shop's page, with tokens that differ. */
void rig_good(struct rig *rig);

struct pf_words rig_words(struct rig *rig, size_t count, const char *const words[]);

/* What the evaluation makes of all that was put. */
const struct pf_audit *rig_audit(struct rig *rig);

/* The worst finding of that check about the current subject. */
const struct pf_finding *rig_find(struct rig *rig, const char *id);

/* Fails the test unless the check ends so. */
void rig_expect(struct rig *rig, const char *id, enum pf_status status);

/* The same, at that severity and with that text in its summary. */
void rig_expect_said(struct rig *rig, const char *id, enum pf_status status,
                     enum pf_severity severity, const char *text);

#endif
