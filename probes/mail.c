/* Errors reach somebody: mail leaves the site by a server that answers, or a monitor is told.
 *
 * Nothing is sent: the app host says EHLO as Django would, begins TLS where the settings ask for
 * it, and QUITs (RFC 5321, RFC 3207).
 */
#include "django_reader.h"

#include <string.h>

static const char SUBJECT[] = "settings";

static bool is_smtp(const char *backend)
{
	return backend && strstr(backend, ".smtp.");
}

static void ask(struct pf_asking *asking)
{
	pf_ask_settings(asking);
	const struct pf_answer *settings = pf_asked(asking, "settings", SUBJECT);
	if (is_smtp(pf_setting_word(asking, settings, "email_backend", 0)))
		pf_ask_django(asking, "mail", SUBJECT, "mail");
}

static struct pf_verdict judge_backend(const struct pf_case *facts)
{
	static const char *const idle[] = {"console", "dummy", "locmem", "filebased"};
	const char *missing = pf_setting_missing(facts, "settings", "email_backend");
	if (missing)
		return pf_unknown(facts, "settings", "%s", missing);
	const char *backend =
		pf_setting(facts, pf_answer_of(facts, "settings"), "email_backend", 0);
	for (size_t i = 0; i < PF_COUNT(idle); i++)
		if (strstr(backend, pf_say(facts, "django.core.mail.backends.%s.", idle[i])))
			return pf_fail(facts, "settings",
			               "mail goes to %s: it never leaves this host", backend);
	return pf_pass(facts, "settings", "mail goes to %s", backend);
}

/* The verdict where errors are mailed: does the server take mail? */
static struct pf_verdict judge_server(const struct pf_case *facts, const struct pf_fact *server)
{
	const struct pf_answer *answer = pf_answer_of(facts, "mail");
	struct pf_fact hello, tls;
	const char *missing = answer ? pf_setting_missing(facts, "mail", "end") : NULL;
	if (!answer || answer->outcome != PF_answered)
		return pf_unknown(facts, "settings", "the mail server %s",
		                  answer ? pf_outcome_sentence(answer->outcome) : "was not asked");
	if (missing)
		return pf_unknown(facts, "mail", "%s", missing);
	const char *failed = pf_setting(facts, answer, "mail_failed", 0);
	if (failed)
		return pf_fail(
			facts, "mail",
			"ADMINS is set, and the mail server %s:%s does not take mail from the "
			"app host: %s",
			server->word[0], server->word[1], failed);
	const char *slow = pf_setting(facts, answer, "mail_slow", 0);
	if (slow)
		return pf_unknown(facts, "mail",
		                  "the mail server %s:%s was given eight seconds: %s",
		                  server->word[0], server->word[1], slow);
	if (!pf_fact(facts, answer, "mail_hello", 0, &hello) || hello.number[0] / 100 != 2)
		return pf_fail(facts, "mail", "the mail server %s:%s answers EHLO with %s",
		               server->word[0], server->word[1], hello.word[0]);
	bool secured = pf_fact(facts, answer, "mail_tls", 0, &tls);
	return pf_pass(facts, "mail", "ADMINS is set, and the mail server %s:%s answers EHLO%s",
	               server->word[0], server->word[1], secured ? " and STARTTLS" : "");
}

static struct pf_verdict judge_recipients(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "settings");
	const char *missing = pf_setting_missing(facts, "settings", "admins");
	struct pf_fact server;
	if (missing)
		return pf_unknown(facts, "settings", "%s", missing);
	const char *monitor = pf_setting(facts, answer, "monitor", 0);
	if (monitor && *monitor)
		return pf_pass(facts, "settings", "errors are told to %s", monitor);
	if (pf_setting_is(answer, "admins", "0"))
		return pf_fail(facts, "settings",
		               "ADMINS is empty and no error monitor is configured: errors reach "
		               "nobody");
	if (!is_smtp(pf_setting(facts, answer, "email_backend", 0)))
		return pf_skip(facts, "settings",
		               "mail goes another way than SMTP, which email.backend judges");
	if (!pf_fact(facts, answer, "email_server", 0, &server))
		return pf_unknown(facts, "settings", "the settings do not tell the mail server");
	return judge_server(facts, &server);
}

static struct pf_verdict judge_managers(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "settings");
	const char *missing = pf_setting_missing(facts, "settings", "managers");
	if (missing)
		return pf_unknown(facts, "settings", "%s", missing);
	if (!pf_setting_is(answer, "broken_links", "True"))
		return pf_pass(facts, "settings", "BrokenLinkEmailsMiddleware is not used");
	if (pf_setting_is(answer, "managers", "0"))
		return pf_fail(facts, "settings",
		               "BrokenLinkEmailsMiddleware is on and MANAGERS is empty");
	if (pf_setting_is(answer, "ignorable_404", "0"))
		return pf_fail(facts, "settings",
		               "BrokenLinkEmailsMiddleware is on and IGNORABLE_404_URLS is empty");
	return pf_pass(facts, "settings", "broken links are told to MANAGERS");
}

static const struct pf_check checks[] = {
	{
		.id = "error-reporting.recipients",
		.severity = PF_MEDIUM,
		.seen_from = "app host",
		.block = "app",
		.needs = "settings! mail?",
		.judge = judge_recipients,
		.title = "Errors of the site reach somebody",
		.why = "With DEBUG off the only trace of an exception is what Django mails to "
		       "ADMINS, "
		       "or what an error monitor gets. The mail server is asked from the app host, "
		       "as the site's user: EHLO, STARTTLS where the settings ask for it, QUIT. "
		       "From Django 4.2 on its certificate must be trusted and be for EMAIL_HOST, "
		       "or no mail leaves. "
		       "Whether it delivers is not known from that: nothing is sent.",
		.remedy = "Django (from 6.0 ADMINS is a list of addresses):\n"
			  "    ADMINS = [('Operator', 'ops@example.com')]\n"
			  "    SERVER_EMAIL = 'shop@example.com'\n"
			  "    EMAIL_HOST, EMAIL_PORT, EMAIL_USE_TLS = 'mail.example.com', 587, "
                          "True\n"
			  "or an error monitor, such as sentry_sdk.init(dsn=...).\n",
		.reference = "https://docs.djangoproject.com/en/stable/howto/error-reporting/",
	},
	{
		.id = "error-reporting.managers",
		.severity = PF_INFO,
		.seen_from = "app host",
		.block = "app",
		.needs = "settings!",
		.judge = judge_managers,
		.title = "Mails about broken links have a reader and a filter",
		.why = "BrokenLinkEmailsMiddleware mails to MANAGERS; without any it works for "
		       "nothing, and without IGNORABLE_404_URLS robots fill the mailbox.",
		.remedy = "Django:\n"
			  "    MANAGERS = ADMINS\n"
			  "    IGNORABLE_404_URLS = [re.compile(r'^/favicon\\.ico$'), "
                          "re.compile(r'\\.php$')]\n",
		.reference =
			"https://docs.djangoproject.com/en/stable/howto/error-reporting/#errors",
	},
	{
		.id = "email.backend",
		.severity = PF_MEDIUM,
		.seen_from = "app host",
		.block = "app",
		.needs = "settings!",
		.judge = judge_backend,
		.title = "Mail leaves the host",
		.why = "The console, dummy, locmem and file backends are for development: password "
		       "resets and error mails vanish, and nobody is told.",
		.remedy = "Django:\n"
			  "    EMAIL_BACKEND = 'django.core.mail.backends.smtp.EmailBackend'\n",
		.reference = "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/"
			     "#email-backend-and-related-settings",
	},
};

const struct pf_probe pf_probe_mail = {
	.name = "mail",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
