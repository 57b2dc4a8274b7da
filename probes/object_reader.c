/* Object stores asked for what they keep. */
#include "object_reader.h"

#include <string.h>

bool pf_is_in_bucket(const struct pf_backup *set)
{
	return set->s3.declared;
}

bool pf_has_buckets(const struct pf_site *site)
{
	for (size_t i = 0; i < site->backup_count; i++)
		if (pf_is_in_bucket(&site->backups[i]))
			return true;
	return false;
}

static const char *region_of(const struct pf_bucket *s3)
{
	return s3->region ? s3->region : "us-east-1";
}

static struct pf_question list(struct pf_asking *asking, const struct pf_backup *set,
                               const char *host, const char *address)
{
	const struct pf_bucket *s3 = &set->s3;
	const struct pf_url *endpoint = &s3->endpoint;
	const char *scheme = endpoint->text ? endpoint->scheme : "https";
	int64_t port = endpoint->text ? endpoint->port : 443;
	return (struct pf_question){
		.kind = PF_KIND_s3,
		.s3 = {.url = pf_word(asking, "%s://%s", scheme,
	                              pf_url_authority(asking, scheme, host, port)),
	               .address = address,
	               .bucket = s3->bucket,
	               .prefix = s3->prefix,
	               .region = region_of(s3),
	               .access_key = s3->access_key,
	               .credentials = pf_word(asking, "backups/%s", set->name)},
	};
}

static void ask_bucket(struct pf_asking *asking, const struct pf_backup *set)
{
	const char *subject = pf_word(asking, "backup %s", set->name);
	const char *host = set->s3.endpoint.text
	                           ? set->s3.endpoint.host
	                           : pf_word(asking, "s3.%s.amazonaws.com", region_of(&set->s3));
	struct pf_words addresses;
	if (!pf_addresses(asking, host, subject, &addresses) || !addresses.count)
		return;
	pf_ask(asking, "objects", subject, list(asking, set, host, addresses.at[0]));
	const struct pf_answer *first = pf_asked(asking, "objects", subject);
	/* As any client does: the next address, which may be of the other family. */
	if (first && first->outcome != PF_answered && first->outcome != PF_no_password &&
	    addresses.count > 1)
		pf_ask(asking, "objects-again", subject,
		       list(asking, set, host, addresses.at[addresses.count - 1]));
}

void pf_ask_objects(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	for (size_t i = 0; i < site->backup_count; i++)
		if (pf_is_in_bucket(&site->backups[i]) &&
		    pf_vantage_in(pf_asking_vantage(asking), site->backups[i].on))
			ask_bucket(asking, &site->backups[i]);
}

const char *pf_objects_tag(const struct pf_case *facts)
{
	const struct pf_answer *again = pf_answer_of(facts, "objects-again");
	return again && again->outcome == PF_answered ? "objects-again" : "objects";
}

const struct pf_facts_s3 *pf_objects(const struct pf_case *facts, const char **why)
{
	const struct pf_answer *answer = pf_answer_of(facts, pf_objects_tag(facts));
	const struct pf_facts_s3 *seen = &answer->s3;
	*why = NULL;
	if (answer->outcome != PF_answered)
		*why = pf_say(facts, "%s%s%s", pf_outcome_sentence(answer->outcome),
		              answer->detail ? ": " : "", answer->detail ? answer->detail : "");
	else if (seen->status != 200)
		*why = pf_say(facts, "is not shown to us: status %lld%s%s%s%s",
		              (long long)seen->status, seen->code ? ", " : "",
		              seen->code ? seen->code : "", seen->message ? ": " : "",
		              seen->message ? seen->message : "");
	return *why ? NULL : seen;
}
