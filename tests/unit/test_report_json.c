/* The JSON report: read back by a strict reader and held against the schema that ships with it. */
#include "base/text.h"
#include "report/report.h"
#include "rig_audit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define CACHE "redis://cache1:6379"

static char *written(struct rig *rig, const struct pf_audit *audit)
{
	static const struct pf_report_style style = {.columns = 80};
	char *bytes = NULL;
	size_t count = 0;
	FILE *memory = open_memstream(&bytes, &count);
	pf_writer_named("json")->write(rig->arena, audit, &style, memory);
	assert_int_equal(fclose(memory), 0);
	char *text = pf_arena_copy_bytes(rig->arena, bytes, count);
	assert_int_equal(strlen(bytes), count);
	free(bytes);
	return text;
}

/* argv: schema, report, expression that must be true of the report `r` and its findings `f`. */
static const char reader[] =
	"import json, sys\n"
	"try:\n"
	"    import jsonschema\n"
	"except ImportError:\n"
	"    sys.exit(77)\n"
	"def no(constant):\n"
	"    raise ValueError('not JSON: ' + constant)\n"
	"def once(pairs):\n"
	"    assert len(dict(pairs)) == len(pairs), 'a member twice'\n"
	"    return dict(pairs)\n"
	"schema = json.load(open(sys.argv[1], encoding='utf-8'))\n"
	"jsonschema.Draft7Validator.check_schema(schema)\n"
	"text = open(sys.argv[2], 'rb').read().decode('utf-8', 'strict')\n"
	"r = json.loads(text, parse_constant=no, object_pairs_hook=once)\n"
	"jsonschema.validate(r, schema, cls=jsonschema.Draft7Validator)\n"
	"f = {x['check']: x for x in r['findings']}\n"
	"sys.exit(0 if eval(sys.argv[3]) else 'not true: ' + sys.argv[3] + '\\n' + text[:4000])\n";

static void assert_true_of(const char *text, const char *expression)
{
	char path[] = "/tmp/postflight-json-XXXXXX";
	int descriptor = mkstemp(path);
	assert_true(descriptor >= 0);
	assert_int_equal(write(descriptor, text, strlen(text)), (ssize_t)strlen(text));
	close(descriptor);
	fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		execl("/usr/bin/python3", "python3", "-c", reader,
		      PF_SOURCE_DIR "/packaging/schema/postflight.report.1.json", path, expression,
		      (char *)NULL);
		_exit(77);
	}
	int status = -1;
	assert_int_equal(waitpid(child, &status, 0), child);
	unlink(path);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77) {
		print_message(
			"SKIPPED: no /usr/bin/python3 with jsonschema (python3-jsonschema)\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_report_has_the_shape_that_is_promised(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.high", PF_HIGH);
	rig_check(rig, "a.critical", PF_CRITICAL);
	rig_check(rig, "b.skipped", PF_LOW)->block = "backups";
	rig_say(rig, "a.high", CACHE, "fail");
	rig_say(rig, "a.critical", CACHE, "pass");
	struct pf_audit *audit = rig_evaluate(rig);
	audit->duration_ms = 2140;
	assert_true_of(
		written(rig, audit),
		"r['schema'] == 'postflight.report/1' and r['tool']['name'] == 'postflight'"
		" and r['site'] == 'shop' and r['url'] == 'https://shop.example.com'"
		" and r['started_at'] == '2026-11-23T04:31:00Z' and r['duration_ms'] == 2140"
		" and r['vantages'][0]['name'] == 'bastion'"
		" and r['vantages'][0]['status'] == 'complete'"
		" and r['score'] == 71 and r['grade'] == 'C'"
		" and r['grade_capped_by'] == ['a.high'] and r['coverage'] == 1"
		" and r['unlock'] == [{'block': 'backups', 'checks': 1}]"
		" and r['areas'] == [{'area': 'a', 'score': 71, 'coverage': 1}]"
		" and r['counts'] == {'pass': 1, 'fail': 1, 'unknown': 0, 'skip': 1, 'waived': 0}");
}

static void a_finding_has_all_its_members(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH);
	rig_check(rig, "a.two", PF_HIGH);
	rig_answer(rig_say(rig, "a.one", CACHE, "fail"))->detail = "a detail";
	const char *text = written(rig, rig_evaluate(rig));
	assert_true_of(
		text, "f['a.one']['area'] == 'a' and f['a.one']['severity'] == 'high'"
		      " and f['a.one']['status'] == 'fail' and f['a.one']['subject'] == '" CACHE "'"
		      " and f['a.one']['vantage'] == 'bastion'"
		      " and f['a.one']['title'] == 'It holds.'"
		      " and f['a.one']['summary'] == 'does not hold'"
		      " and f['a.one']['reproduce'].startswith('nc ')"
		      " and f['a.one']['remedy'] == 'Say so:\\n    say pass\\n'"
		      " and f['a.one']['reference'] == 'https://docs.djangoproject.com/'");
	assert_true_of(text, "f['a.two']['status'] == 'skip' and f['a.two']['vantage'] is None"
	                     " and f['a.two']['evidence'] == []"
	                     " and f['a.two']['reproduce'] is None");
	assert_true_of(text, "f['a.one']['evidence'][0]['probe'] == 'a.one'"
	                     " and f['a.one']['evidence'][0]['kind'] == 'raw'"
	                     " and f['a.one']['evidence'][0]['at'] == '2026-11-23T04:31:00Z'"
	                     " and f['a.one']['evidence'][0]['facts']['outcome'] == 'answered'"
	                     " and f['a.one']['evidence'][0]['facts']['detail'] == 'a detail'"
	                     " and f['a.one']['evidence'][0]['facts']['reply'] == 'fail'");
}

static void every_finding_is_listed_worst_first(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.passes", PF_HIGH);
	rig_check(rig, "a.fails", PF_LOW);
	rig_check(rig, "a.unknown", PF_HIGH);
	rig_check(rig, "a.skips", PF_HIGH);
	rig_say(rig, "a.passes", CACHE, "pass");
	rig_say(rig, "a.fails", CACHE, "fail");
	rig_say(rig, "a.unknown", CACHE, "unknown");
	assert_true_of(written(rig, rig_evaluate(rig)), "[x['status'] for x in r['findings']] == "
	                                                "['fail', 'unknown', 'pass', 'skip']");
}

static void an_audit_without_a_grade_says_why(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH);
	rig_ask(rig, 0, "a.one", "word", CACHE, PF_deadline);
	assert_true_of(written(rig, rig_evaluate(rig)),
	               "r['score'] is None and r['grade'] is None and r['coverage'] == 0"
	               " and 'observed' in r['no_grade_because']"
	               " and f['a.one']['evidence'][0]['facts']['outcome'] == 'deadline'");
}

static void coverage_is_never_rounded_up(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_LOW);
	rig_check(rig, "a.two", PF_LOW);
	rig_check(rig, "a.three", PF_LOW);
	rig_say(rig, "a.one", CACHE, "pass");
	rig_say(rig, "a.two", CACHE, "pass");
	rig_say(rig, "a.three", CACHE, "unknown");
	assert_true_of(written(rig, rig_evaluate(rig)), "r['coverage'] == 0.6666");
}

static void a_waived_finding_names_its_waiver(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH);
	rig_say(rig, "a.one", CACHE, "fail");
	rig_waive(rig, "a.*", 100);
	assert_true_of(written(rig, rig_evaluate(rig)),
	               "f['a.one']['status'] == 'waived' and f['a.one']['waiver'] == "
	               "{'check': 'a.*', 'subject': None, 'reason': 'see OPS-112',"
	               " 'owner': 'ops@example.com', 'expires': '2027-03-01'}");
}

static void equal_audits_are_equal_reports(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH);
	rig_say(rig, "a.one", "one", "fail");
	rig_say(rig, "a.one", "two", "fail");
	const char *first = written(rig, rig_evaluate(rig));
	assert_string_equal(first, written(rig, rig_evaluate(rig)));
}

static void long_facts_are_left_out_and_counted(void **state)
{
	struct rig *rig = *state;
	char *reply = pf_arena_take(rig->arena, 50001);
	memset(reply, 'x', 50000);
	rig_check(rig, "a.one", PF_HIGH);
	rig_say(rig, "a.one", CACHE, reply);
	assert_true_of(written(rig, rig_evaluate(rig)),
	               "f['a.one']['evidence'][0]['facts']['left_out_bytes'] > 50000"
	               " and 'reply' not in f['a.one']['evidence'][0]['facts']");
}

static void an_audit_of_nothing_is_a_report_too(void **state)
{
	struct rig *rig = *state;
	rig->site.vantage_count = 0;
	assert_true_of(written(rig, rig_evaluate(rig)), "r['findings'] == []");
}

#define EVIL                                                                                       \
	"\033]0;owned\007\xe2\x80\xae"                                                             \
	"txt\xe2\x80\xa8\r\n\xff\xc3</script><!--\"\\'`%n%s\\u0000\\"

static struct pf_verdict quotes_evil(const struct pf_case *facts)
{
	return pf_fail(facts, NULL, "it said %s", pf_answer_of(facts, "word")->raw.reply);
}

static void what_strangers_say_stays_inside_its_strings(void **state)
{
	struct rig *rig = *state;
	size_t world = rig_vantage(rig, EVIL, "outside");
	rig->site.name = rig->site.url.text = EVIL;
	rig->evidence[world].status = "unreachable";
	rig->evidence[world].detail = EVIL;
	struct pf_check *check = rig_check(rig, "a.one", PF_HIGH);
	check->judge = quotes_evil;
	check->remedy = check->title = check->reference = EVIL;
	rig_check(rig, "a.two", PF_HIGH)->judge = quotes_evil;
	struct pf_exchange *exchange = rig_say(rig, "a.one", EVIL, EVIL);
	rig_answer(exchange)->detail = EVIL;
	exchange->question.raw.send = "\\x00" EVIL;
	exchange->question.raw.address = EVIL;
	rig_say(rig, "a.two", EVIL, EVIL);
	struct pf_waiver *waiver = rig_waive(rig, "a.two", 5);
	waiver->reason = waiver->owner = waiver->expires_on = EVIL;
	struct pf_audit *audit = rig_evaluate(rig);
	pf_audit_notice(rig->arena, audit, EVIL);
	const char *text = written(rig, audit);
	assert_true(pf_is_utf8(text, strlen(text)));
	assert_null(strchr(text, '\033'));
	assert_null(strstr(text, "</"));
	assert_null(strstr(text, "\xe2\x80\xa8"));
	assert_true_of(text, "[x['status'] for x in r['findings']] =="
	                     " ['fail', 'unknown', 'unknown', 'waived'] and"
	                     " r['findings'][0]['subject'].startswith("
	                     "'\\\\x1b]0;owned\\\\x07\\\\u{202e}txt')");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_report_has_the_shape_that_is_promised),
		TEST(a_finding_has_all_its_members),
		TEST(every_finding_is_listed_worst_first),
		TEST(an_audit_without_a_grade_says_why),
		TEST(coverage_is_never_rounded_up),
		TEST(a_waived_finding_names_its_waiver),
		TEST(equal_audits_are_equal_reports),
		TEST(long_facts_are_left_out_and_counted),
		TEST(an_audit_of_nothing_is_a_report_too),
		TEST(what_strangers_say_stays_inside_its_strings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
