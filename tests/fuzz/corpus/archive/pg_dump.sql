--
-- PostgreSQL database dump
--

-- Dumped from

CREATE TABLE public.django_migrations (
 id int
);
COPY public.django_migrations (id) FROM stdin;
0	name 0	4b4685f38067f606
1	name 1	3b6745936f5be1ff
2	name 2	8b5249fa0623f4f0
3	name 3	d850eaee3e01b25a
4	name 4	eb0672eacff76a75
5	name 5	ee156f8ba36f1d2d
6	name 6	b4f1c48235235981
7	name 7	c9868e918a91df64
8	name 8	f051049a39ec8a0a
9	name 9	3a294fcc4ee15321
10	name 10	a4594f4dee4093c8
11	name 11	baa24a425453d609
12	name 12	03622a712f8fc110
13	name 13	509b17c9b4e9b166
14	name 14	c9ef2a0033105b2c
15	name 15	c40afc2f6a5f7fd2
16	name 16	564e5e0a4abf\.
--
-- PostgreSQL database dump complete
--
