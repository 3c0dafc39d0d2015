"""Closed lists of words by what they do in a complaint: mood and politeness, fields that complaints fall into, verbs, praise, failure.

Here: words of several languages at large. What a word of a text is taken for is `word_kinds`; grammar's own words are `methods.stop_words`.
The rule that is easy to break: a list holds words that any company's customers write, never names or topics of some data at hand.
"""

from __future__ import annotations

_MANNER = """
app apps application software product company one ones everything anything nothing everyone anyone people guys issue issues problem
problems matter ever never always really totally completely absolutely simply quite pretty again possible today soon asap immediately
urgently urgent quickly time times lot lots bit kind sort way overall otherwise actually literally
"""
_MOOD = """
worst best better bad good great nice super awesome excellent amazing wonderful fantastic brilliant poor terrible horrible horrendous
awful pathetic useless worthless rubbish trash garbage crap joke love loved hate hated like liked ok okay fine perfect cool happy glad sad
angry furious mad upset annoyed annoying frustrated frustrating frustration disappointed disappointing disappointment unhappy unacceptable
ridiculous disgusting disgusted disgrace shame ashamed outrageous insane unbelievable believe sick tired fed waste wasted fake scam fraud
star stars rating review enough satisfied recommend thinking beyond biggest deeply extremely
"""
_TO_THE_READER = """
use using used download downloading install installing uninstall uninstalled trust request requested please pls plz kindly fix solve
resolve help helps hello hey greetings morning afternoon evening thanks thank thankyou thx regards sincerely cheers sorry sir madam mam
ma'am team everybody bro dude wow omg lol wtf hell fuck fucking shit damn god seriously advance appreciate appreciated hope wish day
welcome
"""
_GERMAN = """
schlecht schlechteste schlechter beste bester gut toll wütend sauer enttäuscht enttäuschend ärgerlich frustrierend frechheit unverschämt
katastrophe furchtbar schrecklich danke vielen dank hallo guten tag morgen bitte hilfe helfen gruß grüße freundlichen freundliche liebe
lieber schade wieder echt wirklich absolut geehrte damen herren
"""
_FRENCH = """
bon bonne mauvais nul nulle pire honte honteux scandaleux inadmissible déçu déçue décevant furieux colère énervé merci bonjour bonsoir
salut cordialement svp plaît aide aider aidez vraiment jamais très génial parfait
"""
_IBERIAN_ITALIAN_DUTCH = """
muy bueno buena malo mala pésimo pésima peor mejor enojado enojada furioso furiosa decepcionado decepcionada vergüenza gracias hola buenos
buenas días tardes favor ayuda ayúdenme saludos nunca jamás siempre muito bom boa ruim péssimo péssima pior melhor raiva irritado irritada
vergonha obrigado obrigada olá dia ajuda socorro abraço sempre molto buono buona pessimo pessima peggiore migliore arrabbiato arrabbiata
deluso delusa vergogna grazie ciao buongiorno saluti aiuto aiutatemi prego mai heel erg slecht slechte slechtste goed goede boos woedend
teleurgesteld schande bedankt alsjeblieft alstublieft groet groeten nooit
"""
_OTHERS = """
bahut accha acha achha bekar bakwas ghatiya dhanyavad madad kripya очень плохо ужас ужасно отвратительно хуже лучше спасибо привет
здравствуйте пожалуйста помогите çok kötü berbat teşekkürler merhaba lütfen sangat buruk jelek terima kasih tolong
"""
_GRAMMAR = """
de het een ik je jij we wij ze zij mij mijn ons onze jullie er en of maar want dat dit deze die wat wie hoe waar van voor met naar bij op
te aan uit om als dan nog ook al niet geen wel zo is was zijn heeft heb hebben wordt kan и в во не на я с со что как это по но из у за то
так мне меня мой моя вы вас все уже от для при ve bir bu da ile için ben ki yang di ini itu ke dari untuk saya dengan two three four five
first second last applicatie aplicación aplicativo aplicação applicazione aplikasi anwendung produkt producto produto prodotto uygulama
приложение ऐप
"""

FILLERS = frozenset(" ".join((_MANNER, _MOOD, _TO_THE_READER, _GERMAN, _FRENCH, _IBERIAN_ITALIAN_DUTCH, _OTHERS, _GRAMMAR)).split())
"""Words that speak of the writer's mood, or to the reader, and not of what happened."""

_MONEY = """
pay paid payment charg refund bill billing billed invoic receipt price pricing priced cost costly fee fees money cash cashback deduct
subscri expens cheap overpric discount coupon voucher balance wallet reimburs zahl bezahl geld rechnung preis teuer kosten abbuch
abgebucht belast erstatt rückerstatt überweis gebühr abo abonn paye payé paiement rembours factur prix argent cher chère frais prélev
débit pago pagos pagué pagar pagado pagada cobro cobrar cobran cobrad cobraro cobraram reembols precio dinero caro cara fatur preço
dinheiro custo pagament pagat addebit rimbors fattur prezzo prezzi soldi betaal betal factuur prijs prijz terugbetal duur afgeschreven
paisa paise paisé деньг оплат платеж возврат цена ücret iade harga uang bayar पैसा पैसे भुगतान
"""
_ACCESS = """
login logon logged logging log signin sign-in log-in signup password passcode otp verif kyc authenti locked unlock lockout anmeld einlogg
passwort kennwort gesperrt connexion identifi passe inicio sesión contraseñ acceso senha acesso accesso acced inlog wachtwoord вход пароль
войти şifre giriş masuk sandi लॉगिन पासवर्ड
"""
_STABILITY = """
crash crashes freez froze frozen hang hangs hanging bug bugs buggy glitch error errors stuck shutdown abstürz absturz abgestürzt stürzt
hängt fehler plante bloque erreur cierra falla trava travand erro blocca errore vastlop crasht fout вылетает зависает ошибк çöküyor hata
macet
"""
_SPEED = """
slow slowly slower lag lags laggy laggi loading loads sluggish delay delays delayed langsam lädt ladezeit lent lente lenteur lento lenta
demora lentíssim traag laden медленн тормоз yavaş lambat lemot धीमा
"""
_DELIVERY = """
deliver ship shipping shipped shipment parcel package courier arriv dispatch liefer paket versand livr colis expédi entreg envío envi
paquete encomend consegn spediz pacco bezorg pakket lever доставк посылк kargo teslimat kirim pengiriman
"""
_PEOPLE = """
support service agent agents staff helpdesk hotline helpline representative respons respond reply replies replied answer waiter waitress
waiters server servers bartender manager hostess employee rude friendly attentive polite kundendienst kundenservice mitarbeiter bedienung
unfreundlich freundlich antwort kellner serveur serveuse accueil répond réponse personnel atención soporte camarer mesero empleado
respuesta responden atendimento suporte atendente resposta funcionári assistenza personale camerier risposta servizio personeel
klantenservice ober antwoord поддержк персонал ответ destek müşteri layanan
"""
_LOOK = """
design interface layout color colour font theme looks screen button buttons ui ux decor décor ambience ambiance atmosphere oberfläche
schrift farbe aussehen apparence écran bouton diseño interfaz pantalla botón tela botão aparência grafica schermo pulsante ontwerp scherm
knop дизайн интерфейс tasarım tampilan
"""
_NOTICES = """
notif notification notifications email emails e-mail mail mails sms newsletter benachrichtig nachricht courriel correo mensaje mensagem
notifica melding уведомлен bildirim
"""
_MEDIA = """
photo photos picture pictures image images video videos sound audio camera music foto fotos bild bilder kamera imagen imágenes imagem som
immagin suono beeld geluid
"""
_FOOD = """
food meal meals dish dishes menu drink drinks taste tasty flavor flavour delicious portion portions dessert essen gericht speise geschmack
nourriture repas plat plats comida plato platos refeição prato cibo piatto piatti eten gerecht
"""
_RELEASES = """
update updates updated updating upgrade version release aktualisier actualiz atualiza aggiorna обновлен güncelleme
"""
_NETWORK = """
wifi wi-fi network sync syncing syncs synchron connect connection bluetooth offline internet verbindung réseau conexión conexão
connessione verbinding
"""
_ADVERTS = """
ad ads advert adverts advertis werbung publicité anuncio anuncios propaganda pubblicità advertenti реклам reklam iklan
"""
_GOODS = """
quality material fabric size sizes fit damaged broken defective qualität größe beschädigt kaputt qualité taille abîmé calidad talla dañado
qualidade tamanho danificado qualità taglia danneggiat rotto kwaliteit maat beschadigd kapot
"""

FIELDS = {
    "money": _MONEY,
    "access": _ACCESS,
    "stability": _STABILITY,
    "speed": _SPEED,
    "delivery": _DELIVERY,
    "people": _PEOPLE,
    "look": _LOOK,
    "notices": _NOTICES,
    "media": _MEDIA,
    "food": _FOOD,
    "releases": _RELEASES,
    "network": _NETWORK,
    "adverts": _ADVERTS,
    "goods": _GOODS,
}
"""Fields that complaints fall into, each by the beginnings of its words (five characters or more) or by whole words (shorter ones)."""

FIELD_OF = {word: field for field, words in FIELDS.items() for word in words.split()}

_VERBS = """
fui foi fue fueron hanno hai abbiamo hemos han avons avez avaient haben hatten ging gingen kwam kreeg krijg is are was were am be been
isn't aren't wasn't weren't has have had hasn't haven't hadn't i've i'm i'd it's that's there's we've we're they're you're he's she's
what's do does did don't doesn't didn't can could can't cannot couldn't will would won't wouldn't should shouldn't must may might i'll
isnt arent wasnt dont doesnt didnt cant couldnt wont get gets got make makes made keep keeps kept go goes went come comes came give gives
gave take takes took say says said tell told show shows need needs want wants lose lost find found know think thought fail fails crash
crashes freeze freezes froze hang hangs stop stops work works run runs ran open opens close closes load loads play plays look looks seem
seems feel felt send sent pay paid charge buy bought wait ask tastes lack lacks cost costs let put leave left try tries use uses love
loved like likes hate enjoy wish hope recommend refuse refuses appear appears arrive arrives disappear disappears change changes hängt
stürzt lädt bricht antwortet meldet reagiert wartet fehlt fehlen plante ferme bloque répond cierra cuelga bloquea responde trava fecha
blocca chiude risponde crasht vastloopt laadt reageert betaald gekregen ontvangen ist sind war waren hat habe haben hatte kann können wird
werden muss funktioniert geht gehen kommt bekomme lässt zeigt steht dauert wurde wurden est sont était étaient ai ont avait peut peux fait
marche fonctionne reste manque met es está están fue era son ha han había puede puedo funciona falla tiene tengo hay llega quiero cobraron
é são foi estava tem tenho tinha pode posso fica chegou cobraram quero è sono erano ho hanno aveva può funziona arriva manca voglio zijn
heeft heb kan kunnen wordt werkt gaat komt staat duurt werd hai hain tha thi raha rahi gaya gayi
"""
_PRAISING = """
good great nice love loved like excellent awesome amazing best easy helpful friendly fast perfect useful wonderful fantastic smooth
delicious super attentive fine happy gut toll schön freundlich hilfreich einfach bon bonne bien facile excellente bueno buena fácil rápido
rápida excelente ótimo bom boa accha achha अच्छा अच्छी хорошо хороший хорошая отлично buono buona ottimo goed mooi
"""
_FAILING = """
nothing nobody none neither without unable fail fails failed failing failure error wrong missing declined refused rejected pending stuck
lost gone still keine keinen keinem nichts niemand fehler fehlt aucun rien personne pas échoue erreur nada nadie ninguna ninguno falla não
nenhum falha erro niente nessuno manca errore geen niets fout нет не yok değil tidak belum नहीं
"""

VERBS = frozenset(_VERBS.split())
"""Verbs as they stand in a clause; English past forms in -ed are told by their ending."""

PRAISING = frozenset(_PRAISING.split())
FAILING = frozenset(_FAILING.split())
"""Words that say that something did not happen or is wrong, besides those that negate."""
