/* What init reads on a host: nginx's configuration and systemd's units. */
#include "command/front_file.h"
#include "command/unit_file.h"
#include "rig_scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char NGINX[] =
	"user www-data;\n"
	"events { worker_connections 64; }\n"
	"http {\n"
	"  # a comment with { and ; in it\n"
	"  map $http_host $ours { default 0; \"~*^(www\\.)?shop;}\" 1; }\n"
	"  upstream app { server unix:/run/shop.sock fail_timeout=0; }\n"
	"  server { listen 80; listen [::]:80; server_name shop.test www.shop.test;\n"
	"    return 301 https://$host$request_uri; }\n"
	"  server {\n"
	"    listen 8443 ssl http2; listen [::]:8443 ssl;\n"
	"    server_name \"shop.test\" .example.org *.example.net ~^old\\d+$;\n"
	"    location /static/ { alias /srv/shop/static/; expires max; }\n"
	"    location ^~ /media { root /srv/shop; if ($x) { return 404; } }\n"
	"    location ~ \\.php$ { deny all; }\n"
	"    location / { proxy_set_header X \"a;b{\"; proxy_pass http://app; }\n"
	"  }\n"
	"}\n";

static struct pf_front *front_of(struct pf_arena *arena, const char *text)
{
	struct pf_front *front = pf_arena_take(arena, sizeof *front);
	pf_front_read_text(arena, text, front);
	return front;
}

static void a_front_tells_names_ports_files_and_whom_it_passes_on_to(void **state)
{
	(void)state;
	struct pf_arena *arena = pf_arena_new(1024 * 1024);
	const struct pf_front *front = front_of(arena, NGINX);
	assert_string_equal(front->user, "www-data");
	assert_int_equal(front->server_count, 2);
	const struct pf_front_server *plain = front->servers[0], *site = front->servers[1];
	assert_int_equal(plain->plain_port, 80);
	assert_int_equal(plain->tls_port, 0);
	assert_int_equal(site->tls_port, 8443);
	assert_int_equal(site->location_count, 4);
	assert_string_equal(site->locations[0].files, "/srv/shop/static");
	assert_string_equal(site->locations[1].path, "/media");
	assert_string_equal(site->locations[1].files, "/srv/shop/media");
	assert_null(site->locations[2].path);
	assert_string_equal(site->locations[3].passed, "http://unix:/run/shop.sock");
	pf_arena_free(arena);
}

static void a_front_serves_the_names_it_has_and_those_below_them(void **state)
{
	(void)state;
	struct pf_arena *arena = pf_arena_new(1024 * 1024);
	const struct pf_front_server *site = front_of(arena, NGINX)->servers[1];
	assert_true(pf_front_serves(site, "shop.test"));
	assert_true(pf_front_serves(site, "example.org"));
	assert_true(pf_front_serves(site, "a.example.org"));
	assert_true(pf_front_serves(site, "a.example.net"));
	assert_false(pf_front_serves(site, "example.net"));
	assert_false(pf_front_serves(site, "www.shop.test"));
	assert_false(pf_front_serves(site, "notexample.org"));
	pf_arena_free(arena);
}

static void texts_that_make_no_sense_tell_nothing(void **state)
{
	static const char *const texts[] = {
		"",
		"}}}}",
		"server {",
		"\"never ended",
		"{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{",
		"listen",
		"listen 80",
		";;;",
		"http { server { listen",
	};
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct pf_arena *arena = pf_arena_new(1024 * 1024);
		const struct pf_front *front = front_of(arena, texts[i]);
		assert_null(front->user);
		pf_arena_free(arena);
	}
}

static void includes_are_read_and_go_in_no_circle(void **state)
{
	struct scratch *scratch = *state;
	struct pf_front *front = pf_arena_take(scratch->arena, sizeof *front);
	const char *whole = scratch_path(scratch, "nginx.conf");
	make_file(whole, 0644, "http { include sites/*; }\n");
	make_directory(scratch_path(scratch, "sites"), 0755);
	make_file(scratch_path(scratch, "sites/shop"), 0644,
	          "server { listen 80; server_name shop.test; }\ninclude nginx.conf;\n");
	assert_true(pf_front_read(scratch->arena, whole, front));
	assert_in_range(front->server_count, 1, 8);
	assert_string_equal(front->servers[0]->names[0], "shop.test");
	assert_false(pf_front_read(scratch->arena, scratch_path(scratch, "none"), front));
}

static struct pf_unit unit_of(struct pf_arena *arena, const char *text)
{
	struct pf_unit unit = {0};
	pf_unit_read_text(arena, text, &unit);
	return unit;
}

static void a_unit_tells_who_runs_what_and_where(void **state)
{
	(void)state;
	struct pf_arena *arena = pf_arena_new(1024 * 1024);
	struct pf_unit unit =
		unit_of(arena, "[Service]\n"
	                       "# User=root\n"
	                       "User=shop\n"
	                       "WorkingDirectory = /srv/shop\n"
	                       "EnvironmentFile=-/etc/shop/env\n"
	                       "Environment=\"A=b c\" DJANGO_SETTINGS_MODULE=shop.live\n"
	                       "ExecStart=/srv/shop/venv/bin/gunicorn \\\n"
	                       "    --workers 4 --bind unix:/run/shop.sock shop.wsgi\n");
	assert_true(unit.serves);
	assert_string_equal(unit.user, "shop");
	assert_string_equal(unit.directory, "/srv/shop");
	assert_string_equal(unit.env_file, "/etc/shop/env");
	assert_string_equal(unit.settings, "shop.live");
	assert_string_equal(unit.program, "/srv/shop/venv/bin/gunicorn");
	assert_string_equal(unit.bind, "unix:/run/shop.sock");
	pf_arena_free(arena);
}

static void options_are_read_in_every_spelling(void **state)
{
	static const struct {
		const char *line, *bind;
	} lines[] = {
		{"ExecStart=/usr/bin/gunicorn -b 127.0.0.1:8001 shop.wsgi", "127.0.0.1:8001"},
		{"ExecStart=/usr/bin/gunicorn -b:8001 shop.wsgi", "127.0.0.1:8001"},
		{"ExecStart=/usr/bin/gunicorn --bind=0.0.0.0:8001 shop.wsgi", "127.0.0.1:8001"},
		{"ExecStart=/v/bin/uvicorn --host 10.0.0.1 --port 9 shop.asgi:app", "10.0.0.1:9"},
		{"ExecStart=/v/bin/uvicorn --uds /run/u.sock shop.asgi:app", "unix:/run/u.sock"},
		{"ExecStart=/v/bin/daphne -p 8002 shop.asgi:app", "127.0.0.1:8002"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct pf_arena *arena = pf_arena_new(1024 * 1024);
		assert_string_equal(unit_of(arena, lines[i].line).bind, lines[i].bind);
		pf_arena_free(arena);
	}
}

static void what_systemd_fills_in_later_is_not_known(void **state)
{
	(void)state;
	struct pf_arena *arena = pf_arena_new(1024 * 1024);
	struct pf_unit unit = unit_of(arena, "User=%i\nWorkingDirectory=%h/shop\n"
	                                     "ExecStart=/usr/bin/gunicorn -b unix:%t/x shop.wsgi");
	assert_null(unit.user);
	assert_null(unit.directory);
	assert_null(unit.bind);
	pf_arena_free(arena);
}

static void the_unit_of_a_project_is_found_with_its_drop_ins(void **state)
{
	struct scratch *scratch = *state;
	const char *const folders[] = {scratch->root};
	struct pf_unit unit;
	make_file(scratch_path(scratch, "a.service"), 0644,
	          "WorkingDirectory=/srv/shop\nExecStart=/usr/bin/celery worker\n");
	make_file(scratch_path(scratch, "b.service"), 0644,
	          "WorkingDirectory=/srv/shop\nUser=old\nExecStart=/usr/bin/gunicorn shop.wsgi\n");
	make_directory(scratch_path(scratch, "b.service.d"), 0755);
	make_file(scratch_path(scratch, "b.service.d/user.conf"), 0644, "User=new\n");
	assert_true(pf_unit_find(scratch->arena, folders, 1, "/srv/shop", &unit));
	assert_string_equal(unit.user, "new");
	assert_false(pf_unit_find(scratch->arena, folders, 1, "/srv/other", &unit));
	assert_false(pf_unit_find(scratch->arena, folders, 1, NULL, &unit)); /* no manage.py */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_front_tells_names_ports_files_and_whom_it_passes_on_to),
		cmocka_unit_test(a_front_serves_the_names_it_has_and_those_below_them),
		cmocka_unit_test(texts_that_make_no_sense_tell_nothing),
		cmocka_unit_test_setup_teardown(includes_are_read_and_go_in_no_circle,
	                                        scratch_setup, scratch_teardown),
		cmocka_unit_test(a_unit_tells_who_runs_what_and_where),
		cmocka_unit_test(options_are_read_in_every_spelling),
		cmocka_unit_test(what_systemd_fills_in_later_is_not_known),
		cmocka_unit_test_setup_teardown(the_unit_of_a_project_is_found_with_its_drop_ins,
	                                        scratch_setup, scratch_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
