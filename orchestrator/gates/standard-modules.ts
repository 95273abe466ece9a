/** Public modules of Python 3.11 that are files, as `sys.stdlib_module_names` lists them, without those that no tool loads. */
export const standardModules: ReadonlySet<string> = new Set(
  `
abc aifc argparse array ast asynchat asyncio asyncore audioop base64 bdb binascii bisect bz2 cProfile
calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall concurrent
configparser contextlib contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm
decimal difflib dis distutils doctest email encodings ensurepip enum fcntl filecmp fileinput fnmatch
fractions ftplib functools genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac
html http imaplib imghdr imp importlib inspect io ipaddress json keyword linecache locale logging lzma
mailbox mailcap math mimetypes mmap modulefinder multiprocessing netrc nis nntplib ntpath nturl2path
numbers opcode operator optparse os ossaudiodev pathlib pdb pickle pickletools pipes pkgutil platform
plistlib poplib posixpath pprint profile pstats pty py_compile pyclbr pydoc pydoc_data pyexpat queue
quopri random re readline reprlib resource rlcompleter runpy sched secrets select selectors shelve shlex
shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile sre_constants
sre_parse ssl stat statistics string stringprep struct subprocess sunau symtable sysconfig syslog
tabnanny tarfile telnetlib tempfile termios textwrap threading timeit token tokenize tomllib trace
traceback tracemalloc tty types typing unicodedata urllib uu uuid venv warnings wave weakref webbrowser
wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo
`
    .trim()
    .split(/\s+/),
);
