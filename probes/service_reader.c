/* Databases and caches seen from outside and from inside. */
#include "service_reader.h"

#include <string.h>

bool pf_service_is(const struct pf_service *service, const char *scheme, const char *other)
{
	const struct pf_url *url = &service->url;
	return url->host && *url->host && *url->host != '/' && url->port > 0 &&
	       (strcmp(url->scheme, scheme) == 0 || strcmp(url->scheme, other) == 0);
}

bool pf_site_has(const struct pf_service services[], size_t count,
                 bool (*is)(const struct pf_service *service))
{
	for (size_t i = 0; i < count; i++)
		if (is(&services[i]))
			return true;
	return false;
}

const char *pf_service_subject(struct pf_asking *asking, const struct pf_service *service)
{
	const struct pf_url *url = &service->url;
	return pf_word(asking, "%s://%s", url->scheme,
	               pf_url_authority(asking, "", url->host, url->port));
}

bool pf_read_silence(const struct pf_case *facts, const struct pf_answer *answer,
                     struct pf_reading *reading)
{
	if (answer->outcome == PF_answered)
		return false;
	bool shut = answer->outcome == PF_refused || pf_outcome_is_quiet(answer->outcome);
	*reading = (struct pf_reading){
		.reach = shut ? PF_REACH_SHUT : PF_REACH_UNCLEAR,
		.words = pf_say(facts, "%s%s%s", pf_outcome_sentence(answer->outcome),
	                        answer->detail ? ": " : "", answer->detail ? answer->detail : ""),
	};
	return true;
}

struct pf_verdict pf_judge_outside(const struct pf_case *facts, const char *tag,
                                   struct pf_reading worst)
{
	const char *role = facts->vantage->role, *name = facts->vantage->name;
	switch (worst.reach) {
	case PF_REACH_SHUT:
		return pf_pass(facts, tag, "%s, from %s (role %s)", worst.words, name, role);
	case PF_REACH_UNCLEAR:
		return pf_unknown(facts, tag,
		                  "%s, from %s (role %s): something listens there, and what it "
		                  "would let in was not seen",
		                  worst.words, name, role);
	case PF_REACH_POLICY:
		return pf_at(pf_fail(facts, tag, "%s, from %s (role %s)", worst.words, name, role),
		             PF_MEDIUM);
	case PF_REACH_PASSWORD:
		return pf_at(pf_fail(facts, tag, "%s, from %s (role %s)", worst.words, name, role),
		             PF_HIGH);
	case PF_REACH_OPEN:
		break;
	}
	return pf_fail(facts, tag, "%s, from %s (role %s)", worst.words, name, role);
}

/* Is there a vantage of the site from which this service must stay shut? */
static bool is_watched(const struct pf_case *facts, const struct pf_service *services, size_t count)
{
	const struct pf_site *site = facts->site;
	for (size_t i = 0; i < count; i++) {
		const struct pf_url *url = &services[i].url;
		if (!url->host || strncmp(facts->subject, url->scheme, strlen(url->scheme)) != 0 ||
		    !strstr(facts->subject, url->host))
			continue;
		for (size_t v = 0; v < site->vantage_count; v++)
			if (!pf_must_get_in(site, &services[i], &site->vantages[v]))
				return true;
	}
	return false;
}

struct pf_verdict pf_judge_inside(const struct pf_case *facts,
                                  struct pf_reading (*read)(const struct pf_case *facts,
                                                            const struct pf_exchange *exchange))
{
	const char *name = facts->vantage->name;
	struct pf_reading best = {PF_REACH_SHUT, "was not asked"};
	const struct pf_exchange *shown = NULL, *ours = NULL;
	for (size_t i = 0; i < facts->count; i++) {
		const struct pf_exchange *exchange = facts->exchanges[i];
		if (exchange->gate) /* the name that was looked up */
			continue;
		if (!exchange->answer || pf_outcome_is_ours(exchange->answer->outcome)) {
			ours = exchange;
			continue;
		}
		struct pf_reading reading = read(facts, exchange);
		if (!shown || reading.reach > best.reach) {
			best = reading;
			shown = exchange;
		}
	}
	if (best.reach >= PF_REACH_PASSWORD &&
	    !is_watched(facts, facts->site->caches, facts->site->cache_count) &&
	    !is_watched(facts, facts->site->databases, facts->site->database_count))
		return pf_skip(
			facts, shown->tag,
			"%s, from %s: the app gets through. Whether others do was not looked "
			"at: the site file has no vantage that must stay out",
			best.words, name);
	if (best.reach >= PF_REACH_PASSWORD)
		return pf_pass(facts, shown->tag, "%s, from %s: the app gets through", best.words,
		               name);
	if (ours)
		return pf_unknown(facts, ours->tag, "%s",
		                  pf_outcome_sentence(ours->answer ? ours->answer->outcome
		                                                   : PF_not_recorded));
	if (best.reach == PF_REACH_UNCLEAR)
		return pf_unknown(facts, shown->tag, "%s, from %s", best.words, name);
	return pf_at(pf_fail(facts, shown->tag, "%s, from %s, which must get in", best.words, name),
	             PF_HIGH);
}
