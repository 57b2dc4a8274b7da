/* Waivers: which fails a valid one covers, and which of them are expired, near their end, or idle.
 */
#include "base/text.h"
#include "evaluate/steps.h"

#include <stdlib.h>
#include <string.h>

enum { DAY = 24 * 60 * 60, WARN_DAYS = 14 };

static bool covers(const struct pf_waiver *waiver, const struct pf_finding *finding)
{
	return pf_matches(waiver->check, finding->check->id) &&
	       (!waiver->subject || pf_matches(waiver->subject, finding->subject));
}

static const char *named(struct pf_arena *arena, const struct pf_waiver *waiver)
{
	const char *where =
		waiver->line > 0 ? pf_arena_print(arena, " (line %d)", waiver->line) : "";
	return pf_arena_print(arena, "the waiver of %s%s%s%s", waiver->check,
	                      waiver->subject ? " for " : "",
	                      waiver->subject ? waiver->subject : "", where);
}

/* How a waiver relates to the findings of this run. */
struct use {
	size_t known;    /* checks of that id, asked for or not */
	size_t selected; /* of them, those asked for */
	size_t waived;
	size_t unknown; /* it may or may not be needed: nobody could look */
};

static struct use use_of(const struct pf_waiver *waiver, struct pf_rows rows,
                         const struct pf_selection *selection, struct pf_findings findings)
{
	struct use use = {0};
	for (size_t i = 0; i < rows.count; i++) {
		if (!pf_matches(waiver->check, rows.at[i].check->id))
			continue;
		use.known++;
		use.selected += pf_selected(selection, rows.at[i].check->id);
	}
	for (size_t i = 0; i < findings.count; i++) {
		use.waived += findings.at[i].waiver == waiver;
		use.unknown +=
			findings.at[i].status == PF_UNKNOWN && covers(waiver, &findings.at[i]);
	}
	return use;
}

static const char *no_such_check(struct pf_arena *arena, const struct pf_waiver *waiver,
                                 struct pf_rows rows)
{
	const char **ids = pf_arena_array(arena, rows.count, sizeof *ids);
	for (size_t i = 0; i < rows.count; i++)
		ids[i] = rows.at[i].check->id;
	const char *closest = pf_closest(waiver->check, rows.count, ids);
	return pf_arena_print(arena, "%s covers nothing: there is no such check%s%s%s",
	                      named(arena, waiver), closest ? "; did you mean " : "",
	                      closest ? closest : "", closest ? "?" : "");
}

/* What there is to say about a waiver; NULL: nothing. */
static const char *notice_of(struct pf_arena *arena, const struct pf_waiver *waiver,
                             struct pf_rows rows, const struct use *use, int64_t now)
{
	const char *owner = waiver->owner ? waiver->owner : "its owner";
	if (use->known == 0)
		return no_such_check(arena, waiver, rows);
	if (use->selected == 0)
		return NULL;
	if (now >= waiver->expires)
		return pf_arena_print(arena, "%s expired on %s and counts no more; ask %s",
		                      named(arena, waiver), waiver->expires_on, owner);
	if (use->waived == 0 && use->unknown > 0)
		return NULL;
	if (use->waived == 0)
		return pf_arena_print(arena,
		                      "%s covers nothing: nothing it could cover fails; it can go",
		                      named(arena, waiver));
	int64_t days = (waiver->expires - now) / DAY;
	if (waiver->expires - now > (int64_t)WARN_DAYS * DAY)
		return NULL;
	return pf_arena_print(arena, "%s expires on %s, %s; ask %s", named(arena, waiver),
	                      waiver->expires_on,
	                      days < 1    ? "today"
	                      : days == 1 ? "in a day"
	                                  : pf_arena_print(arena, "in %d days", (int)days),
	                      owner);
}

static void waive_finding(const struct pf_site *site, int64_t now, struct pf_finding *finding)
{
	for (size_t i = 0; i < site->waiver_count && finding->status == PF_FAIL; i++) {
		const struct pf_waiver *waiver = &site->waivers[i];
		if (now < waiver->expires && covers(waiver, finding)) {
			finding->status = PF_WAIVED;
			finding->waiver = waiver;
		}
	}
}

void pf_notices_add(struct pf_arena *arena, struct pf_notices *notices, const char *text)
{
	notices->at = pf_arena_grow(arena, notices->at, notices->count, &notices->room,
	                            sizeof *notices->at);
	notices->at[notices->count++].text = pf_escape_again(arena, text, 0);
}

void pf_waive(struct pf_arena *arena, const struct pf_site *site, struct pf_rows rows,
              const struct pf_selection *selection, int64_t now, struct pf_findings findings,
              struct pf_notices *notices)
{
	for (size_t i = 0; i < findings.count; i++)
		waive_finding(site, now, &findings.at[i]);
	for (size_t i = 0; i < site->waiver_count; i++) {
		struct use use = use_of(&site->waivers[i], rows, selection, findings);
		const char *text = notice_of(arena, &site->waivers[i], rows, &use, now);
		if (text)
			pf_notices_add(arena, notices, text);
	}
}
