/* The headers by which proxies tell the host, as a client might send them. */
#include "forwarded_reader.h"

#include "response_reader.h"

#include <string.h>

/* Header, and the label before the canary that is its own. */
static const struct sent {
	const char *header, *label;
} sent[] = {
	{"X-Forwarded-Host", "xfh"},
	{"Forwarded", "fwd"},
	{"X-Host", "xhost"},
	{"X-Original-Host", "xorig"},
	{"X-Forwarded-Server", "xserver"},
	{"X-HTTP-Host-Override", "xover"},
};

static const char *name_of(struct pf_asking *asking, const struct sent *one)
{
	return pf_word(asking, "%s.%s", one->label, pf_asking_canary(asking));
}

static struct pf_question with_headers(struct pf_asking *asking, struct pf_question question)
{
	const char *lines[PF_COUNT(sent)];
	for (size_t i = 0; i < PF_COUNT(sent); i++) {
		const char *name = name_of(asking, &sent[i]);
		lines[i] = strcmp(sent[i].header, "Forwarded") == 0
		                   ? pf_word(asking, "Forwarded: host=%s", name)
		                   : pf_word(asking, "%s: %s", sent[i].header, name);
		pf_look_for(asking, &question, pf_word(asking, "//%s", name));
	}
	question.http.headers = pf_list(asking, PF_COUNT(lines), lines);
	return question;
}

struct pf_question pf_visit_forwarded(struct pf_asking *asking, const struct pf_place *place)
{
	return with_headers(asking, pf_visit(asking, place, pf_busted(asking, "forwarded")));
}

static const char *login_of(const struct pf_site *site)
{
	return site->login_path   ? site->login_path
	       : site->admin_path ? site->admin_path
	                          : "/admin/";
}

struct pf_question pf_visit_forwarded_login(struct pf_asking *asking, const struct pf_place *place)
{
	const char *login = login_of(pf_asking_site(asking));
	const char *path = pf_word(asking, "%s%cpf=%s-login", login, strchr(login, '?') ? '&' : '?',
	                           pf_canary_digits(asking));
	return with_headers(asking, pf_visit(asking, place, path));
}

/* django.contrib.auth.urls and the admin both have it beside their login page. */
struct pf_question pf_visit_forwarded_reset(struct pf_asking *asking, const struct pf_place *place)
{
	static const char tail[] = "login/";
	const char *login = login_of(pf_asking_site(asking));
	size_t length = strlen(login), cut = sizeof tail - 1;
	bool has_tail = length >= cut && strcmp(login + length - cut, tail) == 0;
	const char *path =
		pf_word(asking, "%.*s%spassword_reset/?pf=%s-reset",
	                (int)(has_tail ? length - cut : length), login,
	                has_tail || login[length - 1] == '/' ? "" : "/", pf_canary_digits(asking));
	return with_headers(asking, pf_visit(asking, place, path));
}

bool pf_came_back(const struct pf_answer *answer)
{
	return answer && answer->kind == PF_KIND_http &&
	       (answer->http.found_in_body.count || answer->http.found_in_headers.count);
}

const char *pf_believed(const struct pf_case *facts, const struct pf_answer *answer)
{
	for (size_t i = 0; i < PF_COUNT(sent); i++) {
		const char *name = pf_say(facts, "%s.%s", sent[i].label, facts->canary);
		const char *echo = pf_echo_of(facts, answer, name);
		if (echo)
			return pf_say(facts, "%s was believed: its name came back %s",
			              sent[i].header, echo);
	}
	const char *echo = pf_echo_of(facts, answer, facts->canary);
	return echo ? pf_say(facts, "a bogus name from these headers came back %s", echo) : NULL;
}
