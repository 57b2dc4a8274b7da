/* Plans, and evidence played against them: what is asked, merged, answered, missing and forged. */
#include "base/limits.h"
#include "base/text.h"
#include "model/codec.h"
#include "model/site_file.h"
#include "run/evidence.h"
#include "run/lesson_lines.h"
#include "run/registry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char CANARY[] = "pf-0123abcd.invalid";

static const char SITE[] =
	"site: shop\n"
	"url: https://shop.test\n"
	"hosts: [shop.test, www.shop.test]\n"
	"vantages:\n"
	"  bastion: {role: bastion}\n"
	"  app1: {role: app, ssh: app1}\n"
	"caches:\n"
	"  - {name: default, url: \"redis://cache1:6379/1\", allow_from: [app1]}\n";

struct scene {
	struct pf_arena *arena;
	struct pf_site site;
	struct pf_selection all;
	struct pf_plan *plan;
};

static int start(void **state)
{
	struct scene *scene = calloc(1, sizeof *scene);
	struct pf_mistakes mistakes = {0};
	scene->arena = pf_arena_new(64 * 1024 * 1024);
	if (!pf_site_parse(scene->arena, "site.yaml", SITE, sizeof SITE - 1, &scene->site,
	                   &mistakes))
		return -1;
	scene->plan = pf_plan_new(scene->arena, &scene->site, &scene->site.vantages[0], CANARY,
	                          &scene->all);
	*state = scene;
	return 0;
}

static int end(void **state)
{
	struct scene *scene = *state;
	pf_arena_free(scene->arena);
	free(scene);
	return 0;
}

static struct pf_answer *answer_for(struct scene *scene, const struct pf_question *question)
{
	static const char *const addresses[] = {"192.0.2.10", "2001:db8::10"};
	struct pf_answer *answer = pf_arena_take(scene->arena, sizeof *answer);
	*answer =
		(struct pf_answer){.kind = question->kind, .outcome = PF_refused, .at = 1795405860};
	if (question->kind == PF_KIND_resolve) {
		answer->outcome = PF_answered;
		answer->resolve.addresses = pf_arena_words(scene->arena, 2, addresses);
	}
	return answer;
}

/* Answers everything until nothing new is asked; returns the number of rounds. */
static size_t play(struct scene *scene)
{
	size_t number = 0, rounds = 0;
	do {
		for (; number < pf_plan_count(scene->plan); number++)
			pf_plan_set(scene->plan, number,
			            answer_for(scene, pf_plan_question(scene->plan, number)));
		rounds++;
	} while (pf_plan_advance(scene->plan));
	return rounds;
}

static size_t count_kind(struct scene *scene, enum pf_kind kind)
{
	size_t count = 0;
	for (size_t i = 0; i < pf_plan_count(scene->plan); i++)
		count += pf_plan_question(scene->plan, i)->kind == kind;
	return count;
}

static void names_are_looked_up_first_and_once(void **state)
{
	struct scene *scene = *state;
	assert_int_equal(pf_plan_count(scene->plan), count_kind(scene, PF_KIND_resolve));
	assert_int_equal(pf_plan_count(scene->plan), 3);
}

static void answers_open_the_next_round(void **state)
{
	struct scene *scene = *state;
	assert_in_range(play(scene), 2, PF_ROUNDS);
	assert_true(count_kind(scene, PF_KIND_http) > 10);
	assert_int_equal(count_kind(scene, PF_KIND_redis), 2);
	assert_int_equal(pf_plan_open(scene->plan), 0);
}

static void every_address_is_asked(void **state)
{
	struct scene *scene = *state;
	size_t v4 = 0, v6 = 0;
	play(scene);
	for (size_t i = 0; i < pf_plan_count(scene->plan); i++) {
		const struct pf_question *question = pf_plan_question(scene->plan, i);
		if (question->kind != PF_KIND_http)
			continue;
		v4 += strcmp(question->http.address, "192.0.2.10") == 0;
		v6 += strcmp(question->http.address, "2001:db8::10") == 0;
	}
	/* What is asked at one address only, when the other has answered, is little. */
	assert_true(v4 >= v6);
	assert_true(v6 > 5);
}

static void no_question_is_asked_twice(void **state)
{
	struct scene *scene = *state;
	play(scene);
	for (size_t i = 0; i < pf_plan_count(scene->plan); i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(pf_plan_key(scene->plan, i),
			                        pf_plan_key(scene->plan, j));
}

static void the_first_answer_stays(void **state)
{
	struct scene *scene = *state;
	struct pf_answer *first = answer_for(scene, pf_plan_question(scene->plan, 0));
	pf_plan_set(scene->plan, 0, first);
	pf_plan_give_up(scene->plan, 0, PF_deadline, NULL);
	assert_ptr_equal(pf_plan_answer(scene->plan, 0), first);
}

static void a_selection_leaves_out_whole_probes_but_no_controls(void **state)
{
	struct scene *scene = *state;
	const char *only = "caches";
	struct pf_selection selection = {.only = {&only, 1}};
	scene->plan = pf_plan_new(scene->arena, &scene->site, &scene->site.vantages[0], CANARY,
	                          &selection);
	play(scene);
	assert_int_equal(count_kind(scene, PF_KIND_redis), 2);
	assert_int_equal(count_kind(scene, PF_KIND_http), 0);
	assert_true(count_kind(scene, PF_KIND_raw) > 0);
}

/* The evidence of a plan that was played, as text. */
static char *record(struct scene *scene)
{
	char *text;
	size_t size;
	play(scene);
	FILE *out = open_memstream(&text, &size);
	pf_evidence_write_head(scene->arena, out, &scene->site, &scene->site.vantages[0], CANARY,
	                       1795405860);
	for (size_t i = 0; i < pf_plan_count(scene->plan); i++)
		pf_evidence_write_answer(out, pf_plan_key(scene->plan, i),
		                         pf_plan_answer(scene->plan, i));
	pf_evidence_write_end(out, "complete", pf_plan_count(scene->plan));
	fclose(out);
	return text;
}

static struct pf_evidence *take(struct scene *scene, const char *text)
{
	struct pf_evidence *evidence = pf_evidence_new(scene->arena, &scene->site);
	while (*text) {
		size_t length = strcspn(text, "\n");
		pf_evidence_take(evidence, text, length);
		text += length + (text[length] == '\n');
	}
	return evidence;
}

static void recorded_evidence_answers_the_same_plan_in_full(void **state)
{
	struct scene *scene = *state;
	char *text = record(scene);
	struct pf_evidence *evidence = take(scene, text);
	struct pf_plan *again =
		pf_plan_new(scene->arena, &scene->site, pf_evidence_vantage(evidence),
	                    pf_evidence_canary(evidence), &scene->all);
	assert_true(pf_evidence_is_whole(evidence));
	assert_int_equal(pf_evidence_replay(evidence, again, PF_not_recorded, NULL), 0);
	assert_int_equal(pf_plan_count(again), pf_plan_count(scene->plan));
	for (size_t i = 0; i < pf_plan_count(again); i++)
		assert_int_not_equal(pf_plan_answer(again, i)->outcome, PF_not_recorded);
	free(text);
}

static void what_is_missing_is_said_to_be_missing(void **state)
{
	struct scene *scene = *state;
	char *text = record(scene);
	*strstr(text, "\"kind\":\"redis\"") = '\0';
	struct pf_evidence *evidence = take(scene, text);
	assert_false(pf_evidence_is_whole(evidence));
	struct pf_plan *again = pf_plan_new(scene->arena, &scene->site, &scene->site.vantages[0],
	                                    CANARY, &scene->all);
	pf_evidence_replay(evidence, again, PF_not_recorded, NULL);
	size_t missing = 0;
	for (size_t i = 0; i < pf_plan_count(again); i++)
		missing += pf_plan_answer(again, i)->outcome == PF_not_recorded;
	assert_true(missing >= 1);
	free(text);
}

static void answers_that_nobody_asked_for_are_counted_and_ignored(void **state)
{
	struct scene *scene = *state;
	char *text = record(scene);
	const char *other = "pf-ffffffff.invalid";
	struct pf_plan *plan = pf_plan_new(scene->arena, &scene->site, &scene->site.vantages[0],
	                                   other, &scene->all);
	assert_true(pf_evidence_replay(take(scene, text), plan, PF_not_recorded, NULL) > 0);
	free(text);
}

static void canaries_are_told_from_other_names(void **state)
{
	struct scene *scene = *state;
	assert_true(pf_canary_is(pf_canary_new(scene->arena)));
	assert_false(pf_canary_is("pf-0123abcd.example"));
	assert_false(pf_canary_is("pf-0123ABCD.invalid"));
	assert_false(pf_canary_is("pf-0123abcd.invalid.example.com"));
	assert_false(pf_canary_is(""));
}

static void learn(struct scene *scene, const char *probe, const char *text)
{
	pf_plan_learn(scene->plan, (struct pf_lesson){probe, text});
}

static void a_lesson_is_kept_once_and_only_by_a_probe_that_asks_here(void **state)
{
	struct scene *scene = *state;
	learn(scene, "caches", "10.0.0.5 6379");
	learn(scene, "caches", "10.0.0.5 6379");
	learn(scene, "no such probe", "10.0.0.6 6379");
	assert_int_equal(pf_plan_lesson_count(scene->plan), 1);
	assert_string_equal(pf_plan_lesson(scene->plan, 0)->probe, "caches");
	assert_string_equal(pf_plan_lesson(scene->plan, 0)->text, "10.0.0.5 6379");
}

static void lessons_are_few_and_short(void **state)
{
	struct scene *scene = *state;
	char text[PF_LESSON_BYTES + 2];
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	learn(scene, "caches", text);
	assert_int_equal(pf_plan_lesson_count(scene->plan), 0);
	for (int i = 0; i < 2 * PF_LESSONS; i++)
		learn(scene, "caches", pf_arena_print(scene->arena, "%d", i));
	assert_int_equal(pf_plan_lesson_count(scene->plan), PF_LESSONS);
}

static void a_plan_that_was_done_goes_on_after_a_lesson_and_ends_again(void **state)
{
	struct scene *scene = *state;
	play(scene);
	learn(scene, "caches", "10.0.0.5 6379");
	play(scene);
	assert_false(pf_plan_advance(scene->plan));
	assert_int_equal(pf_plan_open(scene->plan), 0);
}

/* Slow peers hold up nobody else: what a lesson leads to is asked while other answers are out. */
static void a_lesson_is_acted_on_while_questions_of_its_probe_are_open(void **state)
{
	struct scene *scene = *state;
	learn(scene, "cache_topology", "replica 192.0.2.20 6380 0");
	assert_true(pf_plan_advance(scene->plan));
	learn(scene, "cache_topology", "sentinel 192.0.2.20 26379 0");
	assert_true(pf_plan_advance(scene->plan));
	assert_false(pf_plan_advance(scene->plan));
	play(scene);
	assert_int_equal(pf_plan_open(scene->plan), 0);
}

/* IPv4 answers and IPv6 does not: what is silent at an IPv6 address may be open. */
static void a_vantage_is_deaf_to_the_family_whose_controls_are_silent(void **state)
{
	struct scene *scene = *state;
	struct pf_plan *plan = scene->plan;
	do {
		for (size_t i = 0; i < pf_plan_count(plan); i++) {
			const struct pf_question *question = pf_plan_question(plan, i);
			struct pf_answer *answer = answer_for(scene, question);
			if (question->kind == PF_KIND_raw && strchr(question->raw.address, ':'))
				answer->outcome = PF_silent;
			pf_plan_set(plan, i, answer);
		}
	} while (pf_plan_advance(plan));
	struct pf_vantage_evidence evidence = pf_plan_evidence(plan, "complete", NULL);
	assert_true(evidence.control_answered);
	assert_false(evidence.deaf[0]);
	assert_true(evidence.deaf[1]);
}

static void lessons_and_pauses_are_carried_in_evidence(void **state)
{
	struct scene *scene = *state;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	pf_evidence_write_head(scene->arena, out, &scene->site, &scene->site.vantages[0], CANARY,
	                       1795405860);
	fputs(pf_evidence_lesson_line(scene->arena,
	                              (struct pf_lesson){"caches", "10.0.0.5 \"6379\""}),
	      out);
	pf_evidence_write_pause(out, 3);
	pf_evidence_write_end(out, "complete", 0);
	fclose(out);
	struct pf_evidence *evidence = take(scene, text);
	assert_true(pf_evidence_is_whole(evidence));
	assert_int_equal(pf_evidence_paused(evidence), 3);
	assert_int_equal(pf_evidence_lesson_count(evidence), 1);
	assert_string_equal(pf_evidence_lesson(evidence, 0).probe, "caches");
	assert_string_equal(pf_evidence_lesson(evidence, 0).text, "10.0.0.5 \"6379\"");
	free(text);
}

static void a_lesson_too_long_is_refused_as_a_line(void **state)
{
	struct scene *scene = *state;
	char text[2 * PF_LESSON_BYTES];
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	struct pf_lesson lesson = {"caches", text};
	const char *line = pf_evidence_lesson_line(scene->arena, lesson);
	assert_false(pf_evidence_read_lesson(scene->arena, line, strlen(line) - 1, &lesson));
	assert_false(pf_evidence_read_lesson(scene->arena, "{\"probe\":1}", 11, &lesson));
	assert_false(pf_evidence_read_lesson(scene->arena, "nonsense", 8, &lesson));
}

struct learned {
	struct pf_lesson lessons[4];
	size_t count;
};

static void remember(void *context, struct pf_lesson lesson)
{
	struct learned *learned = context;
	if (learned->count < 4)
		learned->lessons[learned->count++] = lesson;
}

static void lesson_lines_are_put_together_from_pieces(void **state)
{
	struct scene *scene = *state;
	static const char *const pieces[] = {
		"{\"probe\":\"caches\",\"tau", "ght\":\"one\"}\nnot a lesson\n{\"probe\":",
		"\"caches\",\"taught\":\"two\"}\n{\"probe\":\"caches\",\"taught\":\"cut"};
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	struct pf_lesson_lines lines = {.fd = ends[0]};
	struct learned learned = {0};
	for (size_t i = 0; i < 3; i++) {
		assert_true(write(ends[1], pieces[i], strlen(pieces[i])) > 0);
		pf_lesson_lines_read(scene->arena, &lines, remember, &learned);
	}
	close(ends[1]);
	pf_lesson_lines_read(scene->arena, &lines, remember, &learned);
	assert_int_equal(lines.fd, -1);
	assert_int_equal(lines.received, 3);
	assert_int_equal(learned.count, 2);
	assert_string_equal(learned.lessons[0].text, "one");
	assert_string_equal(learned.lessons[1].text, "two");
	close(ends[0]);
}

int main(void)
{
#define SCENE(test) cmocka_unit_test_setup_teardown(test, start, end)
	const struct CMUnitTest tests[] = {
		SCENE(names_are_looked_up_first_and_once),
		SCENE(answers_open_the_next_round),
		SCENE(every_address_is_asked),
		SCENE(no_question_is_asked_twice),
		SCENE(the_first_answer_stays),
		SCENE(a_selection_leaves_out_whole_probes_but_no_controls),
		SCENE(recorded_evidence_answers_the_same_plan_in_full),
		SCENE(what_is_missing_is_said_to_be_missing),
		SCENE(answers_that_nobody_asked_for_are_counted_and_ignored),
		SCENE(canaries_are_told_from_other_names),
		SCENE(a_lesson_is_kept_once_and_only_by_a_probe_that_asks_here),
		SCENE(lessons_are_few_and_short),
		SCENE(a_plan_that_was_done_goes_on_after_a_lesson_and_ends_again),
		SCENE(a_lesson_is_acted_on_while_questions_of_its_probe_are_open),
		SCENE(a_vantage_is_deaf_to_the_family_whose_controls_are_silent),
		SCENE(lessons_and_pauses_are_carried_in_evidence),
		SCENE(a_lesson_too_long_is_refused_as_a_line),
		SCENE(lesson_lines_are_put_together_from_pieces),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
