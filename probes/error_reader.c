/* Four errors, none of which leaves anything behind but a line in a log. */
#include "error_reader.h"

#include "response_reader.h"

#include <string.h>

static const char *login_path(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	if (site->login_path)
		return site->login_path;
	return pf_word(asking, "%slogin/", site->admin_path ? site->admin_path : "/admin/");
}

/* A login without cookie or token that says it comes from another site: CsrfViewMiddleware answers
 * before any view looks at it. */
void pf_ask_form(struct pf_asking *asking, const struct pf_place *place)
{
	const char *canary = pf_asking_canary(asking), *login = login_path(asking);
	const char *path = pf_word(asking, "%s%cpf=%s-form", login, strchr(login, '?') ? '&' : '?',
	                           pf_canary_digits(asking));
	const char *lines[] = {"Content-Type: application/x-www-form-urlencoded",
	                       pf_word(asking, "Origin: https://%s", canary),
	                       pf_word(asking, "Referer: https://%s/", canary)};
	struct pf_question question = pf_visit(asking, place, path);
	question.http.method = "POST";
	question.http.headers = pf_list(asking, PF_COUNT(lines), lines);
	question.http.body = "";
	pf_look_for(asking, &question, PF_CSRF_ROBOTS);
	pf_look_for(asking, &question, PF_TECHNICAL_HELP);
	pf_ask(asking, "form", place->subject, question);
}

/* "undefined" is a codec of Python's that refuses everything (library reference, codecs). Django
 * takes it for the encoding of the request (WSGIRequest.encoding), and a login view that reads its
 * query cannot: UnicodeError, 500. Nothing was sent, nothing is changed. */
static struct pf_question unreadable_query(struct pf_asking *asking, const struct pf_place *place)
{
	static const char *const odd[] = {"Content-Type: text/plain; charset=undefined"};
	struct pf_question question = pf_visit(asking, place, login_path(asking));
	question.http.headers = pf_list(asking, PF_COUNT(odd), odd);
	pf_look_for(asking, &question, PF_TECHNICAL_PLAIN);
	return question;
}

void pf_ask_errors(struct pf_asking *asking, const struct pf_place *place)
{
	const char *missing = pf_word(asking, "/pf-%s/", pf_canary_digits(asking));
	pf_ask(asking, "missing-page", place->subject, pf_visit(asking, place, missing));
	pf_ask(asking, "bad-host", place->subject, pf_visit_unknown_host(asking, place));
	pf_ask_form(asking, place);
	/* Each 500 is mailed to ADMINS: one of a run is enough. */
	const char *first = pf_asking_site(asking)->vantages[0].name;
	if (place->first && strcmp(pf_asking_vantage(asking)->name, first) == 0)
		pf_ask(asking, "broken", place->subject, unreadable_query(asking, place));
}
