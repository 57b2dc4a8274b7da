/* `manage.py check --deploy` has nothing to say, hides nothing, and the wire says the same.
 *
 * Django's own checks are run as the site's user with the production settings, and told by their
 * ids. Some of what they ask for may be done by the front (HSTS, the redirect to HTTPS, headers):
 * the app host looks at the site over HTTP itself, and what is there is no fault. What the settings
 * promise and the wire does not keep is one: a front that strips it, or a process that still runs
 * with the settings of yesterday.
 */
#include "deploy_reader.h"
#include "django_reader.h"
#include "response_reader.h"
#include "visit_reader.h"

#include <string.h>

static const char SUBJECT[] = "settings";

static void ask_wire(struct pf_asking *asking, const struct pf_place *place, const char *subject)
{
	const char *missing = pf_word(asking, "/pf-%s/", pf_canary_digits(asking));
	if (strcmp(place->scheme, "http") == 0) {
		pf_ask(asking, "plain", subject, pf_visit(asking, place, "/"));
		return;
	}
	pf_ask(asking, "page", subject, pf_visit(asking, place, "/"));
	pf_ask(asking, "missing", subject, pf_visit(asking, place, missing));
	const struct pf_site *site = pf_asking_site(asking);
	const char *login = site->login_path
	                            ? site->login_path
	                            : pf_word(asking, "%slogin/",
	                                      site->admin_path ? site->admin_path : "/admin/");
	pf_ask(asking, "login", subject, pf_visit(asking, place, login));
}

/* Each id that was reported or hidden is a subject of its own, with the same answers. */
static void ask_id(struct pf_asking *asking, const struct pf_place *place, const char *name)
{
	const struct pf_answer *answer = pf_asked(asking, "deploy", SUBJECT);
	const char *told;
	for (size_t i = 0; (told = pf_setting_word(asking, answer, name, i)) != NULL; i++) {
		const char *id = pf_word(asking, "%.*s", (int)strcspn(told, " "), told);
		pf_ask_django(asking, name, id, PF_ABOUT_PROJECT);
		ask_wire(asking, place, id);
	}
}

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	ask_wire(asking, place, SUBJECT);
	ask_id(asking, place, "reported");
	ask_id(asking, place, "hidden");
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	pf_ask_settings(asking);
	pf_ask_django(asking, "deploy", SUBJECT, PF_ABOUT_PROJECT);
	if (!pf_asked(asking, "deploy", SUBJECT))
		return;
	pf_each_place(asking, "https", site->url.host, ask_place);
	pf_each_place(asking, "http", site->url.host, ask_place);
}

static struct pf_verdict judge_command(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "deploy");
	const char *missing = pf_setting_missing(facts, "deploy", "checked");
	struct pf_fact message;
	size_t count = 0;
	if (missing)
		return pf_unknown(facts, "deploy", "%s", missing);
	while (pf_fact(facts, answer, "reported", count, &message))
		count++;
	if (count)
		return pf_skip(facts, "deploy", "%zu reports, each a finding of its own", count);
	return pf_pass(facts, "deploy", "Django %s reports nothing",
	               pf_setting(facts, pf_answer_of(facts, "settings"), "django", 0));
}

static struct pf_verdict judge_reported(const struct pf_case *facts)
{
	const char *kept = pf_kept_on_wire(facts, facts->subject);
	const char *unseen = pf_unseen_on_wire(facts, facts->subject);
	if (unseen)
		return pf_unknown(facts, "reported",
		                  "%s is reported, and whether the front does it instead was not "
		                  "seen: %s",
		                  facts->subject, unseen);
	if (kept)
		return pf_pass(facts, "reported", "the settings do not, and the front does: %s",
		               kept);
	return pf_at(pf_fail(facts, "reported", "check --deploy reports %s: %s", facts->subject,
	                     pf_deploy_words(facts->subject)),
	             pf_deploy_severity(facts->subject));
}

static struct pf_verdict judge_silenced(const struct pf_case *facts)
{
	const char *missing = pf_setting_missing(facts, "deploy", "checked");
	if (missing)
		return pf_unknown(facts, "deploy", "%s", missing);
	return pf_pass(facts, "deploy", "what SILENCED_SYSTEM_CHECKS hides is looked at by its id");
}

static struct pf_verdict judge_hidden(const struct pf_case *facts)
{
	const char *broken = pf_broken_on_wire(facts, facts->subject);
	const char *unseen = pf_unseen_on_wire(facts, facts->subject);
	if (unseen)
		return pf_unknown(facts, "hidden", "%s is silenced, and the wire was not seen: %s",
		                  facts->subject, unseen);
	if (broken)
		return pf_fail(facts, "hidden", "SILENCED_SYSTEM_CHECKS hides %s, and %s",
		               facts->subject, broken);
	return pf_pass(facts, "hidden", "%s is silenced, and nothing on the wire is wrong with it",
	               facts->subject);
}

static struct pf_verdict judge_agrees(const struct pf_case *facts)
{
	const char *unread = pf_untold(facts, pf_answer_of(facts, "settings"), "settings");
	if (unread)
		return pf_unknown(facts, "settings", "%s", unread);
	const struct pf_answer *page = pf_answer_of(facts, "page");
	if (!pf_has_status(page))
		return pf_unknown(facts, "page", "the site %s",
		                  page ? pf_outcome_sentence(page->outcome) : "was not asked");
	const char *contradictions = pf_contradictions(facts);
	if (*contradictions)
		return pf_fail(facts, "page", "%s", contradictions);
	return pf_pass(facts, "page", "the site answers as its settings say");
}

static const char REFERENCE[] =
	"https://docs.djangoproject.com/en/stable/ref/django-admin/#cmdoption-check-deploy";

static const struct pf_check checks[] = {
	{
		.id = "deploy-check.clean",
		.severity = PF_MEDIUM,
		.seen_from = "app host",
		.block = "app",
		.needs = "settings! deploy!",
		.judge = judge_command,
		.title = "manage.py check --deploy reports nothing",
		.why = "Django knows which of its settings are unsafe on a live site, and says so "
		       "when "
		       "asked. Each id is a finding with a severity of its own. What the settings "
		       "leave to the front (HSTS, the redirect, headers) counts as done where the "
		       "app host sees it done.",
		.remedy = "As the site's user, with the production settings:\n"
			  "    python manage.py check --deploy\n"
			  "Django: mend what it names; silence only what the front does instead:\n"
			  "    SILENCED_SYSTEM_CHECKS = ['security.W008']\n",
		.reference = REFERENCE,
	},
	{
		.id = "deploy-check.clean",
		.severity = PF_MEDIUM,
		.seen_from = "app host",
		.block = "app",
		.needs = "reported!",
		.judge = judge_reported,
	},
	{
		.id = "deploy-check.silenced",
		.severity = PF_LOW,
		.seen_from = "app host",
		.block = "app",
		.needs = "settings! deploy!",
		.judge = judge_silenced,
		.title = "SILENCED_SYSTEM_CHECKS hides no fault that the wire shows",
		.why = "A check is silenced because something else takes care of it. When that "
		       "stops, "
		       "nobody is told.",
		.remedy = "Django: take the id out, or make the front do what it stands for:\n"
			  "    SILENCED_SYSTEM_CHECKS = []\n",
		.reference = "https://docs.djangoproject.com/en/stable/ref/settings/"
			     "#silenced-system-checks",
	},
	{
		.id = "deploy-check.silenced",
		.severity = PF_LOW,
		.seen_from = "app host",
		.block = "app",
		.needs = "hidden!",
		.judge = judge_hidden,
	},
	{
		.id = "deploy-check.agrees",
		.severity = PF_MEDIUM,
		.seen_from = "app host + any",
		.block = "app",
		.needs = "settings!",
		.judge = judge_agrees,
		.title = "The site answers as its settings say",
		.why = "Where settings and answers differ, either the front takes something away, "
		       "or "
		       "the processes still run with older settings, or another settings module: "
		       "every conclusion from the settings is then worth nothing.",
		.remedy =
			"Restart the application server after each change of settings, and compare "
                        "with the same request to the backend:\n"
			"    curl -sI https://www.example.com/\n"
			"    curl -sI -H 'Host: www.example.com' --unix-socket "
                        "/run/shop/gunicorn.sock http://localhost/\n"
			"In nginx look for proxy_hide_header, proxy_cookie_flags and add_header.\n",
		.reference = REFERENCE,
	},
};

const struct pf_probe pf_probe_deploy_check = {
	.name = "deploy_check",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
