/* A rig for audits: what tests of evaluation and reports share. */
#include "rig_audit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { DAY = 24 * 60 * 60 };

int rig_judged;

int rig_setup(void **state)
{
	struct rig *rig = calloc(1, sizeof *rig);
	static const char *const hosts[] = {"shop.example.com"};
	rig->arena = pf_arena_new(64 * 1024 * 1024);
	rig->now = 1795408260; /* 2026-11-23T04:31:00Z */
	rig->site = (struct pf_site){
		.name = "shop",
		.url = {.text = "https://shop.example.com",
	                .scheme = "https",
	                .host = "shop.example.com",
	                .port = 443,
	                .path = "/"},
		.hosts = {hosts, 1},
		.vantages = rig->vantages,
		.waivers = rig->waivers,
	};
	rig_judged = 0;
	rig_vantage(rig, "bastion", "bastion");
	*state = rig;
	return 0;
}

int rig_teardown(void **state)
{
	struct rig *rig = *state;
	pf_arena_free(rig->arena);
	free(rig);
	return 0;
}

size_t rig_vantage(struct rig *rig, const char *name, const char *role)
{
	size_t at = rig->site.vantage_count++;
	rig->vantages[at] = (struct pf_vantage){.name = name, .role = role};
	rig->evidence[at] = (struct pf_vantage_evidence){
		.vantage = &rig->vantages[at],
		.status = "complete",
		.canary = "pf-00000000.invalid",
		.exchanges = rig->exchanges[at],
		.control_answered = true,
	};
	return at;
}

static enum pf_severity severity_named(const char *name)
{
	for (enum pf_severity severity = PF_INFO; severity <= PF_CRITICAL; severity++)
		if (strcmp(pf_severity_name(severity), name) == 0)
			return severity;
	fail_msg("no such severity: %s", name);
	return PF_INFO;
}

struct pf_verdict rig_judge(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "word");
	const char *word = answer && answer->raw.reply ? answer->raw.reply : "pass";
	rig_judged++;
	if (strcmp(word, "pass") == 0)
		return pf_pass(facts, NULL, "holds");
	if (strcmp(word, "skip") == 0)
		return pf_skip(facts, NULL, "is not for this");
	if (strcmp(word, "unknown") == 0)
		return pf_unknown(facts, NULL, "could be either");
	if (strncmp(word, "fail ", 5) == 0)
		return pf_at(pf_fail(facts, NULL, "does not hold"), (int)severity_named(word + 5));
	return pf_fail(facts, NULL, "does not hold");
}

struct pf_check *rig_check(struct rig *rig, const char *id, enum pf_severity severity)
{
	size_t at = rig->probe_count++;
	rig->checks[at] = (struct pf_check){
		.id = id,
		.severity = severity,
		.seen_from = "any",
		.needs = "word",
		.judge = rig_judge,
		.title = "It holds.",
		.why = "It matters. It does.",
		.remedy = "Say so:\n    say pass\n",
		.reference = "https://docs.djangoproject.com/",
	};
	rig->probes[at] = (struct pf_probe){
		.name = id,
		.checks = &rig->checks[at],
		.check_count = 1,
	};
	rig->registry[at] = &rig->probes[at];
	return &rig->checks[at];
}

struct pf_exchange *rig_ask(struct rig *rig, size_t vantage, const char *id, const char *tag,
                            const char *subject, enum pf_outcome outcome)
{
	struct pf_exchange *exchange = pf_arena_take(rig->arena, sizeof *exchange);
	struct pf_answer *answer = pf_arena_take(rig->arena, sizeof *answer);
	*answer = (struct pf_answer){.kind = PF_KIND_raw, .outcome = outcome, .at = rig->now};
	*exchange = (struct pf_exchange){
		.probe = id,
		.tag = tag,
		.subject = subject,
		.question = {.kind = PF_KIND_raw,
	                     .raw = {.transport = "tcp", .address = "203.0.113.10", .port = 6379}},
		.answer = answer,
	};
	assert_true(rig->evidence[vantage].count < RIG_EXCHANGES);
	rig->exchanges[vantage][rig->evidence[vantage].count++] = exchange;
	return exchange;
}

struct pf_answer *rig_answer(struct pf_exchange *exchange)
{
	union {
		const struct pf_answer *kept;
		struct pf_answer *changed;
	} answer = {.kept = exchange->answer}; /* it was made above, and may be changed */
	return answer.changed;
}

struct pf_exchange *rig_say(struct rig *rig, const char *id, const char *subject, const char *word)
{
	struct pf_exchange *exchange = rig_ask(rig, 0, id, "word", subject, PF_answered);
	rig_answer(exchange)->raw.reply = word;
	return exchange;
}

struct pf_waiver *rig_waive(struct rig *rig, const char *check, int days)
{
	struct pf_waiver *waiver = &rig->waivers[rig->site.waiver_count++];
	*waiver = (struct pf_waiver){
		.check = check,
		.reason = "see OPS-112",
		.owner = "ops@example.com",
		.expires_on = "2027-03-01",
		.expires = rig->now + (int64_t)days * DAY,
		.line = 40,
	};
	return waiver;
}

struct pf_audit *rig_evaluate(struct rig *rig)
{
	return pf_evaluate(rig->arena, &rig->site, rig->probe_count, rig->registry,
	                   rig->site.vantage_count, rig->evidence, &rig->selection, rig->memory,
	                   rig->now);
}

const struct pf_finding *rig_found(const struct pf_audit *audit, const char *id,
                                   const char *subject, const char *vantage)
{
	for (size_t i = 0; i < audit->finding_count; i++) {
		const struct pf_finding *finding = &audit->findings[i];
		if (strcmp(finding->check->id, id) == 0 &&
		    (!subject || strcmp(finding->subject, subject) == 0) &&
		    (!vantage || (finding->vantage && strcmp(finding->vantage, vantage) == 0)))
			return finding;
	}
	return NULL;
}

size_t rig_count(const struct pf_audit *audit, const char *id)
{
	size_t count = 0;
	for (size_t i = 0; i < audit->finding_count; i++)
		count += strcmp(audit->findings[i].check->id, id) == 0;
	return count;
}

const struct pf_finding *rig_only(const struct pf_audit *audit, const char *id)
{
	assert_int_equal(rig_count(audit, id), 1);
	return rig_found(audit, id, NULL, NULL);
}

bool rig_noticed(const struct pf_audit *audit, const char *text)
{
	for (size_t i = 0; i < audit->notice_count; i++)
		if (strstr(audit->notices[i].text, text))
			return true;
	return false;
}
