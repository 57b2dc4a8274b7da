/* The facts of a page: headers without their secrets, title, digests, what was looked for. */
#include "drivers/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct pf_arena *arena;

static int start(void **state)
{
	(void)state;
	arena = pf_arena_new(256 * 1024 * 1024);
	return 0;
}

static int end(void **state)
{
	(void)state;
	pf_arena_free(arena);
	return 0;
}

static struct pf_facts_http facts_asking(const char *head, const char *body,
                                         const struct pf_ask_http *ask)
{
	struct pf_response response = {0};
	struct pf_facts_http facts = {0};
	assert_true(pf_pile_add(&response.head, head, strlen(head)));
	assert_true(pf_response_add_body(&response, body, strlen(body)));
	pf_page_read(arena, &response, ask, &facts);
	pf_response_free(&response);
	return facts;
}

static struct pf_facts_http facts_looking_for(const char *head, const char *body,
                                              struct pf_words look_for)
{
	return facts_asking(head, body, &(struct pf_ask_http){.look_for = look_for});
}

static struct pf_facts_http facts_of(const char *head, const char *body)
{
	return facts_looking_for(head, body, (struct pf_words){0});
}

#define OK "HTTP/1.1 200 OK\r\n"

static struct pf_facts_http body_facts(const char *body)
{
	return facts_of(OK "\r\n", body);
}

static void assert_header(const char *line, const char *expected)
{
	struct pf_facts_http facts = facts_of(pf_arena_print(arena, OK "%s\r\n\r\n", line), "");
	assert_int_equal(facts.headers.count, 1);
	assert_string_equal(facts.headers.at[0], expected);
}

static void status_and_version_are_those_of_the_first_line(void **state)
{
	(void)state;
	struct pf_facts_http facts = facts_of("HTTP/2 404 \r\n\r\n", "");
	assert_int_equal(facts.status, 404);
	assert_string_equal(facts.version, "2");
	assert_string_equal(facts_of("HTTP/1.0 302 Found\r\n\r\n", "").version, "1.0");
	assert_string_equal(facts_of(OK "\r\n", "").version, "1.1");
}

static void names_are_lower_case_and_values_escaped(void **state)
{
	(void)state;
	assert_header("SERVER:   nginx  ", "server: nginx");
	assert_header("Server: \x1b]0;x\x07\xff", "server: \\x1b]0;x\\x07\\xff");
	assert_header("X-Long: a\r\n  b\r\n\tc", "x-long: a b c");
	assert_header("X-Empty:", "x-empty: ");
}

static void cookies_lose_their_values(void **state)
{
	(void)state;
	assert_header("Set-Cookie: sessionid=0123456789abcdef0123456789abcdef; Path=/; HttpOnly",
	              "set-cookie: sessionid=<32 bytes>; Path=/; HttpOnly");
	assert_header("set-cookie: a=b=c", "set-cookie: a=<3 bytes>");
	assert_header("Set-Cookie: nameless", "set-cookie: <8 bytes>");
	assert_header("Set-Cookie: empty=; Max-Age=0", "set-cookie: empty=<0 bytes>; Max-Age=0");
	assert_header("Set-Cookie: a=secret\r\n more; Secure", "set-cookie: a=<11 bytes>; Secure");
	assert_header("Set-Cookie : a=secret", "set-cookie: a=<6 bytes>");
}

static void other_secrets_are_lengths_too(void **state)
{
	(void)state;
	assert_header("X-CSRFToken: abcdef", "x-csrftoken: <6 bytes>");
	assert_header("Authorization: Basic YTpi", "authorization: <10 bytes>");
	assert_header("X-Auth-Token: x", "x-auth-token: <1 bytes>");
	assert_header("WWW-Authenticate: Basic realm=\"x\"", "www-authenticate: Basic realm=\"x\"");
}

static void headers_are_capped_in_length_and_number(void **state)
{
	char *value = pf_arena_take(arena, 5001);
	struct pf_facts_http facts;
	char *head = pf_arena_take(arena, 4096);
	(void)state;
	memset(value, 'v', 5000);
	facts = facts_of(pf_arena_print(arena, OK "X: %s\r\n\r\n", value), "");
	assert_int_equal(strlen(facts.headers.at[0]), PF_HEADER_TEXT);
	strcpy(head, OK);
	for (int i = 0; i < 100; i++)
		sprintf(head + strlen(head), "h%d: x\r\n", i);
	strcat(head, "Location: /late\r\n\r\n");
	facts = facts_of(head, "");
	assert_int_equal(facts.headers.count, PF_HEADER_COUNT);
	assert_string_equal(facts.location, "/late");
}

static void the_first_location_is_told(void **state)
{
	(void)state;
	assert_string_equal(
		facts_of(OK "location: https://a.test/\x07\r\nLocation: b\r\n\r\n", "").location,
		"https://a.test/\\x07");
	assert_null(facts_of(OK "X-Location: a\r\n\r\n", "").location);
}

#define assert_title(body, expected) assert_string_equal(body_facts(body).title, expected)

static void titles_are_decoded_folded_and_escaped(void **state)
{
	(void)state;
	assert_title("<html><TITLE lang=en>\n Log in |\t\tDjango \n</Title>", "Log in | Django");
	assert_title("<title>a &amp; &lt;b&gt; &quot;c&quot; &#x27;d&#39; &amp;lt; &x;</title>",
	             "a & <b> \"c\" 'd' &lt; &x;");
	assert_title("<title>\x1b[2J</title>", "\\x1b[2J");
	assert_title("<title><b>bold</b></title>", "<b>bold</b>");
	assert_title("<title></title>", "");
	assert_title("<title>no end", "no end");
}

static void titles_are_not_found_where_a_browser_sees_none(void **state)
{
	(void)state;
	assert_title("<!-- <title>no</title> --><title>yes</title>", "yes");
	assert_title("<script>'<title>no</title>'</script><title>yes</title>", "yes");
	assert_title("<p a='<title>no</title>'><title>yes</title>", "yes");
	assert_title("<!--><title>yes</title>", "yes");
	assert_null(body_facts("<titles>no</titles>").title);
	assert_null(body_facts("no page at all").title);
}

static void long_titles_are_cut(void **state)
{
	char body[9000] = "<title>";
	(void)state;
	memset(body + 7, 'x', sizeof body - 8);
	assert_int_equal(strlen(body_facts(body).title), 200);
}

static void digests_are_of_the_body(void **state)
{
	(void)state;
	struct pf_facts_http facts = body_facts("abc");
	assert_string_equal(facts.digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61"
	                                  "f20015ad");
	assert_int_equal(facts.length, 3);
	assert_string_equal(body_facts("").digest,
	                    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void renderings_of_one_template_have_one_shape(void **state)
{
	const char *one = "<form><input name=csrf value='abc'><p>Hello Ann</form>"
			  "<script nonce=1>a<b</script><!-- 1 -->";
	const char *two = "<FORM><INPUT name=csrf value='x>yz'><p>Hello <!-- <i> -->Bob</FORM>"
			  "<script nonce=2>if (c<d) '</scr'</script>";
	const char *three = "<form><input name=csrf value='abc'><div>Hello Ann</form>";
	(void)state;
	assert_string_equal(body_facts(one).shape, body_facts(two).shape);
	assert_string_not_equal(body_facts(one).shape, body_facts(three).shape);
	assert_int_equal(strlen(body_facts(one).shape), 16);
	assert_null(body_facts("{\"json\": \"a < b\"}").shape);
}

static void what_was_looked_for_is_found_byte_by_byte(void **state)
{
	static const char *const texts[] = {"evil.invalid", "Evil", "secret-value",
	                                    "absent",       "",     "caf\xc3\xa9"};
	(void)state;
	struct pf_facts_http facts = facts_looking_for(
		OK "Location: //evil.invalid/\r\nSet-Cookie: a=secret-value\r\n\r\n",
		"at evil.invalid's caf\xc3\xa9", (struct pf_words){texts, 6});
	assert_int_equal(facts.found_in_body.count, 2);
	assert_string_equal(facts.found_in_body.at[0], "evil.invalid");
	assert_string_equal(facts.found_in_body.at[1], "caf\xc3\xa9");
	assert_int_equal(facts.found_in_headers.count, 2);
	assert_string_equal(facts.found_in_headers.at[1], "secret-value");
}

static void a_body_beyond_the_limit_is_marked(void **state)
{
	struct pf_response response = {0};
	struct pf_facts_http facts = {0};
	static char block[PF_BODY_BYTES];
	(void)state;
	assert_true(pf_response_add_body(&response, block, sizeof block));
	assert_false(pf_response_add_body(&response, "x", 1));
	assert_true(response.truncated);
	assert_true(pf_pile_add(&response.head, OK, strlen(OK)));
	pf_page_read(arena, &response, &(struct pf_ask_http){0}, &facts);
	pf_response_free(&response);
	assert_true(facts.truncated);
	assert_int_equal(facts.length, PF_BODY_BYTES);
}

static void many_large_bodies_at_once_share_what_memory_there_is(void **state)
{
	enum { MANY = PF_BODIES_BYTES / PF_BODY_BYTES };
	static struct pf_response many[MANY];
	static char block[PF_BODY_BYTES];
	struct pf_response late = {0};
	(void)state;
	for (size_t i = 0; i < MANY; i++)
		assert_true(pf_response_add_body(&many[i], block, sizeof block));
	assert_true(pf_response_add_body(&late, block, PF_BODY_SHARE));
	assert_false(pf_response_add_body(&late, block, 1));
	assert_true(late.truncated);
	pf_response_free(&late);
	for (size_t i = 0; i < MANY; i++)
		pf_response_free(&many[i]);
	assert_true(pf_response_add_body(&late, block, sizeof block));
	pf_response_free(&late);
}

static void assert_loads(const char *html, size_t count, const char *const expected[])
{
	struct pf_words loads = body_facts(html).loads;
	assert_int_equal(loads.count, count);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(loads.at[i], expected[i]);
}

static void what_a_page_loads_is_told_with_plain_http_first(void **state)
{
	static const char *const mixed[] = {"img src HTTP://b.test/b.png", "img src /a.svg",
	                                    "script src //c.test/c.js", "link href /d.css"};
	static const char *const set[] = {"img srcset http://b.test/2.png", "img srcset 1.png"};
	static const char *const entity[] = {"img src /?a=1&b=2"};
	(void)state;
	assert_loads("<img src='/a.svg'><IMG SRC = \"HTTP://b.test/b.png\"/>"
	             "<script src=//c.test/c.js></script>"
	             "<link rel='preload stylesheet' href=/d.css><link rel=canonical href=/e>"
	             "<a href=http://f.test/>f</a>",
	             4, mixed);
	assert_loads("<img srcset='1.png 1x, http://b.test/2.png 2x'>", 2, set);
	assert_loads("<img alt='>' data-src=http://x.test/ src=' /?a=1&amp;b=2 '>", 1, entity);
}

static void what_a_browser_does_not_load_is_not_told(void **state)
{
	static const char *const plain[] = {"base href http://b.test/",
	                                    "form action http://c.test/"};
	(void)state;
	assert_loads(
		"<!-- <img src=http://a.test/> --><template><img src=http://a.test/></template>"
		"<noscript><img src=http://a.test/></noscript>"
		"<textarea><img src=http://a.test/></textarea><img src>",
		0, NULL);
	assert_loads("<base href=http://b.test/><form action=http://c.test/><form action=/d/>", 2,
	             plain);
}

static void loads_are_capped_and_escaped(void **state)
{
	(void)state;
	const char *many = "<img src='/\x1b[2J'>", *long_one = "<img src='/";
	for (size_t i = 0; i < 8; i++)
		many = pf_arena_print(arena, "%s%s", many, many);
	assert_int_equal(body_facts(many).loads.count, 64);
	assert_string_equal(body_facts(many).loads.at[0], "img src /\\x1b[2J");
	for (size_t i = 0; i < 1000; i++)
		long_one = pf_arena_print(arena, "%sx", long_one);
	assert_in_range(strlen(body_facts(pf_arena_print(arena, "%s'>", long_one)).loads.at[0]),
	                300, 320);
}

static void a_policy_is_kept_longer_than_other_headers(void **state)
{
	(void)state;
	char value[4000];
	memset(value, 'a', sizeof value);
	const char *line = pf_arena_print(arena, OK "Content-Security-Policy: %.*s\r\n\r\n",
	                                  (int)sizeof value, value);
	assert_int_equal(strlen(facts_of(line, "").headers.at[0]), 25 + sizeof value);
}

static void beginnings_are_bytes_and_begin_only_at_the_start(void **state)
{
	(void)state;
	static const char *const list[] = {"\\x1f\\x8b", "PK\\x03", "b", "", "not\\well"};
	struct pf_ask_http ask = {.beginnings = {list, 5}};
	struct pf_facts_http facts = facts_asking(OK "\r\n", "\x1f\x8b b PK\x03", &ask);
	assert_int_equal(facts.begins_with.count, 1);
	assert_string_equal(facts.begins_with.at[0], "\\x1f\\x8b");
	assert_int_equal(facts_asking(OK "\r\n", "\x1f", &ask).begins_with.count, 0);
}

static void discreet_answers_say_nothing_of_the_body_but_what_was_found(void **state)
{
	(void)state;
	static const char *const words[] = {"SECRET_KEY="};
	struct pf_ask_http ask = {.look_for = {words, 1}, .discreet = true};
	struct pf_facts_http facts =
		facts_asking(OK "\r\n", "<title>hush</title><img src=/a.png>SECRET_KEY=1", &ask);
	assert_null(facts.title);
	assert_null(facts.digest);
	assert_null(facts.shape);
	assert_int_equal(facts.loads.count, 0);
	assert_int_equal(facts.length, 47);
	assert_int_equal(facts.found_in_body.count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(beginnings_are_bytes_and_begin_only_at_the_start),
		cmocka_unit_test(discreet_answers_say_nothing_of_the_body_but_what_was_found),
		cmocka_unit_test(status_and_version_are_those_of_the_first_line),
		cmocka_unit_test(names_are_lower_case_and_values_escaped),
		cmocka_unit_test(cookies_lose_their_values),
		cmocka_unit_test(other_secrets_are_lengths_too),
		cmocka_unit_test(headers_are_capped_in_length_and_number),
		cmocka_unit_test(the_first_location_is_told),
		cmocka_unit_test(titles_are_decoded_folded_and_escaped),
		cmocka_unit_test(titles_are_not_found_where_a_browser_sees_none),
		cmocka_unit_test(long_titles_are_cut),
		cmocka_unit_test(digests_are_of_the_body),
		cmocka_unit_test(renderings_of_one_template_have_one_shape),
		cmocka_unit_test(what_was_looked_for_is_found_byte_by_byte),
		cmocka_unit_test(a_body_beyond_the_limit_is_marked),
		cmocka_unit_test(what_a_page_loads_is_told_with_plain_http_first),
		cmocka_unit_test(what_a_browser_does_not_load_is_not_told),
		cmocka_unit_test(loads_are_capped_and_escaped),
		cmocka_unit_test(a_policy_is_kept_longer_than_other_headers),
		cmocka_unit_test(many_large_bodies_at_once_share_what_memory_there_is),
	};
	return cmocka_run_group_tests(tests, start, end);
}
