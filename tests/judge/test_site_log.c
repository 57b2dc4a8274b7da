/* logging.works, and what the log says of bogus Hosts. */
#include "rig_story.h"

PF_PROBE(site_log);

static struct rig *marked(const char *log)
{
	struct rig *rig = rig_new(&pf_probe_site_log);
	rig->subject = "settings";
	rig_told(rig, "settings", "postflight end=settings\\n");
	rig_page(rig, "marked", 404, "Nothing here");
	rig_silence(rig, "bad-host", PF_hung_up);
	rig_told(rig, "marks", log);
	return rig;
}

#define FILE_READ "postflight looked_at=/var/log/shop.log read\\n"
#define END "postflight end=marks\\n"

static void logging_works__passes_when_the_mark_is_there(void **state)
{
	(void)state;
	rig_story(marked(FILE_READ
	                 "postflight mark=0 /var/log/shop.log\\npostflight mark=1 -\\n" END),
	          "logging.works", PF_PASS, "/var/log/shop.log");
}

static void logging_works__fails_when_the_mark_is_missing(void **state)
{
	(void)state;
	rig_story(marked(FILE_READ "postflight mark=0 -\\npostflight mark=1 -\\n" END),
	          "logging.works", PF_FAIL, "none of /var/log/shop.log");
}

static void logging_works__is_unknown_when_the_request_got_nowhere(void **state)
{
	(void)state;
	struct rig *rig = marked(FILE_READ "postflight mark=0 -\\npostflight mark=1 -\\n" END);
	rig_page(rig, "marked", 503, "Back soon");
	rig_expect(rig, "logging.works", PF_UNKNOWN);
	rig_silence(rig, "marked", PF_silent);
	rig_story(rig, "logging.works", PF_UNKNOWN, "");
}

/* The site logs to stderr; journalctl said this, and that beside it. */
static struct rig *journal(const char *output, const char *errors)
{
	struct rig *rig = marked("postflight mark=0 -\\npostflight mark=1 -\\n" END);
	rig->site.logs = (struct pf_logs){.declared = true, .journal = "/var/log/journal"};
	struct pf_answer *answer = rig_put(rig, "journal", PF_KIND_exec, PF_answered);
	answer->exec.output = output;
	answer->exec.errors = errors;
	return rig;
}

#define ENTRY "{\"_SYSTEMD_UNIT\":\"shop.service\"}\\n"

static void logging_works__passes_when_the_journal_has_the_mark(void **state)
{
	(void)state;
	rig_story(journal(ENTRY, ""), "logging.works", PF_PASS, "in the journal");
}

static void logging_works__fails_when_the_declared_journal_has_it_not(void **state)
{
	(void)state;
	rig_story(journal("", ""), "logging.works", PF_FAIL, "not in the journal");
}

static void logging_works__is_unknown_when_the_journal_is_not_read(void **state)
{
	(void)state;
	rig_story(journal("", "No journal files were opened"), "logging.works", PF_UNKNOWN,
	          "No journal files");
	struct rig *rig = journal("", "");
	rig->site.logs.journal = NULL;
	rig_story(rig, "logging.works", PF_UNKNOWN, "where it goes is not known");
	rig = journal("", "");
	rig_put(rig, "journal", PF_KIND_exec, PF_no_program);
	rig_story(rig, "logging.works", PF_UNKNOWN, "the journal");
}

static void allowed_hosts_stopped_at_front__fails_when_the_journal_has_the_bogus_host(void **state)
{
	(void)state;
	struct rig *rig = journal(ENTRY, "");
	rig_put(rig, "journal-bad-host", PF_KIND_exec, PF_answered)->exec.output = "";
	rig_expect(rig, "allowed-hosts.stopped-at-front", PF_PASS);
	rig_put(rig, "journal-bad-host", PF_KIND_exec, PF_answered)->exec.output = ENTRY;
	rig_story(rig, "allowed-hosts.stopped-at-front", PF_FAIL, "the journal");
}

static void allowed_hosts_stopped_at_front__fails_when_django_logs_the_bogus_host(void **state)
{
	(void)state;
	rig_story(marked(FILE_READ "postflight mark=0 /x\\npostflight mark=1 /x\\n" END),
	          "allowed-hosts.stopped-at-front", PF_FAIL, "bogus Host");
}

static void allowed_hosts_stopped_at_front__passes_when_only_the_mark_is_logged(void **state)
{
	(void)state;
	rig_story(marked(FILE_READ "postflight mark=0 /x\\npostflight mark=1 -\\n" END),
	          "allowed-hosts.stopped-at-front", PF_PASS, "no trace");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(logging_works__passes_when_the_mark_is_there),
		cmocka_unit_test(logging_works__fails_when_the_mark_is_missing),
		cmocka_unit_test(logging_works__is_unknown_when_the_request_got_nowhere),
		cmocka_unit_test(logging_works__passes_when_the_journal_has_the_mark),
		cmocka_unit_test(logging_works__fails_when_the_declared_journal_has_it_not),
		cmocka_unit_test(logging_works__is_unknown_when_the_journal_is_not_read),
		cmocka_unit_test(
			allowed_hosts_stopped_at_front__fails_when_the_journal_has_the_bogus_host),
		cmocka_unit_test(
			allowed_hosts_stopped_at_front__fails_when_django_logs_the_bogus_host),
		cmocka_unit_test(
			allowed_hosts_stopped_at_front__passes_when_only_the_mark_is_logged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
