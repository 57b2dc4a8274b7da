/* Reproducing: the line a person can type to see what a question saw, quoted for sh. */
#include "report/report.h"

#include "model/site_file.h"
#include "report/shell_line.h"

#include <string.h>
#include <strings.h>

enum { LONGEST = 4096 }; /* what nobody would type, nobody is shown */

static const char *number(struct pf_sh_line *line, int64_t value)
{
	return pf_arena_print(line->arena, "%lld", (long long)value);
}

static bool is_unix(const char *address)
{
	return strncmp(address, "unix:", 5) == 0;
}

static const char *bracketed(struct pf_sh_line *line, const char *address)
{
	bool v6 = strchr(address, ':') && *address != '[';
	return v6 ? pf_arena_print(line->arena, "[%s]", address) : address;
}

static bool is_address(const char *host)
{
	return strchr(host, ':') || strspn(host, "0123456789.") == strlen(host);
}

/* Where bytes are piped to. */
struct peer {
	const char *transport, *address, *sni;
	int64_t port;
};

/* `how`: -quiet to talk through it, -brief to see what was agreed. */
static void put_tls(struct pf_sh_line *line, const struct peer *peer, const char *how)
{
	pf_sh_put(line, pf_arena_print(line->arena, "openssl s_client %s", how));
	if (is_unix(peer->address))
		pf_sh_option(line, "-unix", peer->address + 5);
	else
		pf_sh_option(line, "-connect",
		             pf_arena_print(line->arena, "%s:%lld", bracketed(line, peer->address),
		                            (long long)peer->port));
	if (peer->sni)
		pf_sh_option(line, "-servername", peer->sni);
	else
		pf_sh_put(line, "-noservername");
}

static void put_peer(struct pf_sh_line *line, const struct peer *peer, bool connect_only)
{
	if (strcmp(peer->transport, "tls") == 0) {
		put_tls(line, peer, "-quiet");
		if (connect_only)
			pf_sh_put(line, "</dev/null");
		return;
	}
	pf_sh_put(line, connect_only ? "nc -vz -w 5" : "nc -w 5");
	if (strcmp(peer->transport, "udp") == 0)
		pf_sh_put(line, "-u");
	if (is_unix(peer->address)) {
		pf_sh_option(line, "-U", peer->address + 5);
		return;
	}
	pf_sh_word(line, peer->address);
	pf_sh_put(line, number(line, peer->port));
}

/* `printf ... | peer`; with `after`, that is sent a moment later on the same connection. */
static bool put_bytes(struct pf_sh_line *line, const char *send, const char *after,
                      const struct peer *peer)
{
	const char *first = pf_sh_bytes(line->arena, send);
	const char *second = after ? pf_sh_bytes(line->arena, after) : NULL;
	if (!first || (after && !second))
		return false;
	pf_sh_put(line, after ? pf_arena_print(line->arena,
	                                       "{ printf %s; sleep 2; printf %s; sleep 2; } |",
	                                       first, second)
	                      : pf_arena_print(line->arena, "printf %s |", first));
	put_peer(line, peer, false);
	return true;
}

static bool exact(struct pf_sh_line *line, const struct pf_ask_http *ask)
{
	struct pf_url url;
	const char *problem;
	if (!pf_url_parse(line->arena, ask->url, &url, &problem))
		return false;
	struct peer peer = {
		.transport = strcmp(url.scheme, "https") == 0 ? "tls" : "tcp",
		.address = ask->address ? ask->address : url.host,
		.sni = is_address(url.host) ? NULL : url.host,
		.port = ask->port ? ask->port : url.port,
	};
	return put_bytes(line, ask->exact, ask->exact_after, &peer);
}

/* Headers that could let somebody in are shown by name alone. */
static bool is_credential(const char *header)
{
	static const char *const names[] = {
		"authorization:", "proxy-authorization:", "cookie:", "x-api-key:", "x-auth-token:"};
	for (size_t i = 0; i < PF_COUNT(names); i++)
		if (strncasecmp(header, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

/* curl takes "Name;" for a header without a value, and "@file" for a file of headers. */
static void put_header(struct pf_sh_line *line, const char *header)
{
	size_t name = strcspn(header, ":");
	const char *value = header + name + (header[name] == ':');
	value += strspn(value, " ");
	if (is_credential(header))
		header = pf_arena_print(line->arena, "%.*s: (left out)", (int)name, header);
	else if (*value == '\0')
		header = pf_arena_print(line->arena, "%.*s;", (int)name, header);
	if (*header == '@')
		header = pf_arena_print(line->arena, " %s", header);
	pf_sh_option(line, "-H", header);
}

static void put_method(struct pf_sh_line *line, const struct pf_ask_http *ask)
{
	if (ask->method && strcmp(ask->method, "HEAD") == 0)
		pf_sh_put(line, "-I");
	else if (ask->method && strcmp(ask->method, ask->body ? "POST" : "GET") != 0)
		pf_sh_option(line, "-X", ask->method);
	if (ask->body)
		pf_sh_option(line, "--data-raw", ask->body);
}

static void put_route(struct pf_sh_line *line, const struct pf_ask_http *ask)
{
	if (!ask->address)
		return;
	if (is_unix(ask->address)) {
		pf_sh_option(line, "--unix-socket", ask->address + 5);
		return;
	}
	pf_sh_option(line, "--connect-to",
	             pf_arena_print(line->arena, "::%s:%s", bracketed(line, ask->address),
	                            ask->port ? number(line, ask->port) : ""));
}

/* The URL without a password between its scheme and its host. */
static const char *without_password(struct pf_arena *arena, const char *url)
{
	const char *authority = strstr(url, "://");
	if (!authority)
		return url;
	authority += 3;
	size_t length = strcspn(authority, "/?#");
	const char *at = memrchr(authority, '@', length), *colon = memchr(authority, ':', length);
	if (!at || !colon || colon > at)
		return url;
	return pf_arena_print(arena, "%.*s%s", (int)(colon - url), url, at);
}

static bool http(struct pf_sh_line *line, const struct pf_site *site, const struct pf_ask_http *ask)
{
	if (!ask->url)
		return false;
	if (ask->exact)
		return exact(line, ask);
	pf_sh_put(line, "curl -sSi -m 10");
	pf_sh_put(line, ask->http2 ? "--http2" : "--http1.1");
	if (!ask->verify)
		pf_sh_put(line, "-k");
	else if (site->ca_file)
		pf_sh_option(line, "--cacert", site->ca_file);
	if (strpbrk(ask->url, "[]{}"))
		pf_sh_put(line, "-g");
	if (strstr(ask->url, "/."))
		pf_sh_put(line, "--path-as-is");
	put_method(line, ask);
	put_route(line, ask);
	if (ask->host)
		put_header(line, pf_arena_print(line->arena, "Host: %s", ask->host));
	for (size_t i = 0; i < ask->headers.count; i++)
		put_header(line, ask->headers.at[i]);
	pf_sh_word(line, without_password(line->arena, ask->url));
	return true;
}

static bool raw(struct pf_sh_line *line, const struct pf_ask_raw *ask)
{
	struct peer peer = {ask->transport, ask->address, ask->sni, ask->port};
	if (!ask->transport || !ask->address)
		return false;
	if (ask->send)
		return put_bytes(line, ask->send, NULL, &peer);
	put_peer(line, &peer, true);
	return true;
}

/* s_client has one option for each version, and none for a range. */
static bool tls(struct pf_sh_line *line, const struct pf_site *site, const struct pf_ask_tls *ask)
{
	struct peer peer = {"tls", ask->address, ask->sni, ask->port};
	if (!ask->address)
		return false;
	put_tls(line, &peer, ask->name ? "-showcerts" : "-brief");
	if (ask->least && ask->most && strcmp(ask->least, ask->most) == 0)
		pf_sh_put(line, strcmp(ask->most, "1.0") == 0   ? "-tls1"
		                : strcmp(ask->most, "1.1") == 0 ? "-tls1_1"
		                : strcmp(ask->most, "1.2") == 0 ? "-tls1_2"
		                                                : "-tls1_3");
	if (ask->ciphers)
		pf_sh_option(line, "-cipher",
		             pf_arena_print(line->arena, "%s:@SECLEVEL=0", ask->ciphers));
	if (ask->name)
		pf_sh_option(line, is_address(ask->name) ? "-verify_ip" : "-verify_hostname",
		             ask->name);
	if (ask->name && site->ca_file)
		pf_sh_option(line, "-CAfile", site->ca_file);
	pf_sh_put(line, "</dev/null");
	return true;
}

/* Commands whose words may be a password. */
static bool is_login(const char *redis_command)
{
	return strncasecmp(redis_command, "AUTH", 4) == 0 ||
	       strncasecmp(redis_command, "HELLO", 5) == 0;
}

static void redis_commands(struct pf_sh_line *line, struct pf_words commands)
{
	for (size_t i = 0; i < commands.count; i++)
		if (!is_login(commands.at[i]))
			pf_sh_word(line, commands.at[i]);
}

static bool redis(struct pf_sh_line *line, const struct pf_ask_redis *ask)
{
	if (!ask->address)
		return false;
	if (ask->commands.count > 1) {
		pf_sh_put(line, "printf '%s\\n'");
		redis_commands(line, ask->commands);
		pf_sh_put(line, "|");
	}
	pf_sh_put(line, "redis-cli");
	if (is_unix(ask->address)) {
		pf_sh_option(line, "-s", ask->address + 5);
	} else {
		pf_sh_option(line, "-h", ask->address);
		pf_sh_option(line, "-p", number(line, ask->port));
	}
	if (ask->tls)
		pf_sh_put(line, "--tls --insecure");
	if (ask->tls && ask->sni)
		pf_sh_option(line, "--sni", ask->sni);
	if (ask->commands.count == 0)
		pf_sh_put(line, "ping");
	else if (ask->commands.count == 1 && !is_login(ask->commands.at[0]))
		pf_sh_put(line, pf_sh_plain(ask->commands.at[0], " ")
		                        ? ask->commands.at[0]
		                        : pf_sh_quoted(line->arena, ask->commands.at[0]));
	return true;
}

/* A value of a libpq connection string: in single quotes when it is not plain, with \' and \\. */
static const char *conninfo(struct pf_sh_line *line, const char *text, const char *key,
                            const char *value)
{
	if (!value)
		return text;
	char *out = pf_arena_take(line->arena, strlen(value) * 2 + 3), *at = out;
	bool plain = *value && pf_sh_plain(value, "");
	if (!plain)
		*at++ = '\'';
	for (const char *from = value; *from; from++) {
		if (*from == '\'' || *from == '\\')
			*at++ = '\\';
		*at++ = *from;
	}
	if (!plain)
		*at++ = '\'';
	return pf_arena_print(line->arena, "%s%s%s=%s", text, *text ? " " : "", key, out);
}

static bool postgres(struct pf_sh_line *line, const struct pf_ask_postgres *ask)
{
	if (!ask->address)
		return false;
	bool socket = is_unix(ask->address);
	const char *text = "";
	if (ask->sni && !socket) {
		text = conninfo(line, text, "host", ask->sni);
		text = conninfo(line, text, "hostaddr", ask->address);
	} else {
		text = conninfo(line, text, "host", ask->address + (socket ? 5 : 0));
	}
	text = conninfo(line, text, "port", number(line, ask->port));
	text = conninfo(line, text, "user", ask->user);
	text = conninfo(line, text, "dbname", ask->database);
	text = conninfo(line, text, "sslmode", ask->tls ? "require" : "disable");
	pf_sh_put(line, "psql -w");
	pf_sh_word(line, text);
	pf_sh_option(line, "-c", "select version()");
	return true;
}

/* libpq asks for the password itself. */
static bool sql(struct pf_sh_line *line, const struct pf_site *site, const struct pf_ask_sql *ask)
{
	const char *text = "";
	if (!ask->address || !ask->host)
		return false;
	text = conninfo(line, text, "host", ask->host);
	text = conninfo(line, text, "hostaddr", ask->address);
	text = conninfo(line, text, "port", number(line, ask->port));
	text = conninfo(line, text, "user", ask->user);
	text = conninfo(line, text, "dbname", ask->database);
	text = conninfo(line, text, "sslmode", "verify-full");
	if (site->ca_file)
		text = conninfo(line, text, "sslrootcert", site->ca_file);
	text = conninfo(line, text, "channel_binding", "require");
	pf_sh_put(line, "psql");
	pf_sh_word(line, text);
	return true;
}

static bool mysql(struct pf_sh_line *line, const struct pf_ask_mysql *ask)
{
	if (!ask->address || is_unix(ask->address))
		return false;
	pf_sh_put(line, "mysql --no-defaults --skip-password --protocol=tcp");
	pf_sh_option(line, "-h", ask->address);
	pf_sh_option(line, "-P", number(line, ask->port));
	if (ask->user)
		pf_sh_option(line, "-u", ask->user);
	pf_sh_option(line, "-e", "select version()");
	return true;
}

/* Tests of find(1) for the traits that the walk found; "": none that find knows. */
static const char *traits_found(struct pf_arena *arena, const struct pf_ask_tree *ask,
                                const struct pf_facts_tree *facts)
{
	const char *owner = ask->owner ? pf_sh_quoted(arena, ask->owner) : "root";
	const struct {
		int64_t count;
		const char *test;
	} traits[] = {
		{facts->world_writable, "! -type l -perm -0002"},
		{facts->executable, "-type f -perm /0111"},
		{facts->setuid, "-type f -perm /6000"},
		{facts->special, "! -type f ! -type d ! -type l"},
		{ask->owner ? facts->foreign : 0, pf_arena_print(arena, "! -user %s", owner)},
	};
	const char *tests = "";
	for (size_t i = 0; i < PF_COUNT(traits); i++)
		if (traits[i].count > 0)
			tests = pf_arena_print(arena, "%s%s%s", tests, *tests ? " -o " : "",
			                       traits[i].test);
	return tests;
}

/* What the walk found, to be found again; nothing: the modes on the way to the root. */
static bool tree(struct pf_sh_line *line, const struct pf_ask_tree *ask,
                 const struct pf_answer *answer)
{
	static const struct pf_facts_tree none;
	const struct pf_facts_tree *facts = answer ? &answer->tree : &none;
	if (!ask->root)
		return false;
	const char *tests = traits_found(line->arena, ask, facts);
	if (*tests) {
		pf_sh_option(line, "find", ask->root);
		pf_sh_put(line, pf_arena_print(line->arena, "\\( %s \\) -ls", tests));
	}
	for (size_t i = 0; facts->user_writable > 0 && i < ask->users.count; i++) {
		pf_sh_put(line, *line->text ? "; sudo -u" : "sudo -u");
		pf_sh_word(line, ask->users.at[i]);
		pf_sh_option(line, "find", ask->root);
		pf_sh_put(line, "-writable");
	}
	if (!*line->text)
		pf_sh_option(line, "namei -l", ask->root);
	return true;
}

static bool file(struct pf_sh_line *line, const struct pf_ask_file *ask)
{
	if (ask->patterns.count == 0)
		return false;
	pf_sh_put(line, "ls -ldt --time-style=long-iso --");
	for (size_t i = 0; i < ask->patterns.count; i++)
		pf_sh_pattern(line, ask->patterns.at[i]);
	return true;
}

/* Every step of the way, and the lists that namei(1) does not show. */
static bool access(struct pf_sh_line *line, const struct pf_ask_access *ask)
{
	pf_sh_put(line, "namei -l");
	for (size_t i = 0; i < ask->paths.count; i++)
		pf_sh_word(line, ask->paths.at[i]);
	pf_sh_put(line, "; getfacl -p");
	for (size_t i = 0; i < ask->paths.count; i++)
		pf_sh_word(line, ask->paths.at[i]);
	return ask->paths.count > 0;
}

/* What reads it to the end; a backup whose form was not told is looked at. */
static bool archive(struct pf_sh_line *line, const struct pf_ask_archive *ask,
                    const struct pf_answer *answer)
{
	const char *form = answer ? answer->archive.form : NULL;
	const char *packing = answer ? answer->archive.packing : NULL;
	if (!ask->path)
		return false;
	if (packing && strcmp(packing, "gzip") == 0)
		pf_sh_option(line, "gzip -tv", ask->path);
	else if (packing && strcmp(packing, "zstd") == 0)
		pf_sh_option(line, "zstd -t", ask->path);
	else if (packing && strcmp(packing, "xz") == 0)
		pf_sh_option(line, "xz -t", ask->path);
	else if (form && strncmp(form, "pg_dump ", 8) == 0)
		pf_sh_option(line, "pg_restore -f /dev/null", ask->path);
	else
		pf_sh_option(line, "file", ask->path);
	return true;
}

/* The secret key is where the tool looks for it. */
static bool s3(struct pf_sh_line *line, const struct pf_ask_s3 *ask)
{
	if (!ask->bucket || !ask->url || !ask->region)
		return false;
	pf_sh_put(line, "aws s3api list-objects-v2");
	pf_sh_option(line, "--bucket", ask->bucket);
	if (ask->prefix)
		pf_sh_option(line, "--prefix", ask->prefix);
	pf_sh_option(line, "--region", ask->region);
	pf_sh_option(line, "--endpoint-url", ask->url);
	return true;
}

/* What can be tried by hand without harm; a script in SQL cannot. */
static bool drill(struct pf_sh_line *line, const struct pf_ask_drill *ask)
{
	if (!ask->path || !ask->form)
		return false;
	if (strcmp(ask->form, "sqlite") == 0) {
		pf_sh_option(line, "sqlite3 -readonly", ask->path);
		pf_sh_word(line, "PRAGMA integrity_check");
		return true;
	}
	if (strncmp(ask->form, "pg_dump ", 8) != 0 || strcmp(ask->form, "pg_dump plain") == 0 ||
	    ask->packing)
		return false;
	pf_sh_put(line,
	          "createdb trial && pg_restore --no-owner --no-acl --exit-on-error -d trial");
	pf_sh_word(line, ask->path);
	return true;
}

/* Commands with an input are scripts of ours, too long to type; an environment can hold anything.
 */
static bool exec(struct pf_sh_line *line, const struct pf_ask_exec *ask)
{
	if (ask->argv.count == 0 || ask->input)
		return false;
	if (ask->directory)
		pf_sh_put(line, pf_arena_print(line->arena, "cd %s &&",
		                               pf_sh_quoted(line->arena, ask->directory)));
	if (ask->user)
		pf_sh_option(line, "sudo -u", ask->user);
	bool settings = false;
	for (size_t i = 0; i < ask->environment.count; i++) {
		if (strncmp(ask->environment.at[i], "DJANGO_SETTINGS_MODULE=", 23) != 0)
			continue;
		if (!settings)
			pf_sh_put(line, "env");
		settings = true;
		pf_sh_word(line, ask->environment.at[i]);
	}
	for (size_t i = 0; i < ask->argv.count; i++)
		pf_sh_word(line, ask->argv.at[i]);
	return true;
}

static bool compose(struct pf_sh_line *line, const struct pf_site *site,
                    const struct pf_exchange *exchange)
{
	const struct pf_question *question = &exchange->question;
	switch (question->kind) {
	case PF_KIND_resolve:
		if (question->resolve.host)
			pf_sh_option(line, "getent ahosts", question->resolve.host);
		return question->resolve.host;
	case PF_KIND_http:
		return http(line, site, &question->http);
	case PF_KIND_raw:
		return raw(line, &question->raw);
	case PF_KIND_tls:
		return tls(line, site, &question->tls);
	case PF_KIND_redis:
		return redis(line, &question->redis);
	case PF_KIND_postgres:
		return postgres(line, &question->postgres);
	case PF_KIND_sql:
		return sql(line, site, &question->sql);
	case PF_KIND_mysql:
		return mysql(line, &question->mysql);
	case PF_KIND_tree:
		return tree(line, &question->tree, exchange->answer);
	case PF_KIND_access:
		return access(line, &question->access);
	case PF_KIND_file:
		return file(line, &question->file);
	case PF_KIND_exec:
		return exec(line, &question->exec);
	case PF_KIND_archive:
		return archive(line, &question->archive, exchange->answer);
	case PF_KIND_process:
		pf_sh_put(line,
		          question->process.all ? "ps -eo pid,user,args; ss -lntup" : "ss -lntup");
		return true;
	case PF_KIND_manifest:
		if (question->manifest.root && question->manifest.name)
			pf_sh_option(line, "python3 -m json.tool",
			             pf_arena_print(line->arena, "%s/%s", question->manifest.root,
			                            question->manifest.name));
		return question->manifest.root && question->manifest.name;
	case PF_KIND_s3:
		return s3(line, &question->s3);
	case PF_KIND_drill:
		return drill(line, &question->drill);
	case PF_KIND_canary: /* what was planted is gone by the time that anybody reads this */
	case PF_KIND_COUNT:
		break;
	}
	return false;
}

const char *pf_reproduce(struct pf_arena *arena, const struct pf_site *site,
                         const struct pf_exchange *exchange)
{
	struct pf_sh_line line = {arena, ""};
	if (!compose(&line, site, exchange) || strlen(line.text) > LONGEST)
		return NULL;
	return line.text;
}
