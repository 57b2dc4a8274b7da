/* Asks Django for its settings with a small script on standard input, and reads its lines. */
#include "django_reader.h"

#include <string.h>

/* Python 3.6 and later, Django 3.2 to 6.1. Each fact is one line, the last line proves that none is
 * missing. What the settings module prints is thrown away, and of an error only what names a
 * module, a variable or a file is told: a traceback quotes lines of the settings, and those hold
 * secrets. */
static const char script[] =
	"import os, sys\n"
	"out = os.dup(1)\n"
	"void = os.open(os.devnull, os.O_WRONLY)\n"
	"os.dup2(void, 1)\n"
	"os.dup2(void, 2)\n"
	"def say(name, value):\n"
	"    text = ' '.join(str(value).split())\n"
	"    line = 'postflight %s=%s\\n' % (name, text)\n"
	"    os.write(out, line.encode('utf-8', 'backslashreplace'))\n"
	"def why(error):\n"
	"    name = type(error).__name__\n"
	"    told = ''\n"
	"    if isinstance(error, ImportError):\n"
	"        told = error.name or ''\n"
	"    elif isinstance(error, OSError):\n"
	"        told = '%s: %s' % (error.strerror, error.filename)\n"
	"    elif isinstance(error, KeyError) and error.args:\n"
	"        told = str(error.args[0])\n"
	"        told = told if told.isidentifier() else ''\n"
	"    return '%s: %s' % (name, told) if told else name\n"
	"def facts():\n"
	"    import django\n"
	"    from django.conf import settings\n"
	"    hosts = settings.ALLOWED_HOSTS\n"
	"    say('django', django.get_version())\n"
	"    say('debug', bool(settings.DEBUG))\n"
	"    for host in [hosts] if isinstance(hosts, str) else hosts:\n"
	"        say('allowed_host', host)\n"
	"    say('use_x_forwarded_host', bool(settings.USE_X_FORWARDED_HOST))\n"
	"    for which in ('SESSION', 'CSRF'):\n"
	"        for what in ('NAME', 'SECURE', 'HTTPONLY', 'SAMESITE'):\n"
	"            name = '%s_COOKIE_%s' % (which, what)\n"
	"            value = getattr(settings, name)\n"
	"            say(name.lower(), bool(value) if what in ('SECURE', 'HTTPONLY') else value)\n"
	"    say('csrf_use_sessions', bool(settings.CSRF_USE_SESSIONS))\n"
	"    say('end', True)\n"
	"try:\n"
	"    facts()\n"
	"except BaseException as error:\n"
	"    say('error', why(error))\n"
	"    os._exit(1)\n";

static const char HEAD[] = "postflight ";

static bool can_ask(const struct pf_asking *asking)
{
	const struct pf_app *app = &pf_asking_site(asking)->app;
	return app->declared && app->python && app->project && app->settings &&
	       pf_vantage_in(pf_asking_vantage(asking), app->on);
}

bool pf_django_question(struct pf_asking *asking, const char *python, struct pf_question *question)
{
	if (!can_ask(asking))
		return false;
	const struct pf_app *app = &pf_asking_site(asking)->app;
	const char *const argv[] = {app->python, "-"};
	const char *const environment[] = {
		pf_word(asking, "DJANGO_SETTINGS_MODULE=%s", app->settings),
		pf_word(asking, "PYTHONPATH=%s", app->project),
		"PYTHONDONTWRITEBYTECODE=1",
	};
	*question = (struct pf_question){
		.kind = PF_KIND_exec,
		.exec = {.argv = pf_list(asking, PF_COUNT(argv), argv),
	                 .user = app->user ? app->user : "",
	                 .directory = app->project,
	                 .environment = pf_list(asking, PF_COUNT(environment), environment),
	                 .input = python},
	};
	return true;
}

void pf_ask_settings(struct pf_asking *asking)
{
	struct pf_question question;
	if (pf_django_question(asking, script, &question))
		pf_ask(asking, "settings", "settings", question);
}

/* The length of the line at `at` in escaped notation, where a newline is \n and a backslash \\. */
static size_t line_length(const char *at)
{
	size_t length = 0;
	while (at[length] && !(at[length] == '\\' && at[length + 1] == 'n'))
		length += at[length] == '\\' && at[length + 1] ? 2 : 1;
	return length;
}

static const char *next_line(const char *at)
{
	at += line_length(at);
	return *at ? at + 2 : at;
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
	for (const char *at = answer->exec.output; *at; at = next_line(at)) {
		const char *value = value_at(at, name);
		if (value && number-- == 0)
			return value;
	}
	return NULL;
}

bool pf_setting_is(const struct pf_answer *answer, const char *name, const char *value)
{
	const char *said = find(answer, name, 0);
	return said && line_length(said) == strlen(value) &&
	       strncmp(said, value, strlen(value)) == 0;
}

const char *pf_setting(const struct pf_case *facts, const struct pf_answer *answer,
                       const char *name, size_t number)
{
	const char *value = find(answer, name, number);
	return value ? pf_say(facts, "%.*s", (int)line_length(value), value) : NULL;
}

const char *pf_setting_word(struct pf_asking *asking, const struct pf_answer *answer,
                            const char *name, size_t number)
{
	const char *value = find(answer, name, number);
	return value ? pf_word(asking, "%.*s", (int)line_length(value), value) : NULL;
}

/* The last line that is not empty, for when Python itself did not start. */
static const char *last_line(const struct pf_case *facts, const char *text)
{
	const char *last = "";
	for (const char *at = text ? text : ""; *at; at = next_line(at))
		if (line_length(at))
			last = at;
	return pf_say(facts, "%.*s", (int)line_length(last), last);
}

const char *pf_settings_unread(const struct pf_case *facts, const struct pf_answer *answer)
{
	if (answer->exec.status == 0 && pf_setting_is(answer, "end", "True"))
		return NULL;
	const char *said = pf_setting(facts, answer, "error", 0);
	if (!said)
		said = last_line(facts, answer->exec.errors);
	return pf_say(facts, "the settings could not be read: %s",
	              *said ? said : "Python ended without a word");
}
