/* Processes and listeners: what the tables of /proc say, secrets masked, and this very process
 * found in it. */
#include "base/clock.h"
#include "drivers/driver.h"
#include "drivers/process_text.h"
#include "rig_scratch.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

enum { PLENTY_US = 20 * 1000 * 1000 };

static void expect_socket(struct scratch *s, enum pf_socket_table table, const char *line,
                          const char *words, int64_t uid, uint64_t inode)
{
	struct pf_socket socket;
	assert_true(pf_socket_read(s->arena, table, line, &socket));
	assert_string_equal(socket.words, words);
	assert_int_equal(socket.uid, uid);
	assert_true(socket.inode == inode);
}

static void expect_none(struct scratch *s, enum pf_socket_table table, const char *line)
{
	struct pf_socket socket;
	assert_false(pf_socket_read(s->arena, table, line, &socket));
}

static void listening_sockets_are_read_from_the_tables(void **state)
{
	struct scratch *s = *state;
	expect_socket(s, PF_TABLE_TCP,
	              "   0: 0100007F:18EB 00000000:0000 0A 00000000:00000000 00:00000000 00000000 "
	              "  112        0 41523 1 0000000000000000 100 0 0 10 0",
	              "tcp 127.0.0.1:6379", 112, 41523);
	expect_socket(s, PF_TABLE_TCP6,
	              "   1: 00000000000000000000000000000000:0050 "
	              "00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 "
	              "00000000     0        0 977 1 0000000000000000 100 0 0 10 0",
	              "tcp [::]:80", 0, 977);
	expect_socket(s, PF_TABLE_UDP,
	              "  99: 00000000:2BCB 00000000:0000 07 00000000:00000000 00:00000000 00000000 "
	              "  113        0 5 2 0000000000000000 0",
	              "udp 0.0.0.0:11211", 113, 5);
	expect_socket(
		s, PF_TABLE_UNIX,
		"0000000000000000: 00000002 00000000 00010000 0001 01 4242 /run/shop app.sock",
		"unix /run/shop app.sock", 0, 4242);
}

static void connections_headings_and_nonsense_are_no_listeners(void **state)
{
	struct scratch *s = *state;
	expect_none(s, PF_TABLE_TCP, "  sl  local_address rem_address   st tx_queue rx_queue");
	expect_none(s, PF_TABLE_TCP,
	            "   0: 0100007F:18EB 0100007F:D431 01 00000000:00000000 00:00000000 00000000   "
	            "112        0 41523 1 0 20 4 30 10 -1");
	expect_none(s, PF_TABLE_TCP6, "   0: 0100007F:18EB 00000000:0000 0A 0:0 0:0 0 1 0 41523 1");
	expect_none(s, PF_TABLE_UNIX,
	            "0000000000000000: 00000003 00000000 00000000 0001 03 1 /run/x");
	expect_none(s, PF_TABLE_UNIX, "0000000000000000: 00000002 00000000 00010000 0001 01 7 ");
	expect_none(s, PF_TABLE_UDP, "");
}

static void names_of_sockets_are_escaped(void **state)
{
	struct scratch *s = *state;
	expect_socket(s, PF_TABLE_UNIX,
	              "0000000000000000: 00000002 00000000 00010000 0001 01 9 @a\x1b[31m",
	              "unix @a\\x1b[31m", 0, 9);
}

static void a_status_file_tells_user_and_rights(void **state)
{
	(void)state;
	struct pf_status_text status;
	assert_true(pf_status_read(
		"Name:\tredis-server\nUmask:\t0077\nPPid:\t1\nUid:\t0\t112\t112\t112\n"
		"VmSize:\t  70000 kB\nCapEff:\t0000000000000400\n",
		&status));
	assert_string_equal(status.name, "redis-server");
	assert_int_equal(status.uid, 112);
	assert_int_equal(status.parent, 1);
	assert_true(status.capabilities == 0x400);
	assert_true(status.has_memory);
	assert_true(pf_status_read("Name:\tkthreadd\nPPid:\t0\nUid:\t0\t0\t0\t0\n", &status));
	assert_false(status.has_memory);
	assert_false(pf_status_read("Name:\tx\nUid:\t0\n", &status));
	assert_false(pf_status_read("", &status));
}

static void capabilities_have_names(void **state)
{
	struct scratch *s = *state;
	struct pf_words words = pf_capability_words(s->arena, 1 << 10 | 1 << 2, 40);
	assert_int_equal(words.count, 2);
	assert_string_equal(words.at[0], "cap_dac_read_search");
	assert_string_equal(words.at[1], "cap_net_bind_service");
	words = pf_capability_words(s->arena, ((uint64_t)1 << 41) - 1, 40);
	assert_int_equal(words.count, 1);
	assert_string_equal(words.at[0], "all");
	assert_int_equal(pf_capability_words(s->arena, 0, 40).count, 0);
}

#define COMMAND(text) pf_command_words(s->arena, text, sizeof text)

static const char *joined(struct scratch *s, struct pf_words words)
{
	const char *text = "";
	for (size_t i = 0; i < words.count; i++)
		text = pf_arena_print(s->arena, "%s%s%s", text, i ? " " : "", words.at[i]);
	return text;
}

static void command_lines_are_shown_in_words(void **state)
{
	struct scratch *s = *state;
	assert_string_equal(joined(s, COMMAND("python3\0manage.py\0runserver\0"
	                                      "0.0.0.0:8000\0--settings\0shop.settings")),
	                    "python3 manage.py runserver 0.0.0.0:8000 --settings shop.settings");
	assert_string_equal(joined(s, COMMAND("gunicorn: master [shop]\0\0\0\0")),
	                    "gunicorn: master [shop]");
	assert_string_equal(joined(s, COMMAND("/usr/bin/x\0\033[2J")), "/usr/bin/x \\x1b[2J");
	assert_string_equal(
		joined(s, COMMAND("x\0--keyfile\0/etc/tls/site.key\0--password-file=/etc/pw")),
		"x --keyfile /etc/tls/site.key --password-file=/etc/pw");
	assert_int_equal(COMMAND("").count, 0);
}

static void secrets_in_command_lines_are_masked(void **state)
{
	struct scratch *s = *state;
	static const char *const secret = "hunter2";
#define MASKED(text, wanted)                                                                       \
	do {                                                                                       \
		const char *said = joined(s, COMMAND(text));                                       \
		assert_null(strstr(said, secret));                                                 \
		assert_string_equal(said, wanted);                                                 \
	} while (0)
	MASKED("redis-server\0--requirepass\0hunter2", "redis-server --requirepass [masked]");
	MASKED("gunicorn\0-e\0DB_PASSWORD=hunter2\0-e\0SECRET_KEY=hunter2",
	       "gunicorn -e DB_PASSWORD=[masked] -e SECRET_KEY=[masked]");
	MASKED("celery\0-b\0redis://:hunter2@cache1/0", "celery -b redis://:[masked]@cache1/0");
	MASKED("x\0--url=postgres://shop:hunter2@db1/shop",
	       "x --url=postgres://shop:[masked]@db1/shop");
	MASKED("mysql\0-phunter2\0shop", "mysql -p[masked] shop");
	MASKED("/usr/bin/redis-cli\0-a\0hunter2", "/usr/bin/redis-cli -a [masked]");
	MASKED("redis-server\0--user\0shop\0>hunter2", "redis-server --user shop [masked]");
	MASKED("x\0hunter2hunterHUNTER7843hunter2", "x [masked]");
	MASKED("x --token hunter2 y\0\0\0", "x --token [masked] y");
}

static const struct pf_process *own_entry(const struct pf_facts_process *facts)
{
	for (size_t i = 0; i < facts->processes.count; i++)
		if (facts->processes.at[i].pid == getpid())
			return &facts->processes.at[i];
	return NULL;
}

static void this_process_is_found_with_what_it_listens_on(void **state)
{
	struct scratch *s = *state;
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_un path = {.sun_family = AF_UNIX};
	socklen_t length = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM, 0), local = socket(AF_UNIX, SOCK_STREAM, 0);
	strcpy(path.sun_path, scratch_path(s, "s"));
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &length), 0);
	assert_int_equal(bind(local, (struct sockaddr *)&path, sizeof path), 0);
	assert_int_equal(listen(local, 1), 0);
	struct pf_ask_process ask = {.all = false};
	struct pf_answer answer = pf_process_answer(s->arena, &ask, pf_now_us() + PLENTY_US);
	const struct pf_process *own = own_entry(&answer.process);
	assert_non_null(own);
	assert_true(pf_words_have(
		own->listens, pf_arena_print(s->arena, "tcp 127.0.0.1:%u", ntohs(at.sin_port))));
	assert_true(
		pf_words_have(own->listens, pf_arena_print(s->arena, "unix %s", path.sun_path)));
	assert_int_equal(own->uid, geteuid());
	assert_string_equal(own->name, "test_process");
	assert_int_equal(own->parent, getppid());
	assert_non_null(strstr(own->program, "test_process"));
	assert_true(pf_words_have(answer.process.addresses, "127.0.0.1"));
	close(fd);
	close(local);
}

static void who_listens_on_nothing_is_listed_on_request(void **state)
{
	struct scratch *s = *state;
	struct pf_ask_process few = {.all = false}, all = {.all = true};
	struct pf_answer answer = pf_process_answer(s->arena, &few, pf_now_us() + PLENTY_US);
	assert_null(own_entry(&answer.process));
	answer = pf_process_answer(s->arena, &all, pf_now_us() + PLENTY_US);
	assert_non_null(own_entry(&answer.process));
	assert_true(answer.process.running >=
	            (int64_t)answer.process.processes.count - answer.process.ownerless);
}

static bool somebody_listens(const struct pf_facts_process *facts, const char *words)
{
	for (size_t i = 0; i < facts->processes.count; i++)
		if (pf_words_have(facts->processes.at[i].listens, words))
			return true;
	return false;
}

static void sockets_of_others_are_listed_even_where_their_process_is_not_seen(void **state)
{
	struct scratch *s = *state;
	need_root("to listen as root and look as nobody");
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &length), 0);
	struct pf_ask_process ask = {.all = false};
	be_nobody();
	struct pf_answer answer = pf_process_answer(s->arena, &ask, pf_now_us() + PLENTY_US);
	be_ourselves();
	close(fd);
	assert_true(somebody_listens(
		&answer.process, pf_arena_print(s->arena, "tcp 127.0.0.1:%u", ntohs(at.sin_port))));
}

static void a_deadline_that_has_come_ends_the_look(void **state)
{
	struct scratch *s = *state;
	struct pf_ask_process ask = {.all = true};
	struct pf_answer answer = pf_process_answer(s->arena, &ask, pf_now_us() - 1);
	assert_int_equal(answer.outcome, PF_deadline);
	assert_int_equal(answer.process.processes.count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(listening_sockets_are_read_from_the_tables),
		TEST(connections_headings_and_nonsense_are_no_listeners),
		TEST(names_of_sockets_are_escaped),
		TEST(a_status_file_tells_user_and_rights),
		TEST(capabilities_have_names),
		TEST(command_lines_are_shown_in_words),
		TEST(secrets_in_command_lines_are_masked),
		TEST(this_process_is_found_with_what_it_listens_on),
		TEST(who_listens_on_nothing_is_listed_on_request),
		TEST(sockets_of_others_are_listed_even_where_their_process_is_not_seen),
		TEST(a_deadline_that_has_come_ends_the_look),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
