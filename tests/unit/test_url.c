/* URLs are taken apart, and what is odd is refused with the reason, never with the URL. */
#include "base/arena.h"
#include "model/site_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct pf_arena *arena;

static int start(void **state)
{
	(void)state;
	arena = pf_arena_new(1024 * 1024);
	return 0;
}

static int end(void **state)
{
	(void)state;
	pf_arena_free(arena);
	return 0;
}

static struct pf_url parsed(const char *text)
{
	struct pf_url url;
	const char *problem = NULL;
	if (!pf_url_parse(arena, text, &url, &problem))
		fail_msg("%s was refused: %s", text, problem);
	assert_string_equal(url.text, text);
	return url;
}

static void assert_parts(const char *text, const char *scheme, const char *host, int64_t port,
                         const char *path)
{
	struct pf_url url = parsed(text);
	assert_string_equal(url.scheme, scheme);
	assert_string_equal(url.host, host);
	assert_int_equal(url.port, port);
	assert_string_equal(url.path, path);
}

static void assert_refused(const char *text, const char *why)
{
	struct pf_url url;
	const char *problem = "";
	if (pf_url_parse(arena, text, &url, &problem))
		fail_msg("%s was accepted", text);
	if (!strstr(problem, why))
		fail_msg("%s: the problem is \"%s\", not \"%s\"", text, problem, why);
}

static void each_scheme_has_its_own_port(void **state)
{
	(void)state;
	assert_parts("http://a.example", "http", "a.example", 80, "/");
	assert_parts("https://a.example", "https", "a.example", 443, "/");
	assert_parts("redis://a.example", "redis", "a.example", 6379, "/");
	assert_parts("rediss://a.example", "rediss", "a.example", 6379, "/");
	assert_parts("memcached://a.example", "memcached", "a.example", 11211, "/");
	assert_parts("postgresql://a.example", "postgresql", "a.example", 5432, "/");
	assert_parts("postgres://a.example", "postgres", "a.example", 5432, "/");
	assert_parts("mysql://a.example", "mysql", "a.example", 3306, "/");
	assert_parts("sqlite:///srv/db.sqlite3", "sqlite", "", 0, "/srv/db.sqlite3");
}

static void every_part_is_found(void **state)
{
	(void)state;
	struct pf_url url = parsed("postgresql://shop@db1:5433/shop?sslmode=require");
	assert_string_equal(url.user, "shop");
	assert_string_equal(url.host, "db1");
	assert_int_equal(url.port, 5433);
	assert_string_equal(url.path, "/shop?sslmode=require");
	assert_null(parsed("https://a.example/x").user);
}

static void brackets_around_an_ipv6_address_are_removed(void **state)
{
	(void)state;
	assert_parts("https://[2001:db8::10]:8443/x", "https", "2001:db8::10", 8443, "/x");
	assert_parts("https://[::1]", "https", "::1", 443, "/");
	assert_refused("https://[2001:db8::10", "ends with ]");
	assert_refused("https://2001:db8::10/", "IPv6 in [ ]");
	assert_refused("https://[a.example]/", "name or an address");
	assert_refused("https://[fe80::1%eth0]/", "name or an address");
	assert_refused("https://[::1]x/", "comes nothing");
}

static void hosts_are_in_lower_case_and_punycode_is_left_alone(void **state)
{
	(void)state;
	struct pf_url url = parsed("https://Shop.EXAMPLE.com/Path");
	assert_string_equal(url.host, "shop.example.com");
	assert_string_equal(url.path, "/Path");
	assert_parts("https://xn--bcher-kva.example", "https", "xn--bcher-kva.example", 443, "/");
	assert_refused("https://b\xc3\xbc"
	               "cher.example",
	               "letters beyond ASCII");
}

static void ports_go_from_1_to_65535(void **state)
{
	(void)state;
	assert_int_equal(parsed("https://a.example:1").port, 1);
	assert_int_equal(parsed("https://a.example:65535").port, 65535);
	static const char *const wrong[] = {"0",  "65536", "",       "-1",
	                                    "+1", "8o",    "100000", "99999999999999999999"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_refused(pf_arena_print(arena, "https://a.example:%s", wrong[i]),
		               "from 1 to 65535");
}

static void passwords_are_refused_wherever_they_stand_and_never_repeated(void **state)
{
	(void)state;
	static const char *const urls[] = {
		"https://user:hunter2@a.example",
		"redis://:hunter2@cache1:6379/1",
		"postgresql://shop:hunter2@db1/shop",
		"postgresql://shop:hunter2@[::1]/shop",
		"postgresql://shop:@db1/shop",
		"postgresql://shop@db1/shop?password=hunter2",
		"postgresql://shop@db1/shop?sslmode=require&Password=hunter2",
		"postgresql://shop@db1/shop?sslpassword=hunter2",
		"mysql://db1/shop?a=b;passwd=hunter2",
		"redis://a@b:hunter2@cache1",
		"redis://shop:12/hunter2@cache1",
		"postgresql://shop:12/hunter2@db1:5432/shop?sslmode=require",
	};
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
		struct pf_url url;
		const char *problem = "";
		assert_false(pf_url_parse(arena, urls[i], &url, &problem));
		assert_non_null(strstr(problem, "password_file"));
		assert_null(strstr(problem, "hunter2"));
	}
	assert_string_equal(parsed("https://a.example/?password=x").path, "/?password=x");
	assert_string_equal(parsed("https://a.example/@me").path, "/@me");
	assert_string_equal(parsed("sqlite:///srv/a@b.db").path, "/srv/a@b.db");
	assert_string_equal(parsed("mysql://db1/shop?as=a@b").path, "/shop?as=a@b");
}

static void what_libcurl_would_pass_on_to_the_wire_is_refused(void **state)
{
	(void)state;
	assert_refused("https://a.example/\r\nX: y", "control characters");
	assert_refused("https://a.example/a b", "spaces");
	assert_refused("https://a.example\\@b.example", "backslashes");
	assert_refused("https://a.example/\x7f", "control characters");
}

static void hosts_that_are_none_are_refused(void **state)
{
	(void)state;
	static const char *const hosts[] = {"-a",         ".a",         "a.",       "a..b",
	                                    "a,b",        "*",          "a_b%",     "127.1",
	                                    "2130706441", "0x7f000001", "1.2.3.256"};
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
		assert_refused(pf_arena_print(arena, "https://%s/", hosts[i]),
		               "name or an address");
#define TEN "aaaaaaaaaa"
#define LABEL TEN TEN TEN TEN TEN TEN "aaa"
	assert_refused("https://" LABEL "a.example/", "name or an address");
	assert_string_equal(parsed("https://" LABEL ".example").host, LABEL ".example");
	assert_refused("https://" LABEL "." LABEL "." LABEL "." LABEL, "name or an address");
	assert_refused("https://", "host is missing");
	assert_refused("https:///x", "host is missing");
	assert_refused("https://user@/x", "host is missing");
	assert_string_equal(parsed("https://127.0.0.1").host, "127.0.0.1");
	assert_string_equal(parsed("https://a_b").host, "a_b");
	assert_string_equal(parsed("https://1.example").host, "1.example");
}

static void a_database_on_a_socket_or_in_a_file_has_no_host(void **state)
{
	(void)state;
	assert_parts("postgresql:///shop?host=/run/postgresql", "postgresql", "", 5432,
	             "/shop?host=/run/postgresql");
	assert_parts("mysql:///shop", "mysql", "", 3306, "/shop");
	assert_refused("redis:///1", "host is missing");
	assert_refused("sqlite://db.sqlite3", "absolute path");
	assert_refused("sqlite:///", "absolute path");
}

static void other_schemes_and_other_texts_are_refused(void **state)
{
	(void)state;
	assert_refused("", "scheme");
	assert_refused("a.example", "scheme");
	assert_refused("https:/a.example", "scheme");
	assert_refused("ftp://a.example", "scheme");
	assert_refused("javascript://a.example", "scheme");
	assert_refused("http", "scheme");
	assert_refused("https://a.example?x", "path comes before");
	assert_refused("https://a.example#x", "path comes before");
}

static void a_url_alone_makes_a_site(void **state)
{
	(void)state;
	struct pf_site site;
	struct pf_mistakes mistakes = {0};
	assert_true(pf_site_of_url(arena, "https://shop.example.com:8443/x", &site, &mistakes));
	assert_null(site.file);
	assert_string_equal(site.name, "shop.example.com");
	assert_int_equal(site.url.port, 8443);
	assert_int_equal(site.http_port, 80);
	assert_int_equal(site.hosts.count, 1);
	assert_string_equal(site.hosts.at[0], "shop.example.com");
	assert_int_equal(site.vantage_count, 1);
	assert_string_equal(site.vantages[0].name, "bastion");
	assert_string_equal(site.vantages[0].role, "bastion");
	assert_null(site.vantages[0].ssh);
	assert_int_equal(mistakes.count, 0);
}

static void a_url_that_is_no_site_is_a_mistake_of_the_whole(void **state)
{
	(void)state;
	static const char *const urls[] = {"redis://a.example", "https://u@a.example", "nonsense",
	                                   "https://a.example/?x", "https://a.example/#x"};
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
		struct pf_site site;
		struct pf_mistakes mistakes = {0};
		assert_false(pf_site_of_url(arena, urls[i], &site, &mistakes));
		assert_int_equal(mistakes.count, 1);
		assert_int_equal(mistakes.at[0].line, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_scheme_has_its_own_port),
		cmocka_unit_test(every_part_is_found),
		cmocka_unit_test(brackets_around_an_ipv6_address_are_removed),
		cmocka_unit_test(hosts_are_in_lower_case_and_punycode_is_left_alone),
		cmocka_unit_test(ports_go_from_1_to_65535),
		cmocka_unit_test(passwords_are_refused_wherever_they_stand_and_never_repeated),
		cmocka_unit_test(what_libcurl_would_pass_on_to_the_wire_is_refused),
		cmocka_unit_test(hosts_that_are_none_are_refused),
		cmocka_unit_test(a_database_on_a_socket_or_in_a_file_has_no_host),
		cmocka_unit_test(other_schemes_and_other_texts_are_refused),
		cmocka_unit_test(a_url_alone_makes_a_site),
		cmocka_unit_test(a_url_that_is_no_site_is_a_mistake_of_the_whole),
	};
	return cmocka_run_group_tests(tests, start, end);
}
