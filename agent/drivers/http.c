/* HTTP questions through libcurl: one request, one response, pinned to one address, nothing
 * followed, nothing remembered from one to the next but the connection: plain visits share theirs,
 * so that a site meets one handshake where it would meet many. */
#include "base/clock.h"
#include "drivers/http_question.h"
#include "drivers/page.h"
#include "drivers/transfer.h"
#include "drivers/transport.h"
#include "drivers/turn.h"

#include <curl/curl.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	GRACE_MS = 1000, /* libcurl's own timer is behind the loop's */
	KEPT_S = 1,      /* servers drop who is idle for longer, some after two seconds */
};

struct transfer {
	struct pf_turn *turn;
	CURL *easy;
	struct curl_slist *headers, *connect_to;
	struct pf_response response;
	size_t header_bytes;
	bool head_done; /* the blank line came */
	bool oversized, starved;
	bool afresh;      /* it was put once more, on a connection of its own */
	int socket_error; /* errno of socket(2); 0: it went well */
	curl_socket_t fd;
	char words[CURL_ERROR_SIZE];
};

/* ---- what comes in ---- */

/* Called for every line of every head (1xx too) and of the trailers. */
static size_t take_header(char *line, size_t one, size_t count, void *context)
{
	struct transfer *transfer = context;
	struct pf_pile *head = &transfer->response.head;
	(void)one;
	transfer->header_bytes += count;
	transfer->oversized = transfer->header_bytes > PF_HEADER_BYTES;
	if (transfer->oversized)
		return 0;
	bool begins = count > 5 && memcmp(line, "HTTP/", 5) == 0;
	if (transfer->head_done && begins && transfer->response.body.count == 0) {
		transfer->head_done = false;
		head->count = 0;
	}
	if (transfer->head_done)
		return count; /* a trailer */
	transfer->head_done = count > 0 && (line[0] == '\r' || line[0] == '\n');
	transfer->starved = !pf_pile_add(head, line, count);
	return transfer->starved ? 0 : count;
}

static size_t take_body(char *bytes, size_t one, size_t count, void *context)
{
	struct transfer *transfer = context;
	(void)one;
	if (pf_response_add_body(&transfer->response, bytes, count))
		return count;
	transfer->starved = !transfer->response.truncated;
	return 0; /* ends the transfer */
}

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct transfer *transfer = context;
	struct pf_turn *turn = transfer->turn;
	(void)purpose;
	/* The time to connect begins here, however long libcurl took until now. */
	int64_t until = pf_now_us() + turn->ground->connect_us;
	turn->until_us = until < turn->limit_us ? until : turn->limit_us;
	transfer->fd = socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
	if (transfer->fd < 0) {
		transfer->socket_error = errno;
		return CURL_SOCKET_BAD;
	}
	return transfer->fd;
}

/* Did the peer take the connection? While it is open the kernel knows, whatever libcurl is at;
 * once it is closed, or where it is another question's, libcurl has its times ready. */
static bool is_accepted(const struct transfer *transfer)
{
	struct sockaddr_storage name;
	socklen_t size = sizeof name;
	return transfer->fd >= 0 && getpeername(transfer->fd, (struct sockaddr *)&name, &size) == 0;
}

static bool was_accepted(const struct transfer *transfer)
{
	curl_off_t connected_us = 0;
	curl_easy_getinfo(transfer->easy, CURLINFO_CONNECT_TIME_T, &connected_us);
	return connected_us > 0;
}

/* ---- the request ---- */

static bool add_line(struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*list, line);
	if (longer)
		*list = longer;
	return longer != NULL;
}

/* libcurl takes "Name;" for a header without a value, and "Name:" for one to leave out. */
static bool add_header(struct pf_turn *turn, struct transfer *transfer, const char *name,
                       const char *value)
{
	value += strspn(value, " \t");
	return add_line(&transfer->headers,
	                pf_arena_print(turn->arena, *value ? "%s: %s" : "%s;%s", name, value));
}

static bool has_header(const struct pf_ask_http *ask, const char *name)
{
	size_t count = strlen(name);
	for (size_t i = 0; i < ask->headers.count; i++)
		if (strncasecmp(ask->headers.at[i], name, count) == 0 &&
		    ask->headers.at[i][count] == ':')
			return true;
	return false;
}

static bool set_headers(struct pf_turn *turn, struct transfer *transfer)
{
	const struct pf_ask_http *ask = &turn->question->http;
	bool fine = add_line(&transfer->headers, "Expect:");
	if (!has_header(ask, "Accept"))
		fine &= add_line(&transfer->headers, "Accept: text/html,*/*;q=0.8");
	if (ask->host)
		fine &= add_header(turn, transfer, "Host", ask->host);
	for (size_t i = 0; i < ask->headers.count; i++) {
		const char *line = ask->headers.at[i];
		size_t name = strcspn(line, ":");
		fine &= add_header(turn, transfer, pf_arena_copy_bytes(turn->arena, line, name),
		                   line + name + 1);
	}
	curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers);
	return fine;
}

/* The url's host stays what is named (SNI, certificate); only the connection goes elsewhere. */
static bool set_route(struct pf_turn *turn, struct transfer *transfer)
{
	const struct pf_ask_http *ask = &turn->question->http;
	if (strncmp(ask->address, "unix:", 5) == 0)
		return curl_easy_setopt(transfer->easy, CURLOPT_UNIX_SOCKET_PATH,
		                        ask->address + 5) == CURLE_OK;
	bool v6 = strchr(ask->address, ':') != NULL;
	const char *port =
		ask->port ? pf_arena_print(turn->arena, "%lld", (long long)ask->port) : "";
	const char *route =
		pf_arena_print(turn->arena, v6 ? "::[%s]:%s" : "::%s:%s", ask->address, port);
	bool fine = add_line(&transfer->connect_to, route);
	curl_easy_setopt(transfer->easy, CURLOPT_CONNECT_TO, transfer->connect_to);
	return fine;
}

static void set_method(struct transfer *transfer, const struct pf_ask_http *ask)
{
	const char *method = ask->method ? ask->method : "GET";
	if (strcmp(method, "HEAD") == 0) {
		curl_easy_setopt(transfer->easy, CURLOPT_NOBODY, 1L);
	} else if (strcmp(method, "POST") == 0) {
		const char *body = ask->body ? ask->body : "";
		curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
		curl_easy_setopt(transfer->easy, CURLOPT_COPYPOSTFIELDS, body);
	} else if (strcmp(method, "GET") != 0) {
		curl_easy_setopt(transfer->easy, CURLOPT_CUSTOMREQUEST, method);
	}
}

static CURLcode prepare_tls(CURL *easy, void *ssl_context, void *context)
{
	struct pf_turn *turn = context;
	struct transfer *transfer = turn->state;
	(void)easy;
	if (!pf_handshake_bind(ssl_context, transfer->fd)) {
		transfer->starved = true;
		return CURLE_OUT_OF_MEMORY;
	}
	if (turn->question->http.verify)
		pf_trust_lend(turn->ground->trust, ssl_context);
	return CURLE_OK;
}

static void set_trust(struct pf_turn *turn, CURL *easy)
{
	bool verify = turn->question->http.verify;
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, prepare_tls);
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, turn);
	if (!verify) {
		curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_0);
		curl_easy_setopt(easy, CURLOPT_SSL_CIPHER_LIST, "DEFAULT@SECLEVEL=0");
	}
}

/* May it go over a connection that another such question was asked on? Only what any visitor sends:
 * a front that judges connections, not requests, must not be led to mistake one question for
 * another. libcurl keeps connections apart by scheme, name, address and port. */
static bool is_plain_visit(const struct pf_ask_http *ask)
{
	static const char *const usual[] = {"Range", "Cache-Control"};
	bool gets = !ask->method || strcmp(ask->method, "GET") == 0;
	size_t known = 0;
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
		known += has_header(ask, usual[i]);
	return gets && !ask->host && !ask->body && !ask->http2 && !ask->verify &&
	       known == ask->headers.count && strncmp(ask->address, "unix:", 5) != 0;
}

static void set_habits(CURL *easy, bool http2)
{
	pf_transfer_habits(easy);
	curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, (long)KEPT_S);
	/* Asks for plain bodies; one that comes packed all the same is unpacked, up to the limit.
	 */
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "identity");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
	                 (long)(http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
}

static void set_ears(struct pf_turn *turn, struct transfer *transfer)
{
	CURL *easy = transfer->easy;
	int64_t most_ms = (turn->limit_us - turn->started_us) / 1000 + GRACE_MS;
	curl_easy_setopt(easy, CURLOPT_PRIVATE, turn);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->words);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)most_ms);
}

/* False: out of memory, or libcurl cannot do it. */
static bool set_request(struct pf_turn *turn, struct transfer *transfer)
{
	const struct pf_ask_http *ask = &turn->question->http;
	CURL *easy = transfer->easy = curl_easy_init();
	if (!easy)
		return false;
	set_habits(easy, ask->http2);
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, is_plain_visit(ask) ? 0L : 1L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, is_plain_visit(ask) ? 0L : 1L);
	set_method(transfer, ask);
	set_trust(turn, easy);
	set_ears(turn, transfer);
	return curl_easy_setopt(easy, CURLOPT_URL, ask->url) == CURLE_OK &&
	       set_headers(turn, transfer) && set_route(turn, transfer);
}

/* ---- the driver ---- */

static const char *address(const struct pf_question *question)
{
	return question->http.address;
}

static void start(struct pf_turn *turn)
{
	const struct pf_ask_http *ask = &turn->question->http;
	struct transfer *transfer = turn->state = pf_arena_take(turn->arena, sizeof *transfer);
	const char *why = pf_http_mistake(ask), *problem = pf_trust_problem(turn->ground->trust);
	transfer->turn = turn;
	transfer->fd = -1;
	if (why || (ask->verify && problem)) {
		pf_turn_answer(turn, why ? PF_malformed_question : PF_no_permission,
		               why ? why : problem);
		return;
	}
	if (!set_request(turn, transfer) ||
	    curl_multi_add_handle(turn->ground->multi, transfer->easy) != CURLM_OK)
		pf_turn_answer(turn, PF_no_resources, "libcurl could not be set up");
}

/* The peer ended the connection: without an answer, or in the middle of one. libcurl has the same
 * code for chunks that make no sense. */
static bool is_cut_off(const struct transfer *transfer, CURLcode code)
{
	switch (code) {
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_PARTIAL_FILE:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
		return !strstr(transfer->words, "chunked-encoding");
	default:
		return false;
	}
}

/* libcurl takes a length that is too large for a number for none, and of two the last. */
static bool has_strange_length(const struct pf_turn *turn)
{
	enum { MOST_DIGITS = 18 };
	const struct transfer *transfer = turn->state;
	struct pf_span head = {transfer->response.head.at, transfer->response.head.count};
	struct pf_span first = {0};
	for (struct pf_field field; pf_field_next(turn->arena, &head, &field);) {
		if (!pf_span_is(field.name, "content-length"))
			continue;
		bool differs = first.at && (first.count != field.value.count ||
		                            memcmp(first.at, field.value.at, first.count) != 0);
		if (differs || field.value.count > MOST_DIGITS)
			return true;
		first = field.value;
	}
	return false;
}

static int connect_error(const struct transfer *transfer)
{
	long error = 0;
	curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &error);
	return transfer->socket_error ? transfer->socket_error : (int)error;
}

/* libcurl has one code for every failed handshake; a peer that just closes says nothing else. */
static enum pf_outcome handshake_outcome(const struct transfer *transfer)
{
	int error = connect_error(transfer);
	bool closed = error == ECONNRESET || error == EPIPE ||
	              strstr(transfer->words, "SSL_ERROR_SYSCALL") ||
	              strstr(transfer->words, "unexpected eof");
	return closed ? PF_hung_up : PF_tls_failed;
}

static enum pf_outcome outcome_of(const struct pf_turn *turn, CURLcode code)
{
	const struct transfer *transfer = turn->state;
	if (transfer->oversized)
		return PF_oversized;
	if (transfer->starved)
		return PF_no_resources;
	if (has_strange_length(turn))
		return PF_garbled;
	if (transfer->response.truncated)
		return PF_answered;
	switch (code) {
	case CURLE_OK:
		return transfer->head_done ? PF_answered : PF_hung_up;
	case CURLE_COULDNT_CONNECT:
	case CURLE_FAILED_INIT:
		return pf_outcome_of_error(connect_error(transfer), turn->question->http.address);
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_PARTIAL_FILE:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
		return is_cut_off(transfer, code) ? PF_hung_up : PF_garbled;
	case CURLE_SSL_CONNECT_ERROR:
		return handshake_outcome(transfer);
	case CURLE_SSL_CLIENTCERT:
	case CURLE_USE_SSL_FAILED:
		return PF_tls_failed;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS:
		return PF_tls_untrusted;
	case CURLE_UNSUPPORTED_PROTOCOL: /* an answer without a status line, "HTTP/0.9" */
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_BAD_CONTENT_ENCODING:
	case CURLE_WRITE_ERROR: /* not ours: what could not be unpacked */
		return PF_garbled;
	case CURLE_URL_MALFORMAT:
	case CURLE_LOGIN_DENIED: /* a user name in the url */
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_BAD_FUNCTION_ARGUMENT:
		return PF_malformed_question;
	default:
		return PF_no_resources;
	}
}

/* libcurl 7.88 says "out of memory" of a header line that it finds too long; later ones have a code
 * of their own, which 7.88 has no name for. */
static bool is_endless_line(const struct transfer *transfer, CURLcode code)
{
	enum { TOO_LARGE = 100 };
	return (int)code == TOO_LARGE ||
	       (code == CURLE_OUT_OF_MEMORY && !transfer->starved && was_accepted(transfer));
}

/* The words of the kernel or of OpenSSL where it was one of them; libcurl's have times and versions
 * in them. */
static const char *detail_of(const struct pf_turn *turn, CURLcode code)
{
	const struct transfer *transfer = turn->state;
	char words[128];
	if (code == CURLE_COULDNT_CONNECT && connect_error(transfer))
		return pf_arena_copy(turn->arena,
		                     strerror_r(connect_error(transfer), words, sizeof words));
	const char *reason = strstr(transfer->words, "routines::");
	if (reason)
		return reason + strlen("routines::");
	return *transfer->words ? transfer->words : curl_easy_strerror(code);
}

static void read_facts(struct pf_turn *turn)
{
	const struct transfer *transfer = turn->state;
	curl_off_t first_byte_us = 0;
	curl_easy_getinfo(transfer->easy, CURLINFO_STARTTRANSFER_TIME_T, &first_byte_us);
	if (transfer->head_done)
		pf_page_read(turn->arena, &transfer->response, &turn->question->http,
		             &turn->answer.http);
	turn->answer.http.began = first_byte_us > 0;
}

/* A connection that others had used ended without a word: that was the end of the connection, and
 * no answer to this question. libcurl sees most of these by itself, but gives up after a few. */
static bool is_put_afresh(struct pf_turn *turn, CURLcode code)
{
	struct transfer *transfer = turn->state;
	long made = 1;
	curl_easy_getinfo(transfer->easy, CURLINFO_NUM_CONNECTS, &made);
	if (made || transfer->afresh || transfer->header_bytes || !is_cut_off(transfer, code))
		return false;
	transfer->afresh = true;
	curl_multi_remove_handle(turn->ground->multi, transfer->easy);
	curl_easy_setopt(transfer->easy, CURLOPT_FRESH_CONNECT, 1L);
	return curl_multi_add_handle(turn->ground->multi, transfer->easy) == CURLM_OK;
}

static void advance(struct pf_turn *turn)
{
	struct transfer *transfer = turn->state;
	CURLcode code = (CURLcode)turn->transfer_code;
	if (is_put_afresh(turn, code))
		return;
	if (transfer->head_done && is_cut_off(transfer, code))
		transfer->response.truncated = true;
	read_facts(turn);
	if (code == CURLE_OPERATION_TIMEDOUT) {
		pf_turn_late(turn, was_accepted(transfer));
		return;
	}
	enum pf_outcome outcome =
		is_endless_line(transfer, code) ? PF_oversized : outcome_of(turn, code);
	if (outcome == PF_answered)
		pf_turn_respond(turn);
	else
		pf_turn_answer(turn, outcome, detail_of(turn, code));
}

static void expire(struct pf_turn *turn)
{
	bool accepted = is_accepted(turn->state) || was_accepted(turn->state);
	if (accepted && turn->until_us < turn->limit_us) {
		turn->until_us = turn->limit_us;
		return;
	}
	read_facts(turn);
	pf_turn_late(turn, accepted);
}

static void end(struct pf_turn *turn)
{
	struct transfer *transfer = turn->state;
	if (transfer->easy) {
		curl_multi_remove_handle(turn->ground->multi, transfer->easy);
		curl_easy_cleanup(transfer->easy);
	}
	curl_slist_free_all(transfer->headers);
	curl_slist_free_all(transfer->connect_to);
	pf_response_free(&transfer->response);
}

const struct pf_driver pf_driver_http = {
	.kind = PF_KIND_http,
	.address = address,
	.start = start,
	.advance = advance,
	.expire = expire,
	.end = end,
};
