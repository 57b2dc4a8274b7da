/* Asks Django for its settings with a small script on standard input, and reads its lines. */
#include "django_reader.h"
#include "django_script.h"
#include "line_reader.h"

#include <stdlib.h>
#include <string.h>

static const char HEAD[] = "postflight ";

static bool can_ask(const struct pf_asking *asking)
{
	const struct pf_app *app = &pf_asking_site(asking)->app;
	return app->declared && app->python && app->project && app->settings &&
	       pf_vantage_in(pf_asking_vantage(asking), app->on);
}

static bool question_of(struct pf_asking *asking, const char *parts, struct pf_question *question)
{
	if (!can_ask(asking))
		return false;
	const struct pf_app *app = &pf_asking_site(asking)->app;
	const char *const argv[] = {app->python, "-", parts};
	const char *const environment[] = {
		pf_word(asking, "DJANGO_SETTINGS_MODULE=%s", app->settings),
		pf_word(asking, "PYTHONPATH=%s", app->project),
		"PYTHONDONTWRITEBYTECODE=1",
		pf_word(asking, "POSTFLIGHT_ENV_FILE=%s", app->env_file ? app->env_file : ""),
	};
	size_t variables = PF_COUNT(environment) - (app->env_file ? 0 : 1);
	*question = (struct pf_question){
		.kind = PF_KIND_exec,
		.exec = {.argv = pf_list(asking, PF_COUNT(argv), argv),
	                 .user = app->user ? app->user : "",
	                 .directory = app->project,
	                 .environment = pf_list(asking, variables, environment),
	                 .input = pf_django_script},
	};
	return true;
}

void pf_ask_django(struct pf_asking *asking, const char *tag, const char *subject,
                   const char *parts)
{
	struct pf_question question;
	if (question_of(asking, parts, &question))
		pf_ask(asking, tag, subject, question);
}

void pf_ask_marks(struct pf_asking *asking, const char *subject, const char *const marks[2])
{
	struct pf_question question;
	if (!question_of(asking, "marks", &question))
		return;
	const struct pf_words argv = question.exec.argv;
	const char *const words[] = {argv.at[0], argv.at[1], argv.at[2], marks[0], marks[1]};
	question.exec.argv = pf_list(asking, PF_COUNT(words), words);
	pf_ask(asking, "marks", subject, question);
}

void pf_ask_settings(struct pf_asking *asking)
{
	pf_ask_django(asking, "settings", "settings", PF_ABOUT_SETTINGS);
}

/* The value in a line "postflight name=value"; NULL: it is another line. */
static const char *value_at(const char *line, const char *name)
{
	size_t head = strlen(HEAD), length = strlen(name);
	if (strncmp(line, HEAD, head) != 0 || strncmp(line + head, name, length) != 0 ||
	    line[head + length] != '=')
		return NULL;
	return line + head + length + 1;
}

static const char *find(const struct pf_answer *answer, const char *name, size_t number)
{
	if (!answer || answer->outcome != PF_answered || !answer->exec.output)
		return NULL;
	for (const char *at = answer->exec.output; *at; at = pf_line_next(at)) {
		const char *value = value_at(at, name);
		if (value && number-- == 0)
			return value;
	}
	return NULL;
}

bool pf_setting_is(const struct pf_answer *answer, const char *name, const char *value)
{
	const char *said = find(answer, name, 0);
	return said && pf_line_length(said) == strlen(value) &&
	       strncmp(said, value, strlen(value)) == 0;
}

const char *pf_setting(const struct pf_case *facts, const struct pf_answer *answer,
                       const char *name, size_t number)
{
	const char *value = find(answer, name, number);
	return value ? pf_say(facts, "%.*s", (int)pf_line_length(value), value) : NULL;
}

const char *pf_setting_word(struct pf_asking *asking, const struct pf_answer *answer,
                            const char *name, size_t number)
{
	const char *value = find(answer, name, number);
	return value ? pf_word(asking, "%.*s", (int)pf_line_length(value), value) : NULL;
}

bool pf_fact(const struct pf_case *facts, const struct pf_answer *answer, const char *name,
             size_t number, struct pf_fact *fact)
{
	const char *rest = pf_setting(facts, answer, name, number);
	for (size_t i = 0; i < PF_FACT_WORDS; i++) {
		bool last = i + 1 == PF_FACT_WORDS;
		size_t length = !rest ? 0 : last ? strlen(rest) : strcspn(rest, " ");
		fact->word[i] = pf_say(facts, "%.*s", (int)length, rest ? rest : "");
		fact->number[i] = strtoll(fact->word[i], NULL, 10);
		rest = rest && rest[length] == ' ' ? rest + length + 1 : NULL;
	}
	return fact->word[0][0] != '\0';
}

/* The last line that is not empty, for when Python itself did not start. */
static const char *last_line(const struct pf_case *facts, const char *text)
{
	const char *last = "";
	for (const char *at = text ? text : ""; *at; at = pf_line_next(at))
		if (pf_line_length(at))
			last = at;
	return pf_say(facts, "%.*s", (int)pf_line_length(last), last);
}

const char *pf_untold(const struct pf_case *facts, const struct pf_answer *answer, const char *part)
{
	const char *ended, *said = pf_setting(facts, answer, "error", 0);
	for (size_t i = 0; (ended = pf_setting(facts, answer, "end", i)) != NULL; i++)
		if (strcmp(ended, part) == 0)
			return NULL;
	if (!said)
		said = pf_setting(facts, answer, pf_say(facts, "error_%s", part), 0);
	if (!said && answer->exec.signal)
		return pf_say(facts, "Django did not finish and was ended by signal %lld",
		              (long long)answer->exec.signal);
	if (!said)
		said = last_line(facts, answer->exec.errors);
	return pf_say(facts, "the settings could not be read: %s",
	              *said ? said : "Python ended without a word");
}

const char *pf_setting_missing(const struct pf_case *facts, const char *part, const char *name)
{
	const struct pf_answer *answer = pf_answer_of(facts, part);
	const char *unread = pf_untold(facts, answer, part);
	if (unread || pf_setting(facts, answer, name, 0))
		return unread;
	const char *failed = pf_setting(facts, answer, "failed", 0);
	return pf_say(facts, "the settings do not tell: %s",
	              failed ? failed : pf_say(facts, "nothing is said of %s", name));
}
