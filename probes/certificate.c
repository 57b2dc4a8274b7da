/* The certificate is trusted, for every name and at every address.
 *
 * A good host shows, at each of its addresses and for each declared name, a certificate that a
 * browser accepts: chain complete, name right, in its days. All other probes look past a bad
 * certificate, so that one fault does not hide the others; this one insists.
 */
#include "response_reader.h"
#include "visit_reader.h"

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	struct pf_question question = pf_visit(asking, place, pf_asking_site(asking)->url.path);
	question.http.verify = true;
	pf_ask(asking, "verified", place->subject, question);
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	if (!pf_is_https(site))
		return;
	pf_each_place(asking, "https", site->url.host, ask_place);
	for (size_t i = 0; i < site->hosts.count; i++)
		if (site->hosts.at[i][0] != '*' && site->hosts.at[i][0] != '.')
			pf_each_place(asking, "https", site->hosts.at[i], ask_place);
}

static struct pf_verdict judge_certificate(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "verified");
	const char *detail = answer->detail ? answer->detail : "";
	if (answer->outcome == PF_tls_untrusted)
		return pf_fail(facts, "verified",
		               "the certificate is not trusted for this name%s%s",
		               *detail ? ": " : "", detail);
	if (pf_has_status(answer))
		return pf_pass(facts, "verified", "the certificate is trusted for this name");
	return pf_unknown(facts, "verified", "no certificate was seen: the address %s%s%s",
	                  pf_outcome_sentence(answer->outcome), *detail ? ": " : "", detail);
}

static const struct pf_check checks[] = {
	{
		.id = "https.certificate",
		.severity = PF_CRITICAL,
		.seen_from = "any",
		.needs = "verified",
		.judge = judge_certificate,
		.title = "Every address shows a trusted certificate for every declared name",
		.why = "Visitors who meet a warning leave, or learn to click it away, and then "
		       "nothing tells them of the day when somebody really sits in between. "
		       "Programs refuse outright. A chain without its intermediate works in some "
		       "browsers and in no program; a renewed certificate that one of several "
		       "servers never loaded fails for every n-th visitor, so every address is "
		       "asked. Trust is judged against this machine's authorities and the site "
		       "file's ca_file.",
		.remedy = "certbot renews and reloads:\n"
			  "    certbot renew --deploy-hook 'systemctl reload nginx'\n"
			  "nginx: the whole chain, not the certificate alone:\n"
			  "    ssl_certificate     "
			  "/etc/letsencrypt/live/www.example.com/fullchain.pem;\n"
			  "    ssl_certificate_key "
			  "/etc/letsencrypt/live/www.example.com/privkey.pem;\n"
			  "An authority of your own goes into the site file:  ca_file: "
			  "/etc/ssl/ca.pem\n",
		.reference = "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/"
			     "#https",
	},
};

const struct pf_probe pf_probe_certificate = {
	.name = "certificate",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
