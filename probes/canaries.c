/* Uploads are never executed: what is planted comes back byte for byte, or is refused.
 *
 * Whether a server runs what users upload cannot be seen from its configuration: handlers come from
 * everywhere, a slash after the name (x.jpg/x.php) is enough for some. So one small file of every
 * kind is planted where uploads lie, as an upload would be, fetched, and removed. Each works out a
 * number that does not stand in it. This writes on the audited host, so it needs --allow-writes.
 * Without it, the same names are asked for though nothing is there: a server that hands them to an
 * interpreter often says so in its error; one that does not may still do it.
 */
#include "disk_reader.h"
#include "visit_reader.h"

#include <string.h>

/* 191 * 7, between two words: what a file says when it was run. */
#define RAN "PF1337RAN"

/* What PHP-FPM and php-cgi say of a script that is not there. */
#define NOT_FOUND "File not found."
#define NO_INPUT "No input file specified."

static const char PHP[] = "<?php echo 'PF' . (191 * 7) . 'RAN'; ?>\\n";
static const char HONOURED[] = "text/x-pf-canary";

/* What is planted, in escaped notation, and how it is asked for. The first is the control: a text
 * that any server gives as it is. */
static const struct canary {
	const char *kind, *name, *path, *content;
} canaries[] = {
	{"text", "x.txt", "x.txt", "postflight: a canary, to be removed\\n"},
	{".php", "x.php", "x.php", PHP},
	{".phtml", "x.phtml", "x.phtml", PHP},
	{".php5", "x.php5", "x.php5", PHP},
	{".phar", "x.phar", "x.phar", PHP},
	{".PHP", "y.PHP", "y.PHP", PHP},
	{".php.jpg", "x.php.jpg", "x.php.jpg", PHP},
	{"x.jpg/x.php", "x.jpg", "x.jpg/x.php", PHP},
	{".shtml", "x.shtml", "x.shtml",
         "<!--#set var=\"a\" value=\"PF\" --><!--#echo var=\"a\" -->1337RAN\\n"},
	{".cgi", "x.cgi", "x.cgi",
         "#!/bin/sh\\nprintf 'Content-Type: text/plain\\\\n\\\\nPF%sRAN\\\\n' $((191 * 7))\\n"},
	{".py", "x.py", "x.py",
         "#!/usr/bin/python3\\nprint('Content-Type: text/plain\\\\n\\\\nPF%dRAN' % (191 * 7))\\n"},
	{".pl", "x.pl", "x.pl",
         "#!/usr/bin/perl\\nprint \"Content-Type: text/plain\\\\n\\\\nPF\", 191 * 7, "
         "\"RAN\\\\n\";\\n"},
	{".jsp", "x.jsp", "x.jsp", "<%= \"PF\" + (191 * 7) + \"RAN\" %>\\n"},
	{".htaccess", "h/.htaccess", "h/x.pfcanary", "AddType text/x-pf-canary .pfcanary\\n"},
	{"beside .htaccess", "h/x.pfcanary", NULL, "postflight: a canary, to be removed\\n"},
};

enum { COUNT = PF_COUNT(canaries), CONTROL = 0 };

static struct pf_question errand(struct pf_asking *asking, const char *step, bool contents)
{
	const struct pf_site *site = pf_asking_site(asking);
	const char *names[COUNT], *texts[COUNT];
	for (size_t i = 0; i < COUNT; i++) {
		names[i] = canaries[i].name;
		texts[i] = canaries[i].content;
	}
	return (struct pf_question){
		.kind = PF_KIND_canary,
		.canary = {.step = step,
	                   .root = site->media.root,
	                   .directory = pf_canary_directory(asking),
	                   .owner = site->media.owner ? site->media.owner : site->app.user,
	                   .names = pf_list(asking, COUNT, names),
	                   .contents = pf_list(asking, contents ? COUNT : 0, texts)},
	};
}

/* Names that are not there: what PHP-FPM says then, and CGI, differs from the server's own 404. */
static void fetch_nothing(struct pf_asking *asking, const struct pf_place *place)
{
	const struct pf_directory *media = &pf_asking_site(asking)->media;
	const char *url = media->url ? media->url : "/media/";
	for (size_t i = 0; i < COUNT; i++) {
		if (!canaries[i].path || strchr(canaries[i].path, '/'))
			continue;
		struct pf_question question =
			pf_visit(asking, place,
		                 pf_word(asking, "%s%s/%s", url, pf_canary_directory(asking),
		                         canaries[i].path));
		pf_look_for(asking, &question, NOT_FOUND);
		pf_look_for(asking, &question, NO_INPUT);
		pf_ask(asking, pf_word(asking, "no %s at %s", canaries[i].kind, place->subject),
		       media->root, question);
	}
}

static void fetch(struct pf_asking *asking, const struct pf_place *place)
{
	const struct pf_directory *media = &pf_asking_site(asking)->media;
	const struct pf_answer *planted = pf_asked(asking, "plant", media->root);
	if (planted && planted->outcome == PF_no_consent)
		fetch_nothing(asking, place);
	if (!planted || planted->outcome != PF_answered)
		return;
	const char *url = media->url ? media->url : "/media/";
	for (size_t i = 0; i < COUNT; i++) {
		if (!canaries[i].path)
			continue;
		struct pf_question question =
			pf_visit(asking, place,
		                 pf_word(asking, "%s%s/%s", url, pf_canary_directory(asking),
		                         canaries[i].path));
		pf_look_for(asking, &question, RAN);
		pf_ask(asking, pf_word(asking, "%s at %s", canaries[i].kind, place->subject),
		       media->root, question);
	}
}

static bool asks_from(const struct pf_site *site, const struct pf_vantage *vantage)
{
	return site->media.declared && site->media.root && pf_vantage_in(vantage, site->media.on);
}

/* Plant, fetch, remove: each when the one before is done, however it ended. Whatever is not removed
 * here, for lack of time or because somebody killed us, the journal removes. */
static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	const char *subject = site->media.root;
	struct pf_words addresses;
	if (!asks_from(site, pf_asking_vantage(asking)))
		return;
	pf_ask(asking, "plant", subject, errand(asking, "plant", true));
	const struct pf_answer *planted = pf_asked(asking, "plant", subject);
	bool resolved = pf_addresses(asking, site->url.host, subject, &addresses);
	pf_each_place(asking, site->url.scheme, site->url.host, fetch);
	if (planted && planted->outcome != PF_no_consent &&
	    (pf_asking_round(asking) > 2 || (!resolved && pf_asking_round(asking) > 1) ||
	     planted->outcome != PF_answered))
		pf_ask(asking, "remove", subject, errand(asking, "remove", false));
}

/* ---- judging ---- */

enum ending {
	VERBATIM,
	REFUSED,
	COMPUTED, /* it was run */
	HANDED,   /* it was given to an interpreter, which failed */
	CHANGED,  /* something else came back */
	UNSEEN,
};

static size_t canary_of(const struct pf_exchange *exchange)
{
	for (size_t i = 0; i < COUNT; i++) {
		size_t length = strlen(canaries[i].kind);
		if (canaries[i].path && strncmp(exchange->tag, canaries[i].kind, length) == 0 &&
		    strncmp(exchange->tag + length, " at ", 4) == 0)
			return i;
	}
	return COUNT;
}

/* The digest of what the request would give as it is. */
static const char *digest_of(const struct pf_facts_canary *planted, size_t number)
{
	size_t file = number + (strcmp(canaries[number].kind, ".htaccess") == 0);
	return file < planted->digests.count ? planted->digests.at[file] : "";
}

static enum ending ending_of(const struct pf_exchange *exchange,
                             const struct pf_facts_canary *planted, size_t number)
{
	const struct pf_answer *answer = exchange->answer;
	if (!answer || pf_outcome_is_ours(answer->outcome) || pf_outcome_is_quiet(answer->outcome))
		return UNSEEN;
	if (answer->outcome != PF_answered)
		return REFUSED;
	const struct pf_facts_http *http = &answer->http;
	const char *type = pf_header(http, "content-type");
	bool honoured = type && strncmp(type, HONOURED, strlen(HONOURED)) == 0;
	if (pf_words_have(http->found_in_body, RAN) || honoured)
		return COMPUTED;
	if (http->digest && strcmp(http->digest, digest_of(planted, number)) == 0)
		return VERBATIM;
	return http->status >= 500 ? HANDED : http->status >= 300 ? REFUSED : CHANGED;
}

/* The first exchange that ended so, and how many did; a control is none of them. */
static const struct pf_exchange *first_of(const struct pf_case *facts,
                                          const struct pf_facts_canary *planted, enum ending ending,
                                          size_t *count)
{
	const struct pf_exchange *first = NULL;
	*count = 0;
	for (size_t i = 0; i < facts->count; i++) {
		size_t number = canary_of(facts->exchanges[i]);
		if (number == COUNT || number == CONTROL ||
		    ending_of(facts->exchanges[i], planted, number) != ending)
			continue;
		if (++*count == 1)
			first = facts->exchanges[i];
	}
	return first;
}

/* A control that did not come back as it was planted; NULL: all did. *count: how many there are. */
static const struct pf_exchange *lost_control(const struct pf_case *facts,
                                              const struct pf_facts_canary *planted, size_t *count)
{
	const struct pf_exchange *lost = NULL;
	*count = 0;
	for (size_t i = 0; i < facts->count; i++) {
		const struct pf_exchange *exchange = facts->exchanges[i];
		if (canary_of(exchange) != CONTROL)
			continue;
		++*count;
		if (!lost && ending_of(exchange, planted, CONTROL) != VERBATIM)
			lost = exchange;
	}
	return lost;
}

static struct pf_verdict without_control(const struct pf_case *facts,
                                         const struct pf_exchange *lost)
{
	if (!lost || !lost->answer)
		return pf_unknown(facts, "plant", "nothing was fetched");
	if (lost->answer->outcome != PF_answered)
		return pf_unknown(facts, lost->tag,
		                  "the planted text file could not be fetched: %s",
		                  pf_outcome_sentence(lost->answer->outcome));
	return pf_unknown(facts, lost->tag,
	                  "a text file planted in %s did not come back from %s (status %lld): "
	                  "another directory is served there, or only to users who are let in",
	                  facts->subject, lost->question.http.url,
	                  (long long)lost->answer->http.status);
}

/* Did an interpreter speak, though nothing is there to interpret? */
static bool spoke(const struct pf_exchange *exchange)
{
	if (strncmp(exchange->tag, "no .", 4) != 0 || !exchange->answer ||
	    exchange->answer->outcome != PF_answered)
		return false;
	const struct pf_facts_http *http = &exchange->answer->http;
	const char *power = pf_header(http, "x-powered-by");
	return pf_words_have(http->found_in_body, NOT_FOUND) ||
	       pf_words_have(http->found_in_body, NO_INPUT) || http->status == 502 ||
	       (power && strstr(power, "PHP"));
}

static struct pf_verdict judge_unplanted(const struct pf_case *facts, const struct pf_answer *plant)
{
	for (size_t i = 0; plant && plant->outcome == PF_no_consent && i < facts->count; i++) {
		const struct pf_exchange *exchange = facts->exchanges[i];
		if (spoke(exchange))
			return pf_at(
				pf_fail(facts, exchange->tag,
			                "%s, which does not exist, is answered by an "
			                "interpreter (status %lld): uploads of that kind would "
			                "reach it",
			                exchange->question.http.url,
			                (long long)exchange->answer->http.status),
				PF_HIGH);
	}
	return pf_unknown(facts, "plant", "%s %s%s%s", facts->subject,
	                  pf_outcome_sentence(plant ? plant->outcome : PF_not_recorded),
	                  plant && plant->detail ? ": " : "",
	                  plant && plant->detail ? plant->detail : "");
}

static struct pf_verdict judge(const struct pf_case *facts)
{
	const struct pf_answer *plant = pf_answer_of(facts, "plant");
	if (!plant || plant->outcome != PF_answered)
		return judge_unplanted(facts, plant);
	const struct pf_facts_canary *planted = &plant->canary;
	const struct pf_answer *removed = pf_answer_of(facts, "remove");
	size_t controls, count, refused;
	const struct pf_exchange *lost = lost_control(facts, planted, &controls);
	const struct pf_exchange *bad = first_of(facts, planted, COMPUTED, &count);
	if (removed && removed->canary.left.count)
		return pf_fail(facts, "remove",
		               "canary files could not be removed from %s: run postflight clean "
		               "there",
		               removed->canary.left.at[0]);
	if (bad)
		return pf_fail(facts, bad->tag, "%s was %s: an upload of that kind is executed%s",
		               bad->question.http.url,
		               canary_of(bad) == COUNT - 2 ? "honoured" : "computed",
		               count > 1 ? pf_say(facts, ", as are %zu others", count - 1) : "");
	if (lost || controls == 0)
		return without_control(facts, lost);
	if ((bad = first_of(facts, planted, HANDED, &count)))
		return pf_at(pf_fail(facts, bad->tag,
		                     "%s was answered %lld: it was handed to an interpreter, which "
		                     "failed this time",
		                     bad->question.http.url, (long long)bad->answer->http.status),
		             PF_HIGH);
	if ((bad = first_of(facts, planted, UNSEEN, &count)))
		return pf_unknown(facts, bad->tag, "%s: %s", bad->question.http.url,
		                  bad->answer ? pf_outcome_sentence(bad->answer->outcome)
		                              : "it was not asked");
	if ((bad = first_of(facts, planted, CHANGED, &count)))
		return pf_unknown(facts, bad->tag,
		                  "%s came back changed, though not computed: what did it is not "
		                  "known",
		                  bad->question.http.url);
	first_of(facts, planted, VERBATIM, &count);
	first_of(facts, planted, REFUSED, &refused);
	return pf_pass(facts, "plant",
	               "of the kinds that were planted, none was executed: %zu came back byte for "
	               "byte, %zu were refused",
	               count, refused);
}

static const struct pf_check checks[] = {
	{
		.id = "media.not-executed",
		.severity = PF_CRITICAL,
		.seen_from = "app host + any",
		.block = "media",
		.needs = "plant? remove?",
		.judge = judge,
		.title = "What users upload is never executed",
		.why = "A server that runs one kind of upload runs a stranger's program. One small "
		       "file of every kind that servers are known to run is planted in MEDIA_ROOT "
		       "as an upload would be (owner, mode 0644, in a directory pf-... of its "
		       "own), fetched through the site, and removed: .php .phtml .php5 .phar .PHP "
		       ".php.jpg, x.jpg/x.php, .shtml .cgi .py .pl .jsp and a .htaccess. Each "
		       "works out a number that does not stand in it. This writes, so it is done "
		       "only with --allow-writes, or `allow_writes: true` in the site file; what "
		       "an interrupted run leaves the next one removes, or `postflight clean`. A "
		       "text file is planted too: when it does not come back, another directory "
		       "is served, and nothing is concluded.",
		.remedy = "nginx: uploads from a location of their own, with no handler in it:\n"
			  "    location ^~ /media/ { alias /srv/shop/media/; ssi off; }\n"
			  "nginx: beside PHP-FPM, which has cgi.fix_pathinfo=0 in php.ini:\n"
			  "    location ~ \\.php$ { try_files $uri =404; fastcgi_pass "
                          "unix:/run/php/php-fpm.sock; }\n"
			  "Apache:\n"
			  "    <Directory /srv/shop/media>\n"
			  "        AllowOverride None\n"
			  "        Options -ExecCGI -Includes\n"
			  "        SetHandler default-handler\n"
			  "        <IfModule php_module>\n"
			  "            php_admin_flag engine off\n"
			  "        </IfModule>\n"
			  "    </Directory>\n"
			  "Better still: another origin, or an object store.\n",
		.reference = "https://docs.djangoproject.com/en/stable/topics/security/"
			     "#user-uploaded-content",
	},
};

const struct pf_probe pf_probe_canaries = {
	.name = "canaries",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
	.asks_from = asks_from,
};
