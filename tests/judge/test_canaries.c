/* media.not-executed: what became of the files that were planted among the uploads. */
#include "rig_case.h"

PF_PROBE(canaries);

static const char ID[] = "media.not-executed";

static const char *const digests[] = {"d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7",
                                      "d8", "d9", "da", "db", "dc", "dd", "de"};

static struct pf_facts_http *fetched(struct rig *rig, const char *kind, int status,
                                     const char *digest)
{
	const char *tag = pf_arena_print(rig->arena, "%s at https://shop.test [192.0.2.1]", kind);
	struct pf_facts_http *http = rig_page(rig, tag, status, "");
	http->digest = digest;
	rig_question(rig, tag)->http.url = "https://shop.test/media/pf-0123abcd/x";
	return http;
}

/* Planted, and a control that came back. */
static struct rig *planted(void)
{
	struct rig *rig = rig_new(&pf_probe_canaries);
	rig->site.media = (struct pf_directory){.declared = true, .root = "/srv/media"};
	rig->subject = "/srv/media";
	rig_put(rig, "plant", PF_KIND_canary, PF_answered)->canary.digests =
		(struct pf_words){digests, 15};
	fetched(rig, "text", 200, "d0");
	fetched(rig, ".php", 200, "d1");
	fetched(rig, ".shtml", 404, "other");
	fetched(rig, ".htaccess", 200, "de");
	rig_put(rig, "remove", PF_KIND_canary, PF_answered);
	return rig;
}

static void media_not_executed__passes_when_all_is_verbatim_or_refused(void **state)
{
	(void)state;
	struct rig *rig = planted();
	rig_expect_said(rig, ID, PF_PASS, PF_CRITICAL, "2 came back byte for byte, 1 were refused");
	rig_free(rig);
}

static void media_not_executed__fails_when_one_was_computed(void **state)
{
	(void)state;
	struct rig *rig = planted();
	rig_found(rig, fetched(rig, ".php5", 200, "other"), "PF1337RAN");
	rig_expect_said(rig, ID, PF_FAIL, PF_CRITICAL, "was computed");
	rig_free(rig);
}

static void media_not_executed__fails_when_a_htaccess_was_honoured(void **state)
{
	(void)state;
	struct rig *rig = planted();
	static const char *const type[] = {"content-type: text/x-pf-canary"};
	fetched(rig, ".htaccess", 200, "de")->headers = (struct pf_words){type, 1};
	rig_expect_said(rig, ID, PF_FAIL, PF_CRITICAL, "was honoured");
	rig_free(rig);
}

static void media_not_executed__fails_when_an_interpreter_that_failed_got_it(void **state)
{
	(void)state;
	struct rig *rig = planted();
	fetched(rig, ".phar", 502, "other");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "answered 502");
	rig_free(rig);
}

static void media_not_executed__fails_when_something_was_left(void **state)
{
	(void)state;
	static const char *const left[] = {"/srv/media/pf-0123abcd"};
	struct rig *rig = planted();
	rig_put(rig, "remove", PF_KIND_canary, PF_answered)->canary.left =
		(struct pf_words){left, 1};
	rig_expect_said(rig, ID, PF_FAIL, PF_CRITICAL, "postflight clean");
	rig_free(rig);
}

static void media_not_executed__is_unknown_without_consent(void **state)
{
	(void)state;
	struct rig *rig = planted();
	rig_put(rig, "plant", PF_KIND_canary, PF_no_consent);
	rig_expect_said(rig, ID, PF_UNKNOWN, PF_CRITICAL, "needs --allow-writes");
	rig_free(rig);
}

static void media_not_executed__fails_when_an_interpreter_answers_for_what_is_not_there(
	void **state)
{
	(void)state;
	struct rig *rig = planted();
	rig_put(rig, "plant", PF_KIND_canary, PF_no_consent);
	fetched(rig, "no .phtml", 404, "other");
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_found(rig, fetched(rig, "no .php", 404, "other"), "File not found.");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "does not exist");
	rig_free(rig);
}

static void media_not_executed__is_unknown_when_another_directory_is_served(void **state)
{
	(void)state;
	struct rig *rig = planted();
	fetched(rig, "text", 404, "other");
	rig_expect_said(rig, ID, PF_UNKNOWN, PF_CRITICAL, "another directory is served");
	rig_free(rig);
}

static void media_not_executed__is_unknown_when_it_was_not_fetched_or_came_changed(void **state)
{
	(void)state;
	struct rig *rig = planted();
	fetched(rig, ".php", 200, "other");
	rig_expect_said(rig, ID, PF_UNKNOWN, PF_CRITICAL, "came back changed");
	rig_silence(rig, ".php at https://shop.test [192.0.2.1]", PF_deadline);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

static void media_not_executed__is_unknown_when_it_could_not_be_planted(void **state)
{
	(void)state;
	struct rig *rig = planted();
	rig_put(rig, "plant", PF_KIND_canary, PF_read_only);
	rig_expect_said(rig, ID, PF_UNKNOWN, PF_CRITICAL, "read-only");
	rig_put(rig, "plant", PF_KIND_canary, PF_disk_full);
	rig_expect_said(rig, ID, PF_UNKNOWN, PF_CRITICAL, "without room");
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(media_not_executed__passes_when_all_is_verbatim_or_refused),
		cmocka_unit_test(media_not_executed__fails_when_one_was_computed),
		cmocka_unit_test(media_not_executed__fails_when_a_htaccess_was_honoured),
		cmocka_unit_test(media_not_executed__fails_when_an_interpreter_that_failed_got_it),
		cmocka_unit_test(media_not_executed__fails_when_something_was_left),
		cmocka_unit_test(media_not_executed__is_unknown_without_consent),
		cmocka_unit_test(
			media_not_executed__fails_when_an_interpreter_answers_for_what_is_not_there),
		cmocka_unit_test(media_not_executed__is_unknown_when_another_directory_is_served),
		cmocka_unit_test(
			media_not_executed__is_unknown_when_it_was_not_fetched_or_came_changed),
		cmocka_unit_test(media_not_executed__is_unknown_when_it_could_not_be_planted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
