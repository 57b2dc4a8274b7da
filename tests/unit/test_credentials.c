/* Passwords come from where the site file says, whole and nothing else, and cross the pipe to a
 * worker unharmed. */
#include "model/codec.h"
#include "model/site_file.h"
#include "rig_scratch.h"
#include "run/credentials.h"
#include "worker/protocol.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct pf_question question = {.kind = PF_KIND_redis,
                                            .redis = {.address = "192.0.2.1", .port = 6379}};

struct scene {
	struct pf_arena *arena;
	struct pf_credentials *credentials;
};

/* A site with one cache whose password is kept as `source` says. */
static struct scene scene_of(const char *source)
{
	struct scene scene = {.arena = pf_arena_new(16 * 1024 * 1024)};
	struct pf_mistakes mistakes = {0};
	struct pf_site *site = pf_arena_take(scene.arena, sizeof *site); /* credentials keep it */
	const char *text = pf_arena_print(scene.arena,
	                                  "url: https://shop.test\n"
	                                  "caches:\n"
	                                  "  - name: default\n"
	                                  "    url: redis://cache1:6379/1\n"
	                                  "    %s\n",
	                                  source);
	if (!pf_site_parse(scene.arena, "site.yaml", text, strlen(text), site, &mistakes))
		fail_msg("%s: %s", source, mistakes.at[0].text);
	scene.credentials = pf_credentials_new(scene.arena, site);
	return scene;
}

static void leave(struct scene *scene)
{
	pf_credentials_free(scene->credentials);
	pf_arena_free(scene->arena);
}

static void assert_password(const char *source, const char *expected)
{
	struct scene scene = scene_of(source);
	const char *problem = NULL;
	const struct pf_secret *secret =
		pf_credentials_of(scene.credentials, "caches/default", &problem);
	if (!secret)
		fail_msg("%s: %s", source, problem);
	assert_int_equal(pf_secret_length(secret), strlen(expected));
	assert_string_equal(pf_secret_bytes(secret), expected);
	assert_ptr_equal(pf_credentials_of(scene.credentials, "caches/default", &problem), secret);
	leave(&scene);
}

static void assert_none(const char *source, const char *why)
{
	struct scene scene = scene_of(source);
	const char *problem = NULL;
	assert_null(pf_credentials_of(scene.credentials, "caches/default", &problem));
	assert_non_null(problem);
	if (!strstr(problem, why))
		fail_msg("%s: the problem is \"%s\", not \"%s\"", source, problem, why);
	leave(&scene);
}

static const char *source_file(void **state, const char *name, mode_t mode, const char *text)
{
	static char source[512];
	const char *path = scratch_path(*state, "%s", name);
	make_file(path, mode, text);
	snprintf(source, sizeof source, "password_file: %s", path);
	return source;
}

static void a_secret_key_of_a_bucket_is_one_too(void **state)
{
	const char *problem, *path = scratch_path(*state, "key");
	static const struct pf_site none;
	make_file(path, 0600, "the-secret-key\n");
	struct pf_arena *arena = pf_arena_new(1024 * 1024);
	struct pf_backup sets[] = {
		{.name = "far", .s3 = {.password = {.file = path}}},
		{.name = "near", .s3 = {.password = {.environment = "FAR_KEY"}}}};
	struct pf_site site = none;
	site.backups = sets;
	site.backup_count = 2;
	setenv("FAR_KEY", "the-other-key", 1);
	struct pf_credentials *credentials = pf_credentials_new(arena, &site);
	assert_null(getenv("FAR_KEY"));
	assert_string_equal(
		pf_secret_bytes(pf_credentials_of(credentials, "backups/far", &problem)),
		"the-secret-key");
	assert_string_equal(
		pf_secret_bytes(pf_credentials_of(credentials, "backups/near", &problem)),
		"the-other-key");
	assert_null(pf_credentials_of(credentials, "backups/none", &problem));
	struct pf_question listing = {.kind = PF_KIND_s3, .s3.credentials = "backups/far"};
	assert_string_equal(pf_credentials_wanted(&listing), "backups/far");
	pf_credentials_free(credentials);
	pf_arena_free(arena);
}

static void a_file_holds_it_with_or_without_a_line_end(void **state)
{
	assert_password(source_file(state, "a", 0600, "s3cret\n"), "s3cret");
	assert_password(source_file(state, "b", 0600, "s3cret\r\n"), "s3cret");
	assert_password(source_file(state, "c", 0400, " s3cret  "), " s3cret  ");
}

static void a_file_that_others_read_or_without_words_is_refused(void **state)
{
	static char long_text[PF_SECRET_BYTES + 10];
	memset(long_text, 'x', sizeof long_text - 1);
	assert_none(source_file(state, "d", 0644, "s3cret\n"), "chmod 600");
	assert_none(source_file(state, "e", 0600, ""), "empty");
	assert_none(source_file(state, "f", 0600, "\n"), "empty");
	assert_none(source_file(state, "g", 0600, long_text), "too long");
	assert_none("password_file: /no/such/file", "No such file");
}

static void the_environment_is_read_and_emptied(void **state)
{
	(void)state;
	setenv("SHOP_CACHE_PASSWORD", "s3cret", 1);
	assert_password("password_env: SHOP_CACHE_PASSWORD", "s3cret");
	assert_null(getenv("SHOP_CACHE_PASSWORD"));
	assert_none("password_env: SHOP_CACHE_PASSWORD", "not set");
}

static void a_credential_is_a_file_in_systemds_folder(void **state)
{
	make_file(scratch_path(*state, "redis"), 0400, "s3cret");
	const char *path = scratch_path(*state, "redis");
	char folder[512];
	snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
	unsetenv("CREDENTIALS_DIRECTORY");
	assert_none("password_credential: redis", "CREDENTIALS_DIRECTORY");
	setenv("CREDENTIALS_DIRECTORY", folder, 1);
	assert_password("password_credential: redis", "s3cret");
	assert_none("password_credential: ../redis", "no name");
	unsetenv("CREDENTIALS_DIRECTORY");
}

static void a_command_prints_it(void **state)
{
	(void)state;
	assert_password("password_command: [/bin/echo, s3cret]", "s3cret");
	assert_password("password_command: [printf, 'a\\tb']", "a\tb");
}

static void a_command_that_fails_or_says_nothing_is_told(void **state)
{
	(void)state;
	assert_none("password_command: [/bin/false]", "failed");
	assert_none("password_command: [/no/such/program]", "cannot be started");
	assert_none("password_command: [/bin/true]", "no password");
	assert_none("password_command: [sh, -c, 'echo s3cret; exit 3']", "failed");
}

static void a_command_that_does_not_end_is_ended(void **state)
{
	(void)state;
	assert_none("password_command: [sh, -c, 'sleep 60']", "in time");
}

static void no_source_and_no_service_are_told(void **state)
{
	(void)state;
	assert_none("username: shop", "does not say where");
	struct scene scene = scene_of("username: shop");
	const char *problem = NULL;
	assert_null(pf_credentials_of(scene.credentials, "databases/default", &problem));
	assert_non_null(strstr(problem, "no such service"));
	assert_null(pf_credentials_of(scene.credentials, "caches", &problem));
	leave(&scene);
}

static void any_bytes_cross_the_pipe(void **state)
{
	(void)state;
	char digits[2 * PF_SECRET_BYTES + 1], bytes[256];
	for (int i = 0; i < 256; i++)
		bytes[i] = (char)(255 - i);
	struct pf_secret *secret = pf_secret_new(bytes, sizeof bytes);
	pf_secret_write(secret, digits);
	assert_int_equal(strlen(digits), 512);
	struct pf_arena *arena = pf_arena_new(1024 * 1024);
	struct pf_request request;
	const char *problem;
	const char *line = pf_arena_print(
		arena, "{\"id\":1,\"deadline_us\":2,\"question\":%s,\"secret\":\"%s\"}",
		pf_question_write(arena, &question), digits);
	if (!pf_request_read(arena, line, strlen(line), &request, &problem))
		fail_msg("%s", problem);
	assert_int_equal(pf_secret_length(request.secret), sizeof bytes);
	assert_memory_equal(pf_secret_bytes(request.secret), bytes, sizeof bytes);
	pf_secret_free(request.secret);
	pf_secret_free(secret);
	pf_arena_free(arena);
}

static void digits_that_are_none_end_the_worker(void **state)
{
	(void)state;
	static const char *const wrong[] = {"", "0", "0g", "0A", "70 7", "\\u0030"};
	struct pf_arena *arena = pf_arena_new(1024 * 1024);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct pf_request request;
		const char *problem;
		const char *line = pf_arena_print(arena,
		                                  "{\"id\":1,\"deadline_us\":2,\"question\":%s,"
		                                  "\"secret\":\"%s\"}",
		                                  pf_question_write(arena, &question), wrong[i]);
		assert_false(pf_request_read(arena, line, strlen(line), &request, &problem));
	}
	pf_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_secret_key_of_a_bucket_is_one_too),
		cmocka_unit_test(a_file_holds_it_with_or_without_a_line_end),
		cmocka_unit_test(a_file_that_others_read_or_without_words_is_refused),
		cmocka_unit_test(the_environment_is_read_and_emptied),
		cmocka_unit_test(a_credential_is_a_file_in_systemds_folder),
		cmocka_unit_test(a_command_prints_it),
		cmocka_unit_test(a_command_that_fails_or_says_nothing_is_told),
		cmocka_unit_test(a_command_that_does_not_end_is_ended),
		cmocka_unit_test(no_source_and_no_service_are_told),
		cmocka_unit_test(any_bytes_cross_the_pipe),
		cmocka_unit_test(digits_that_are_none_end_the_worker),
	};
	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
