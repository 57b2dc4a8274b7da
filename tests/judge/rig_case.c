/* Cases built by hand, put before the real evaluation. */
#include "rig_case.h"

#include <stdlib.h>
#include <string.h>

struct rig *rig_new(const struct pf_probe *probe)
{
	static const char *const hosts[] = {"shop.test", "www.shop.test"};
	struct rig *rig = calloc(1, sizeof *rig);
	if (!rig)
		abort();
	rig->arena = pf_arena_new(16 * 1024 * 1024);
	rig->probe = probe;
	rig->control_answered = true;
	rig->subject = SUBJECT;
	rig->vantage = (struct pf_vantage){.name = "bastion", .role = "bastion", .line = 1};
	rig->site = (struct pf_site){
		.name = "shop",
		.url = {.text = "https://shop.test",
	                .scheme = "https",
	                .host = "shop.test",
	                .port = 443,
	                .path = "/"},
		.http_port = 80,
		.hosts = {hosts, 2},
		.vantages = &rig->vantage,
		.vantage_count = 1,
	};
	return rig;
}

void rig_free(struct rig *rig)
{
	pf_arena_free(rig->arena);
	free(rig);
}

static size_t place_of(struct rig *rig, const char *tag)
{
	size_t at = 0;
	while (at < rig->count && (strcmp(rig->exchanges[at].tag, tag) != 0 ||
	                           strcmp(rig->exchanges[at].subject, rig->subject) != 0))
		at++;
	assert_true(at < RIG_ROOM);
	return at;
}

struct pf_answer *rig_put(struct rig *rig, const char *tag, enum pf_kind kind,
                          enum pf_outcome outcome)
{
	size_t at = place_of(rig, tag);
	if (at == rig->count)
		rig->count++;
	rig->answers[at] = (struct pf_answer){.kind = kind, .outcome = outcome};
	rig->exchanges[at] = (struct pf_exchange){
		.probe = rig->probe->name,
		.tag = tag,
		.subject = rig->subject,
		.question = {.kind = kind},
		.answer = &rig->answers[at],
	};
	return &rig->answers[at];
}

struct pf_question *rig_question(struct rig *rig, const char *tag)
{
	return &rig->exchanges[place_of(rig, tag)].question;
}

struct pf_facts_http *rig_page(struct rig *rig, const char *tag, int status, const char *title)
{
	struct pf_facts_http *facts = &rig_put(rig, tag, PF_KIND_http, PF_answered)->http;
	rig_question(rig, tag)->http.url = "https://shop.test/";
	*facts = (struct pf_facts_http){
		.status = status,
		.version = "1.1",
		.title = title,
		.digest = pf_arena_print(rig->arena, "digest of %s at %zu", tag, rig->count),
		.shape = title ? pf_arena_print(rig->arena, "shape of %s", title) : NULL,
		.length = title ? 1000 + (int64_t)strlen(title) : 0,
	};
	rig_header(rig, facts, "content-type: text/html");
	return facts;
}

struct pf_facts_http *rig_page_for(struct rig *rig, const char *tag, const char *host, int status,
                                   const char *title)
{
	struct pf_facts_http *facts = rig_page(rig, tag, status, title);
	rig_question(rig, tag)->http.host = host;
	return facts;
}

struct pf_facts_http *rig_redirect(struct rig *rig, const char *tag, int status,
                                   const char *location)
{
	struct pf_facts_http *facts = rig_page(rig, tag, status, NULL);
	facts->location = location;
	rig_header(rig, facts, pf_arena_print(rig->arena, "location: %s", location));
	return facts;
}

void rig_silence(struct rig *rig, const char *tag, enum pf_outcome outcome)
{
	rig_put(rig, tag, PF_KIND_http, outcome);
	rig_question(rig, tag)->http.host = "some.test";
}

static void add(struct rig *rig, struct pf_words *words, const char *word)
{
	const char **list = pf_arena_array(rig->arena, words->count + 1, sizeof *list);
	for (size_t i = 0; i < words->count; i++)
		list[i] = words->at[i];
	list[words->count] = word;
	*words = (struct pf_words){list, words->count + 1};
}

void rig_header(struct rig *rig, struct pf_facts_http *facts, const char *header)
{
	add(rig, &facts->headers, header);
}

void rig_found(struct rig *rig, struct pf_facts_http *facts, const char *text)
{
	add(rig, &facts->found_in_body, text);
}

void rig_django_headers(struct rig *rig, struct pf_facts_http *facts)
{
	rig_header(rig, facts, "x-content-type-options: nosniff");
	rig_header(rig, facts, "referrer-policy: same-origin");
	rig_header(rig, facts, "cross-origin-opener-policy: same-origin");
}

void rig_good(struct rig *rig)
{
	rig_page(rig, "good", 200, "Shop");
	rig_page(rig, "good-again", 200, "Shop");
}

struct pf_words rig_words(struct rig *rig, size_t count, const char *const words[])
{
	return pf_arena_words(rig->arena, count, words);
}

const struct pf_audit *rig_audit(struct rig *rig)
{
	const struct pf_exchange *list[RIG_ROOM];
	for (size_t i = 0; i < rig->count; i++)
		list[i] = &rig->exchanges[i];
	struct pf_vantage_evidence *evidence = pf_arena_take(rig->arena, sizeof *evidence);
	*evidence = (struct pf_vantage_evidence){
		.vantage = &rig->vantage,
		.status = "complete",
		.canary = CANARY,
		.exchanges = list,
		.count = rig->count,
		.control_answered = rig->control_answered,
		.control_contradicted = rig->control_contradicted,
	};
	struct pf_selection all = {0};
	return pf_evaluate(rig->arena, &rig->site, 1, &rig->probe, 1, evidence, &all, rig->memory,
	                   1800000000);
}

const struct pf_finding *rig_find(struct rig *rig, const char *id)
{
	const struct pf_audit *audit = rig_audit(rig);
	for (size_t i = 0; i < audit->finding_count; i++)
		if (strcmp(audit->findings[i].check->id, id) == 0 &&
		    (!audit->findings[i].vantage ||
		     strcmp(audit->findings[i].subject, rig->subject) == 0))
			return &audit->findings[i];
	fail_msg("no finding of %s about %s", id, rig->subject);
	return NULL;
}

void rig_expect(struct rig *rig, const char *id, enum pf_status status)
{
	const struct pf_finding *finding = rig_find(rig, id);
	if (finding->status != status)
		fail_msg("%s is %s: %s", id, pf_status_name(finding->status), finding->summary);
}

void rig_expect_said(struct rig *rig, const char *id, enum pf_status status,
                     enum pf_severity severity, const char *text)
{
	rig_expect(rig, id, status);
	const struct pf_finding *finding = rig_find(rig, id);
	if (!strstr(finding->summary, text))
		fail_msg("\"%s\" is not in: %s", text, finding->summary);
	if (finding->severity != severity)
		fail_msg("%s weighs %s", id, pf_severity_name(finding->severity));
}
