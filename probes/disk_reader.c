/* Asks Django where its files are with a small script on standard input. */
#include "disk_reader.h"

#include <string.h>

enum { LISTED = 64 };

/* Python 3.6 and later, Django 3.2 to 6.1. As in django_reader.c: one line a fact, the last proves
 * that none is missing, and neither a secret nor a traceback is ever told. Which files the settings
 * were read from is seen by an audit hook (PEP 578, Python 3.8): whatever is opened while they are
 * imported, and the modules themselves with their compiled copies. Those that hold a secret's very
 * bytes are named. */
static const char script[] =
	"import glob, os, stat, sys\n"
	"out = os.dup(1)\n"
	"void = os.open(os.devnull, os.O_WRONLY)\n"
	"os.dup2(void, 1)\n"
	"os.dup2(void, 2)\n"
	"def say(name, value):\n"
	"    text = ' '.join(str(value).split())\n"
	"    line = 'postflight %s=%s\\n' % (name, text)\n"
	"    os.write(out, line.encode('utf-8', 'backslashreplace'))\n"
	"def why(error):\n"
	"    name = type(error).__name__\n"
	"    told = ''\n"
	"    if isinstance(error, ImportError):\n"
	"        told = error.name or ''\n"
	"    elif isinstance(error, OSError):\n"
	"        told = '%s: %s' % (error.strerror, error.filename)\n"
	"    elif isinstance(error, KeyError) and error.args:\n"
	"        told = str(error.args[0])\n"
	"        told = told if told.isidentifier() else ''\n"
	"    return '%s: %s' % (name, told) if told else name\n"
	"opened = {}\n"
	"def hook(event, args):\n"
	"    if event == 'open' and isinstance(args[0], (str, bytes)) and len(opened) < 20000:\n"
	"        opened[os.path.abspath(os.fsdecode(args[0]))] = True\n"
	"if hasattr(sys, 'addaudithook'):\n"
	"    sys.addaudithook(hook)\n"
	"def library(path):\n"
	"    parts = path.split(os.sep)\n"
	"    return 'site-packages' in parts or 'dist-packages' in parts or \\\n"
	"        path.startswith((os.path.dirname(os.__file__) + os.sep, '/proc/', '/dev/'))\n"
	"def content(path):\n"
	"    try:\n"
	"        seen = os.stat(path)\n"
	"        if stat.S_ISREG(seen.st_mode) and seen.st_size <= 1 << 20:\n"
	"            with open(path, 'rb') as file:\n"
	"                return file.read(1 << 20)\n"
	"    except (OSError, ValueError):\n"
	"        pass\n"
	"    return b''\n"
	"def candidates(module):\n"
	"    paths = [path for path in opened if not library(path)]\n"
	"    package = module.rpartition('.')[0]\n"
	"    for name, loaded in list(sys.modules.items()):\n"
	"        near = name == module or (package and (name + '.').startswith(package + '.'))\n"
	"        if near:\n"
	"            paths += [getattr(loaded, '__file__', None), getattr(loaded, '__cached__', "
	"None)]\n"
	"    project = os.getcwd()\n"
	"    for place in (project, os.path.dirname(project)):\n"
	"        paths += glob.glob(os.path.join(place, '.env*'))\n"
	"    paths += units()\n"
	"    known = {}\n"
	"    for path in paths:\n"
	"        if path:\n"
	"            known[os.path.abspath(path)] = True\n"
	"    return list(known)[:2000]\n"
	"def units():\n"
	"    found = []\n"
	"    for pattern in ('/etc/systemd/system/*.service', '/etc/systemd/system/*/*.conf',\n"
	"                    '/lib/systemd/system/*.service', '/etc/default/*', "
	"'/etc/environment'):\n"
	"        found += glob.glob(pattern)\n"
	"    for unit in list(found):\n"
	"        for line in content(unit).split(b'\\n'):\n"
	"            if line.strip().startswith(b'EnvironmentFile='):\n"
	"                name = os.fsdecode(line.split(b'=', 1)[1].strip()).lstrip('-')\n"
	"                found += glob.glob(name) if name.startswith('/') else []\n"
	"    return found\n"
	"def look(name, secrets, paths):\n"
	"    needles = [s.encode('utf-8', 'surrogateescape') for s in secrets if len(s) >= 6]\n"
	"    for path in paths if needles else []:\n"
	"        data = content(path)\n"
	"        if any(needle in data for needle in needles):\n"
	"            say(name, path)\n"
	"            lines = [line.strip() for line in data.split(b'\\n')]\n"
	"            if '/systemd/' in path and any(line.startswith(b'Environment=') and\n"
	"                                           any(n in line for n in needles) for line in "
	"lines):\n"
	"                say('unit_environment', path)\n"
	"def password_files(databases):\n"
	"    import pwd\n"
	"    home = pwd.getpwuid(os.geteuid()).pw_dir\n"
	"    names = [os.path.join(home, '.pgpass'), os.path.join(home, '.my.cnf')]\n"
	"    for database in databases:\n"
	"        options = database.get('OPTIONS') or {}\n"
	"        names += [options.get('passfile'), options.get('read_default_file')]\n"
	"    for name in names:\n"
	"        if name and os.path.lexists(str(name)):\n"
	"            say('password_file', os.path.abspath(str(name)))\n"
	"def place(name, value):\n"
	"    if value:\n"
	"        say(name, os.path.realpath(str(value)))\n"
	"def facts():\n"
	"    from django.conf import settings\n"
	"    place('static_root', settings.STATIC_ROOT)\n"
	"    place('media_root', settings.MEDIA_ROOT)\n"
	"    place('project', os.getcwd())\n"
	"    databases = list(settings.DATABASES.values())\n"
	"    passwords = [str(d.get('PASSWORD') or '') for d in databases]\n"
	"    paths = candidates(os.environ['DJANGO_SETTINGS_MODULE'])\n"
	"    look('secret_key_file', [str(settings.SECRET_KEY)], paths)\n"
	"    look('password_file', passwords, paths)\n"
	"    password_files(databases)\n"
	"    say('password', any(passwords))\n"
	"    for handler in (settings.LOGGING or {}).get('handlers', {}).values():\n"
	"        if isinstance(handler, dict) and handler.get('filename'):\n"
	"            kind = handler.get('class') or handler.get('()')\n"
	"            say('log_file', '%s %s' % (kind, os.path.abspath(str(handler['filename']))))\n"
	"    try:\n"
	"        from django.contrib.staticfiles.storage import staticfiles_storage\n"
	"        name = getattr(staticfiles_storage, 'manifest_name', None)\n"
	"        own = getattr(staticfiles_storage, 'manifest_storage', None)\n"
	"        if name and own in (None, getattr(staticfiles_storage, '_wrapped', None)):\n"
	"            say('manifest', name)\n"
	"    except Exception as error:\n"
	"        say('storage_error', type(error).__name__)\n"
	"    say('end', True)\n"
	"try:\n"
	"    facts()\n"
	"except BaseException as error:\n"
	"    say('error', why(error))\n"
	"    os._exit(1)\n";

void pf_ask_places(struct pf_asking *asking, const char *tag, const char *subject)
{
	struct pf_question question;
	if (pf_django_question(asking, script, &question))
		pf_ask(asking, tag, subject, question);
}

bool pf_is_within(const char *directory, const char *path)
{
	size_t length = directory ? strlen(directory) : 0;
	while (length > 1 && directory[length - 1] == '/')
		length--;
	return length && path && strncmp(directory, path, length) == 0 &&
	       (path[length] == '/' || path[length] == '\0' || directory[length - 1] == '/');
}

struct pf_question pf_static_tree(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	const struct pf_directory *files = &site->static_files;
	const char *users[2];
	size_t count = 0;
	if (files->web_user)
		users[count++] = files->web_user;
	if (site->app.user)
		users[count++] = site->app.user;
	return (struct pf_question){
		.kind = PF_KIND_tree,
		.tree = {.root = files->root, .users = pf_list(asking, count, users)},
	};
}

/* The web server only reads; where it runs as the owner there is nobody to ask about. */
static bool is_other(const char *user, const char *owner)
{
	return user && (!owner || strcmp(user, owner) != 0);
}

struct pf_question pf_media_tree(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	const struct pf_directory *media = &site->media;
	const char *owner = media->owner ? media->owner : site->app.user;
	return (struct pf_question){
		.kind = PF_KIND_tree,
		.tree = {.root = media->root,
	                 .owner = owner,
	                 .users = pf_list(asking, is_other(media->web_user, owner),
	                                  &media->web_user)},
	};
}

struct pf_words pf_settings_list(struct pf_asking *asking, const struct pf_answer *answer,
                                 size_t count, const char *const names[])
{
	const char *words[LISTED];
	size_t found = 0;
	for (size_t i = 0; i < count; i++)
		for (size_t number = 0; found < LISTED; number++) {
			const char *value = pf_setting_word(asking, answer, names[i], number);
			if (!value)
				break;
			struct pf_words known = {words, found};
			if (!pf_words_have(known, value))
				words[found++] = value;
		}
	return pf_list(asking, found, words);
}
