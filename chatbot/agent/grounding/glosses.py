"""Other languages, word by word in English, so that one check holds for all. What is not here is not understood."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from chatbot.agent.grounding.vocabulary import ENGLISH

_GERMAN = """
    sie:you ihr:your ihre:your ihrem:your ihren:your ihres:your ihnen:you du:you dein:your deine:your deinem:your
    wir:we uns:us unser:our unsere:our unserem:our ich:i mein:my meine:my meinem:my depot:portfolio konto:account
    der:the die:the das:the dem:the den:the des:the ein:a eine:a einen:a einem:a einer:a und:and aber:but
    während:while ist:is sind:are war:was waren:were wurde:was wurden:were hat:has haben:have habe:have hatte:had
    hast:have bei:at im:in mit:with von:from vom:from zu:to zum:to für:for um:by auf:on aus:from an:on am:on
    als:than seit:since über:over gewonnen:gained gestiegen:risen gewachsen:grown stieg:rose steigt:rises
    zugelegt:gained gewinn:profit plus:plus verloren:lost gefallen:fallen gesunken:fallen fiel:fell sank:fell
    verlust:loss rückgang:decline minus:minus rendite:return ergebnis:result entwicklung:performance
    veränderung:change gebühr:fee gebühren:fees bezahlt:paid gezahlt:paid wert:value vermögen:equity bargeld:cash
    barbestand:cash anteil:share gewicht:weight kurs:price preis:price kurse:prices volatilität:volatility
    investiert:invested verkauft:sold gekauft:bought verkäufe:sales käufe:buys verkauf:sale kauf:buy trades:trades
    trade:trade geschäfte:trades gehandelt:traded position:position positionen:positions halten:hold hält:holds
    hältst:hold gehalten:held größte:largest grösste:largest kleinste:smallest beste:best schlechteste:worst
    besser:better schlechter:worse geschlagen:beaten schlägt:beats vor:ahead hinter:behind voraus:ahead
    prozent:percent prozentpunkte:points punkte:points punkten:points prozentpunkten:points dollar:dollars
    heute:today gestern:yesterday jetzt:now aktuell:currently derzeit:currently monat:month woche:week jahr:year
    tag:day tage:days tagen:days stunden:hours diesen:this diesem:this diese:this dieser:this dieses:this
    letzten:last letzte:last letzter:last letztem:last insgesamt:overall etwa:about ungefähr:about rund:about
    ca:about fast:almost knapp:almost durchschnittlich:average realisiert:realized realisierter:realized offen:open
    nächste:next nächstes:next tiefster:deepest größter:deepest null:zero eins:one zwei:two drei:three vier:four
    fünf:five sechs:six sieben:seven acht:eight neun:nine zehn:ten elf:eleven zwölf:twelve zwanzig:twenty
    dreißig:thirty hundert:hundred tausend:thousand januar:january februar:february märz:march mai:may juni:june
    juli:july oktober:october dezember:december bitcoin:bitcoin es:it gegenüber:against gegen:against
    verglichen:compared beide:both beträgt:is betrug:was liegt:is lag:was macht:makes ihrer:your deiner:your
    unserer:our nach:to davon:of jedoch:but sowie:and uhr:at
"""
_FRENCH = """
    vous:you votre:your vos:your tu:you ton:your ta:your tes:your nous:we notre:our nos:our je:i mon:my ma:my mes:my
    portefeuille:portfolio compte:account le:the la:the les:the l:the un:a une:a des:of du:of de:of d:of et:and
    mais:but tandis:while est:is sont:are était:was étaient:were a:has ont:have avez:have avons:have ai:have as:have
    à:at au:at aux:at en:in dans:in avec:with par:by pour:for sur:on depuis:since que:than qui:which ce:this
    cette:this cet:this gagné:gained monté:risen augmenté:increased progressé:gained hausse:rise grimpé:climbed
    perdu:lost baissé:fallen chuté:fallen reculé:fallen baisse:fall perte:loss bénéfice:profit profit:profit
    rendement:return performance:performance résultat:result variation:change frais:fees payé:paid valeur:value
    vaut:is liquidités:cash part:share poids:weight prix:price cours:price volatilité:volatility investi:invested
    vendu:sold acheté:bought ventes:sales achats:buys vente:sale achat:buy transactions:trades transaction:trade
    échanges:trades position:position positions:positions détenez:hold détient:holds plus:plus grande:largest
    petite:smallest meilleure:best pire:worst mieux:better moins:minus battu:beaten devant:ahead derrière:behind
    avance:ahead retard:behind pourcent:percent points:points point:points dollars:dollars aujourd:today hui:today
    hier:yesterday maintenant:now actuellement:currently mois:month semaine:week année:year jour:day jours:days
    heures:hours dernier:last dernière:last derniers:last total:total environ:about presque:almost moyenne:average
    réalisé:realized ouvert:open prochain:next zéro:zero deux:two trois:three quatre:four cinq:five sept:seven
    huit:eight neuf:nine dix:ten onze:eleven douze:twelve vingt:twenty trente:thirty cent:hundred mille:thousand
    janvier:january février:february mars:march avril:april mai:may juin:june juillet:july août:august
    septembre:september octobre:october novembre:november décembre:december contre:against rapport:compared par:by
    s:it il:it elle:it c:it élève:is élèvent:are fait:made été:been
"""
_SPANISH = """
    usted:you tu:your tus:your su:your sus:your nosotros:we nuestro:our nuestra:our mi:my mis:my yo:i
    cartera:portfolio portafolio:portfolio cuenta:account el:the la:the los:the las:the un:a una:a y:and e:and
    pero:but mientras:while es:is son:are está:is están:are fue:was era:was ha:has han:have has:have hemos:have
    he:have tiene:have tienes:have de:of del:of en:in con:with por:by para:for sobre:on desde:since que:than al:to
    a:to ganado:gained ganó:gained subido:risen subió:rose aumentado:increased sube:rises crecido:grown perdido:lost
    perdió:lost bajado:fallen bajó:fell caído:fallen cayó:fell pérdida:loss ganancia:profit beneficio:profit
    rendimiento:return rentabilidad:return resultado:result cambio:change comisiones:fees comisión:fee pagado:paid
    valor:value vale:is efectivo:cash parte:share peso:weight precio:price volatilidad:volatility invertido:invested
    vendido:sold vendió:sold comprado:bought compró:bought ventas:sales compras:buys venta:sale compra:buy
    operaciones:trades operación:trade posición:position posiciones:positions mantiene:hold mayor:largest
    menor:smallest mejor:best peor:worst superado:beaten superó:beat delante:ahead detrás:behind puntos:points
    punto:points dólares:dollars hoy:today ayer:yesterday ahora:now actualmente:currently mes:month semana:week
    año:year día:day días:days horas:hours este:this esta:this último:last última:last pasado:last pasada:last
    total:total aproximadamente:about unos:about casi:almost promedio:average realizado:realized abierta:open
    próximo:next cero:zero uno:one dos:two tres:three cuatro:four cinco:five seis:six siete:seven ocho:eight
    nueve:nine diez:ten once:eleven doce:twelve veinte:twenty treinta:thirty cien:hundred mil:thousand enero:january
    febrero:february marzo:march abril:april mayo:may junio:june julio:july agosto:august septiembre:september
    octubre:october noviembre:november diciembre:december frente:against contra:against comparado:compared hizo:made
    ambos:both se:it lo:it
"""


@dataclass(frozen=True, slots=True)
class Language:
    """A language with its words in English; `comma_decimal` where "3,21" is a little over three."""

    words: Mapping[str, str]
    comma_decimal: bool

    def gloss(self, text: str) -> str:
        """`text` in lower case with every known word in English, spans of time in English order."""
        plain = _WORD.sub(lambda found: self.words.get(found[0], found[0]), text.lower())
        return re.sub(r"\b(week|month|year|day) last\b", r"last \1", plain)


def _language(pairs: str) -> Language:
    found = (pair.partition(":") for pair in pairs.split())
    return Language({word: english for word, _, english in found}, comma_decimal=True)


_WORD = re.compile(r"[^\W\d_]+")
ENGLISH_ITSELF = Language({}, comma_decimal=False)
_LANGUAGES = tuple(_language(pairs) for pairs in (_GERMAN, _FRENCH, _SPANISH))


def language_of(text: str) -> Language:
    """The language that knows most of the words of `text`; English where none knows more than it."""
    words = _WORD.findall(text.lower())
    known = sum(word in ENGLISH for word in words)
    best = max(_LANGUAGES, key=lambda language: sum(word in language.words for word in words))
    return best if sum(word in best.words for word in words) > known else ENGLISH_ITSELF


def is_english(text: str) -> bool:
    """Whether `text` is in no other language that can be told: by its letters, or by its words."""
    letters = [c for c in text if c.isalpha()]
    foreign = sum(not c.isascii() for c in letters)
    return foreign * 20 <= len(letters) and language_of(text) is ENGLISH_ITSELF
