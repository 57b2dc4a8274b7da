/* One row an id: what the wire shows of it. */
#include "deploy_reader.h"

#include "django_reader.h"
#include "header_reader.h"
#include "response_reader.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum seen { UNSEEN, KEPT, BROKEN };

static const char *page_header(const struct pf_case *facts, const char *name)
{
	const struct pf_answer *page = pf_answer_of(facts, "page");
	return pf_has_status(page) ? pf_header(&page->http, name) : NULL;
}

static enum seen header_is_there(const struct pf_case *facts, const char *name)
{
	if (!pf_has_status(pf_answer_of(facts, "page")))
		return UNSEEN;
	return page_header(facts, name) ? KEPT : BROKEN;
}

static enum seen hsts(const struct pf_case *facts)
{
	return header_is_there(facts, "strict-transport-security");
}

static enum seen hsts_word(const struct pf_case *facts, const char *word)
{
	const char *value = page_header(facts, "strict-transport-security");
	if (!value)
		return UNSEEN;
	struct pf_bit rest = pf_bit_of(value), bit;
	while (pf_bit_next(&rest, ";", &bit))
		if (pf_bit_is(bit, word))
			return KEPT;
	return BROKEN;
}

static enum seen hsts_subdomains(const struct pf_case *facts)
{
	return hsts_word(facts, "includeSubDomains");
}

static enum seen hsts_preload(const struct pf_case *facts)
{
	return hsts_word(facts, "preload");
}

static enum seen nosniff(const struct pf_case *facts)
{
	return header_is_there(facts, "x-content-type-options");
}

static enum seen frames(const struct pf_case *facts)
{
	return header_is_there(facts, "x-frame-options");
}

static enum seen referrer(const struct pf_case *facts)
{
	return header_is_there(facts, "referrer-policy");
}

static enum seen redirect(const struct pf_case *facts)
{
	const struct pf_answer *plain = pf_answer_of(facts, "plain");
	if (!pf_has_status(plain))
		return plain && plain->outcome == PF_refused ? KEPT : UNSEEN;
	const char *location = plain->http.location;
	bool moved = plain->http.status / 100 == 3 && location;
	return moved && strncasecmp(location, "https://", 8) == 0 ? KEPT : BROKEN;
}

/* The cookie of that setting, in the answer to the login page. */
static enum seen cookie_word(const struct pf_case *facts, const char *setting, const char *word)
{
	const struct pf_answer *login = pf_answer_of(facts, "login");
	const char *name = pf_setting(facts, pf_answer_of(facts, "settings"), setting, 0);
	if (!name)
		name = "csrftoken";
	for (size_t i = 0; pf_has_status(login) && i < login->http.headers.count; i++) {
		const char *line = login->http.headers.at[i];
		struct pf_bit bit, rest;
		if (strncmp(line, "set-cookie: ", 12) != 0 ||
		    strncmp(line + 12, name, strlen(name)) != 0 || line[12 + strlen(name)] != '=')
			continue;
		for (rest = pf_bit_of(line + 12); pf_bit_next(&rest, ";", &bit);)
			if (pf_bit_is(bit, word))
				return KEPT;
		return BROKEN;
	}
	return UNSEEN;
}

static enum seen csrf_secure(const struct pf_case *facts)
{
	return cookie_word(facts, "csrf_cookie_name", "Secure");
}

static enum seen technical(const struct pf_case *facts)
{
	const struct pf_answer *missing = pf_answer_of(facts, "missing");
	return pf_has_status(missing) && pf_is_technical(missing) ? BROKEN : UNSEEN;
}

static const struct row {
	const char *id;
	int severity;
	const char *words;
	enum seen (*look)(const struct pf_case *facts);
} rows[] = {
	{"security.W001", PF_HIGH, "SecurityMiddleware is missing", NULL},
	{"security.W002", PF_MEDIUM, "XFrameOptionsMiddleware is missing", frames},
	{"security.W003", PF_HIGH, "CsrfViewMiddleware is missing", NULL},
	{"security.W004", PF_MEDIUM, "SECURE_HSTS_SECONDS is not set", hsts},
	{"security.W005", PF_LOW, "SECURE_HSTS_INCLUDE_SUBDOMAINS is not True", hsts_subdomains},
	{"security.W006", PF_MEDIUM, "SECURE_CONTENT_TYPE_NOSNIFF is not True", nosniff},
	{"security.W008", PF_MEDIUM, "SECURE_SSL_REDIRECT is not True", redirect},
	{"security.W009", PF_HIGH, "SECRET_KEY is weak", NULL},
	{"security.W010", PF_HIGH, "SESSION_COOKIE_SECURE is not True", NULL},
	{"security.W011", PF_HIGH, "SESSION_COOKIE_SECURE is not True", NULL},
	{"security.W012", PF_HIGH, "SESSION_COOKIE_SECURE is not True", NULL},
	{"security.W013", PF_HIGH, "SESSION_COOKIE_HTTPONLY is not True", NULL},
	{"security.W014", PF_HIGH, "SESSION_COOKIE_HTTPONLY is not True", NULL},
	{"security.W015", PF_HIGH, "SESSION_COOKIE_HTTPONLY is not True", NULL},
	{"security.W016", PF_HIGH, "CSRF_COOKIE_SECURE is not True", csrf_secure},
	{"security.W018", PF_HIGH, "DEBUG is True", technical},
	{"security.W019", PF_LOW, "X_FRAME_OPTIONS is not DENY", NULL},
	{"security.W020", PF_HIGH, "ALLOWED_HOSTS is empty", NULL},
	{"security.W021", PF_LOW, "SECURE_HSTS_PRELOAD is not True", hsts_preload},
	{"security.W022", PF_LOW, "SECURE_REFERRER_POLICY is not set", referrer},
	{"security.W025", PF_HIGH, "a key in SECRET_KEY_FALLBACKS is weak", NULL},
};

static const struct row *row_of(const char *id)
{
	for (size_t i = 0; i < PF_COUNT(rows); i++)
		if (strcmp(rows[i].id, id) == 0)
			return &rows[i];
	return NULL;
}

int pf_deploy_severity(const char *id)
{
	const struct row *row = row_of(id);
	const char *letter = strrchr(id, '.');
	if (row)
		return row->severity;
	return letter && (letter[1] == 'E' || letter[1] == 'C') ? PF_HIGH : PF_MEDIUM;
}

const char *pf_deploy_words(const char *id)
{
	const struct row *row = row_of(id);
	return row ? row->words : "the command tells what it is about";
}

const char *pf_kept_on_wire(const struct pf_case *facts, const char *id)
{
	const struct row *row = row_of(id);
	return row && row->look && row->look(facts) == KEPT ? row->words : NULL;
}

const char *pf_broken_on_wire(const struct pf_case *facts, const char *id)
{
	const struct row *row = row_of(id);
	return row && row->look && row->look(facts) == BROKEN
	               ? pf_say(facts, "the wire shows it: %s", row->words)
	               : NULL;
}

const char *pf_unseen_on_wire(const struct pf_case *facts, const char *id)
{
	const struct row *row = row_of(id);
	const struct pf_answer *page = pf_answer_of(facts, "page");
	if (!row || !row->look || pf_has_status(page))
		return NULL;
	return page ? pf_outcome_sentence(page->outcome) : "it was not asked";
}

static const char *hsts_contradiction(const struct pf_case *facts, const struct pf_answer *settings)
{
	const char *wanted = pf_setting(facts, settings, "hsts_seconds", 0);
	const char *value = page_header(facts, "strict-transport-security");
	if (!wanted || strcmp(wanted, "0") == 0)
		return NULL;
	if (!value)
		return pf_say(facts, "the settings send HSTS and none arrives");
	const char *age = strstr(value, "max-age=");
	if (age && strtoll(age + 8, NULL, 10) != strtoll(wanted, NULL, 10))
		return pf_say(facts, "SECURE_HSTS_SECONDS is %s and %s arrives", wanted, value);
	return NULL;
}

static const char *debug_contradiction(const struct pf_case *facts,
                                       const struct pf_answer *settings)
{
	bool on = pf_setting_is(settings, "debug", "True");
	const struct pf_answer *missing = pf_answer_of(facts, "missing");
	if (!pf_has_status(missing) || missing->http.status != 404 ||
	    on == pf_is_technical(missing))
		return NULL;
	return on ? "DEBUG is True and errors show no technical page"
	          : "DEBUG is False and errors show technical pages";
}

const char *pf_contradictions(const struct pf_case *facts)
{
	const struct pf_answer *settings = pf_answer_of(facts, "settings");
	bool secured = pf_setting_is(settings, "security_middleware", "True");
	const char *found[6] = {secured ? hsts_contradiction(facts, settings) : NULL,
	                        debug_contradiction(facts, settings)};
	if (secured && pf_setting_is(settings, "ssl_redirect", "True") && redirect(facts) == BROKEN)
		found[2] = "SECURE_SSL_REDIRECT is True and plain HTTP is not redirected";
	if (secured && pf_setting_is(settings, "nosniff", "True") && nosniff(facts) == BROKEN)
		found[3] = "SECURE_CONTENT_TYPE_NOSNIFF is True and no such header arrives";
	if (pf_setting_is(settings, "frame_middleware", "True") && frames(facts) == BROKEN)
		found[4] = "XFrameOptionsMiddleware is on and no such header arrives";
	if (pf_setting_is(settings, "csrf_cookie_secure", "True") && csrf_secure(facts) == BROKEN)
		found[5] = "CSRF_COOKIE_SECURE is True and the cookie arrives without Secure";
	const char *all = "";
	for (size_t i = 0; i < PF_COUNT(found); i++)
		if (found[i])
			all = pf_say(facts, "%s%s%s", all, *all ? "; " : "", found[i]);
	return all;
}
