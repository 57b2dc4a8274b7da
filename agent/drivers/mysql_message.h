/* MySQL's and MariaDB's packets up to the end of a login, as bytes: taken apart, put into facts,
 * and written. No I/O. */
#ifndef PF_DRIVERS_MYSQL_MESSAGE_H
#define PF_DRIVERS_MYSQL_MESSAGE_H

#include "base/arena.h"
#include "postflight/answer.h"

/* https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html */
struct pf_mysql_packet {
	const char *body;
	size_t length;
	unsigned sequence;
	size_t used; /* bytes of the stream, header included */
};

enum pf_mysql_frame {
	PF_MYSQL_MORE, /* feed on */
	PF_MYSQL_WHOLE,
	PF_MYSQL_OVERSIZED, /* it says that it is longer than is read */
};

/* The packet at the front of `bytes`, which it points into. */
enum pf_mysql_frame pf_mysql_frame(const char *bytes, size_t count, struct pf_mysql_packet *packet);

enum pf_mysql_said {
	PF_MYSQL_BROKEN,  /* nothing that a MySQL server says there */
	PF_MYSQL_GREETED, /* a login may follow */
	PF_MYSQL_OLD,     /* a greeting of the protocol before 4.1: nothing may follow */
	PF_MYSQL_REFUSED, /* an error; the server closes */
	PF_MYSQL_ASKED,   /* the login goes on: an empty packet says that there is no password */
	PF_MYSQL_LET_IN,
};

/* The server's first packet: its greeting, or an error instead of one. */
enum pf_mysql_said pf_mysql_read_greeting(struct pf_arena *arena,
                                          const struct pf_mysql_packet *packet,
                                          struct pf_facts_mysql *facts);

/* What it says to a login. */
enum pf_mysql_said pf_mysql_read_reply(struct pf_arena *arena, const struct pf_mysql_packet *packet,
                                       struct pf_facts_mysql *facts);

/* Our packets, of that sequence number; *count is how long they are. The login is of `user`,
 * without a password, after that greeting. NULL: the user does not fit. */
char *pf_mysql_login(struct pf_arena *arena, unsigned sequence, const char *user,
                     const struct pf_facts_mysql *greeting, bool tls, size_t *count);
char *pf_mysql_tls_request(struct pf_arena *arena, unsigned sequence, size_t *count);

#endif
