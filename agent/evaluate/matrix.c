/* The matrix: who got how far into which database or cache, held against allow_from. */
#include "base/text.h"
#include "evaluate/steps.h"

#include <stdlib.h>
#include <string.h>

enum { SERVICE_BYTES = 200, ADDRESS_BYTES = 64 };

const char *pf_cell_state_name(enum pf_cell_state state)
{
	static const char *const names[PF_CELL_STATES] = {"closed", "filtered", "unknown",
	                                                  "policy", "password", "open"};
	return names[state];
}

struct cells {
	struct pf_cell *at;
	size_t count, room;
};

static const char *address_of(const struct pf_question *question)
{
	switch (question->kind) {
	case PF_KIND_redis:
		return question->redis.address;
	case PF_KIND_postgres:
		return question->postgres.address;
	case PF_KIND_mysql:
		return question->mysql.address;
	case PF_KIND_raw:
		return question->raw.address;
	default:
		return NULL;
	}
}

/* The service that a subject is about: it begins with "scheme://host:port", or, for what a server
 * named, holds it further on (*named). */
static const struct pf_service *service_in(struct pf_arena *arena, const char *subject,
                                           const struct pf_service *services, size_t count,
                                           bool *named)
{
	for (size_t i = 0; i < count; i++) {
		const struct pf_url *url = &services[i].url;
		bool six = url->host && strchr(url->host, ':');
		if (!url->host || !*url->host)
			continue;
		const char *head =
			pf_arena_print(arena, "%s://%s%s%s:%lld", url->scheme, six ? "[" : "",
		                       url->host, six ? "]" : "", (long long)url->port);
		const char *at = strstr(subject, head);
		if (at && (at[strlen(head)] < '0' || at[strlen(head)] > '9')) {
			*named = at != subject;
			return &services[i];
		}
	}
	return NULL;
}

static const struct pf_service *service_of(struct pf_arena *arena, const struct pf_site *site,
                                           const char *subject, bool *named)
{
	const struct pf_service *cache =
		service_in(arena, subject, site->caches, site->cache_count, named);
	return cache ? cache
	             : service_in(arena, subject, site->databases, site->database_count, named);
}

static enum pf_cell_state state_of(const struct pf_probe *probe, const struct pf_case *facts,
                                   const struct pf_exchange *exchange,
                                   const struct pf_vantage_evidence *from)
{
	static const enum pf_cell_state states[] = {
		[PF_REACH_SHUT] = PF_CELL_CLOSED,   [PF_REACH_UNCLEAR] = PF_CELL_UNKNOWN,
		[PF_REACH_POLICY] = PF_CELL_POLICY, [PF_REACH_PASSWORD] = PF_CELL_PASSWORD,
		[PF_REACH_OPEN] = PF_CELL_OPEN,
	};
	const struct pf_answer *answer = exchange->answer;
	if (!answer || pf_outcome_is_ours(answer->outcome) || from->control_contradicted)
		return PF_CELL_UNKNOWN;
	if (pf_outcome_is_quiet(answer->outcome))
		return pf_silence_counts(from, exchange) ? PF_CELL_FILTERED : PF_CELL_UNKNOWN;
	return states[probe->reach(facts, exchange).reach];
}

/* Asked in several ways, a service is as open as its most open answer. */
static void note(struct pf_arena *arena, struct cells *cells, struct pf_cell cell)
{
	for (size_t i = 0; i < cells->count; i++) {
		struct pf_cell *known = &cells->at[i];
		if (strcmp(known->service, cell.service) == 0 &&
		    strcmp(known->address, cell.address) == 0 &&
		    strcmp(known->vantage, cell.vantage) == 0) {
			known->state = cell.state > known->state ? cell.state : known->state;
			return;
		}
	}
	cells->at = pf_arena_grow(arena, cells->at, cells->count, &cells->room, sizeof cell);
	cells->at[cells->count++] = cell;
}

/* What Redis is asked in the app's name says nothing of who gets in without, and where a Sentinel
 * may be there is no service until it is named. */
static bool is_greeting(const struct pf_exchange *exchange)
{
	const struct pf_question *question = &exchange->question;
	if (question->kind != PF_KIND_redis)
		return true;
	struct pf_words commands = question->redis.commands;
	return commands.count && strcmp(commands.at[0], "PING") == 0 &&
	       strcmp(exchange->tag, "sentinel") != 0;
}

static void note_exchange(struct pf_arena *arena, struct cells *cells, const struct pf_site *site,
                          const struct pf_probe *probe, const struct pf_vantage_evidence *from,
                          const struct pf_exchange *exchange)
{
	bool named = false;
	const char *address = address_of(&exchange->question);
	const struct pf_service *service = service_of(arena, site, exchange->subject, &named);
	const char *bracket = strstr(exchange->subject, " [");
	if (exchange->gate || !address || !service || !is_greeting(exchange))
		return;
	struct pf_case facts = {.site = site,
	                        .vantage = from->vantage,
	                        .subject = exchange->subject,
	                        .canary = from->canary,
	                        .exchanges = &exchange,
	                        .count = 1,
	                        .arena = arena};
	const char *label = pf_arena_print(arena, "%.*s",
	                                   bracket ? (int)(bracket - exchange->subject)
	                                           : (int)strlen(exchange->subject),
	                                   exchange->subject);
	bool inside = pf_must_get_in(site, service, from->vantage);
	note(arena, cells,
	     (struct pf_cell){
		     .service = pf_escape_again(arena, label, SERVICE_BYTES),
		     .address = pf_escape_again(arena, address, ADDRESS_BYTES),
		     .vantage = from->vantage->name,
		     .state = state_of(probe, &facts, exchange, from),
		     .expected = !inside ? PF_MUST_STAY_OUT
	                         : named ? PF_MAY_ASK
	                                 : PF_MUST_GET_IN,
	     });
}

/* For the site's own services one open address is enough for the app; each says for itself here. */
static void hold(struct pf_cell *cell)
{
	bool shut = cell->state == PF_CELL_CLOSED || cell->state == PF_CELL_FILTERED;
	bool in = cell->state == PF_CELL_PASSWORD || cell->state == PF_CELL_OPEN;
	bool good = cell->expected == PF_MUST_STAY_OUT ? shut
	            : cell->expected == PF_MUST_GET_IN ? in
	                                               : cell->state != PF_CELL_OPEN;
	cell->holds = cell->state == PF_CELL_UNKNOWN ? PF_NOT_SEEN
	              : good                         ? PF_HOLDS
	                                             : PF_DOES_NOT_HOLD;
}

/* The vantages were noted in the order of the audit, and each finds its own column. */
static int by_service(const void *left, const void *right)
{
	const struct pf_cell *a = left, *b = right;
	int order = strcmp(a->service, b->service);
	if (order == 0)
		order = strcmp(a->address, b->address);
	return order ? order : strcmp(a->vantage, b->vantage);
}

void pf_matrix(struct pf_arena *arena, size_t probe_count, const struct pf_probe *const probes[],
               struct pf_audit *audit)
{
	struct cells cells = {0};
	for (size_t p = 0; p < probe_count; p++)
		for (size_t v = 0; probes[p]->reach && v < audit->vantage_count; v++) {
			const struct pf_vantage_evidence *from = &audit->vantages[v];
			for (size_t i = 0; i < from->count; i++)
				if (strcmp(from->exchanges[i]->probe, probes[p]->name) == 0)
					note_exchange(arena, &cells, audit->site, probes[p], from,
					              from->exchanges[i]);
		}
	for (size_t i = 0; i < cells.count; i++)
		hold(&cells.at[i]);
	if (cells.count)
		qsort(cells.at, cells.count, sizeof *cells.at, by_service);
	audit->cells = cells.at;
	audit->cell_count = cells.count;
}
