"""Words that name nothing by themselves, in the languages that the reviews at hand are written in, and the words that negate.

A closed list on purpose: the ready-made ones drop words such as "bill", "call" or "system", which are what complaints are about.
"""

from __future__ import annotations

_NEGATIVE = """
can't cannot cant didn't didnt doesn't doesnt don't dont isn't isnt kein keine never nicht no not nunca sin won't wont
"""
_ENGLISH = """
a about after again all also always am an and another any are as at be because been before being bro but by can can't come could
dear did didn't do does doesn't doing don't done down each etc even ever every few for from get gets getting give given go going
got guys had has have having he hello her here hey hi him his how i i'd i'll i'm i've if im in into is isn't it it's its itself
ive just know let like lot made make makes many may me might more most much must my myself need now of off often ok okay on once
one only or other our out over own please pls plz pm put r really same say says see she should since sir so some something still
such than thank thanks that that's the their them then there these they they're thing things this those though through till to too
try trying u under until up upon ur us use used using very via want wants was way we were what when where which while who why will
with within won't would yes yet you your yours
"""
_GERMAN = """
aber alle als also am an auch auf aus bei bin bis bitte da das dass dem den der des die dies diese doch du durch ein eine einem
einen einer er es euch für hab habe haben hat hatte hier ich ihr im immer in ist ja jetzt kann können man mein meine mich mir mit
nach noch nun nur ob oder ohne schon sehr sein seine seit sich sie sind so um und uns unser vom von vor war was wenn wer wie
wieder wir wird zu zum zur über
"""
_IBERIAN = """
al algo ao aos com como con cuando da das de del desde do donde dos e el ella ellos em en entre era es esa ese eso esta este esto
estoy está eu foi fue ha hace hasta hay he isso la las le les lo los mais mas me meu mi minha mis muy más na nas no nos nosotros
não o os ou para pela pelo pero por porque quando que qué se ser si sido sobre son su sus también te tengo tiene todo todos tu un
una uno y ya yo
"""
_FRENCH_ITALIAN = """
au aux avec c'est ce ces cette che dans des di du elle est et gli i il ils j'ai je leur lui ma mais mes mon même ne nel non nous
on ou par pas per più plus pour qu que qui sa sans ses son sono sont sur ta te tu une vos votre vous
"""
_HINDI_LATIN = """
aap apna aur bhai bhi ek gaya gayi hai hain hi ho hota hoti jo ka kar karo karte ke ki ko koi kuch kya mein mera mere meri mujhe
nahi nahin nai nehi nhi par raha rahe rahi rha rhi se tha the thi to woh ya yeh
"""

NEGATIONS = frozenset(_NEGATIVE.split())

STOP_WORDS = NEGATIONS | frozenset(" ".join((_ENGLISH, _GERMAN, _IBERIAN, _FRENCH_ITALIAN, _HINDI_LATIN)).split())
