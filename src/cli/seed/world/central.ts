import { country } from './country.js';

const GERMAN_TRADES =
  'Café *, Kaffeehaus *, Bäckerei *, Konditorei *, Hotel *, Restaurant *, Feinkost *, Catering *, Gasthof *, Bürobedarf *';
const GERMAN_STREETS =
  'Hauptstraße, Bahnhofstraße, Gartenstraße, Schulstraße, Lindenstraße, Mühlweg, Am Markt, Goethestraße, Kirchgasse, Rosenweg';

export const germany = country({
  code: 'DE',
  callingCode: '49',
  language: 'de',
  timeZone: 'Europe/Berlin',
  currency: 'EUR',
  share: 22,
  taxRate: '19',
  address: '* #',
  streets: GERMAN_STREETS,
  mobile: '151########',
  cities: `
    Berlin, Berlin, 10###, 30########
    Hamburg, Hamburg, 20###, 40########
    München, Bayern, 80###, 89########
    Köln, Nordrhein-Westfalen, 50###, 221#######
    Frankfurt am Main, Hessen, 60###, 69########
    Stuttgart, Baden-Württemberg, 70###, 711#######
    Leipzig, Sachsen, 04###, 341#######
    Nürnberg, Bayern, 90###, 911#######
    Bremen, Bremen, 28###, 421#######
    Dresden, Sachsen, 01###, 351#######`,
  firstNames: `Anna Lena Julia Katharina Sabine Petra Claudia Sophie Johanna Miriam Birgit Franziska
    Thomas Stefan Michael Andreas Jonas Lukas Felix Matthias Jürgen Björn Uwe Maximilian`,
  lastNames: `Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer
    Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann
    Lange Werner Krause Lehmann Köhler Herrmann König Walter Huber Kaiser Fuchs Vogel Keller Jäger
    Voß Groß`,
  companies: GERMAN_TRADES,
  legalForms: 'GmbH, GmbH & Co. KG, KG, e.K., OHG',
});

export const austria = country({
  code: 'AT',
  callingCode: '43',
  language: 'de',
  timeZone: 'Europe/Vienna',
  currency: 'EUR',
  share: 6,
  address: '* #',
  streets: GERMAN_STREETS,
  mobile: '664#######',
  cities: `
    Wien, Wien, 10#0, 1#######
    Graz, Steiermark, 80#0, 316######
    Linz, Oberösterreich, 40#0, 732######
    Salzburg, Salzburg, 50#0, 662######
    Innsbruck, Tirol, 60#0, 512######
    Klagenfurt, Kärnten, 90#0, 463######`,
  firstNames: `Anna Lena Magdalena Elisabeth Theresa Barbara Verena Eva Lukas Florian Alexander
    Johannes Sebastian Wolfgang Franz Markus`,
  lastNames: `Gruber Huber Wimmer Pichler Steiner Moser Mayr Hofer Leitner Berger Fuchs Eder Schmid
    Winkler Weber Schwarz Maier Schneider Reiter Haas Egger Lang Auer Brunner Aigner Ebner Lechner
    Wallner Haider Stadler`,
  companies: GERMAN_TRADES,
  legalForms: 'GmbH, KG, e.U., OG',
});

export const switzerland = country({
  code: 'CH',
  callingCode: '41',
  language: 'de',
  timeZone: 'Europe/Zurich',
  currency: 'CHF',
  share: 6,
  address: '* #',
  streets: 'Bahnhofstrasse, Dorfstrasse, Hauptstrasse, Seestrasse, Kirchweg, Rue du Lac, Schulweg',
  mobile: '79#######',
  cities: `
    Zürich, Zürich, 80##, 44#######
    Basel, Basel-Stadt, 40##, 61#######
    Bern, Bern, 30##, 31#######
    Luzern, Luzern, 60##, 41#######
    Genève, Genève, 12##, 22#######
    Lausanne, Vaud, 10##, 21#######`,
  firstNames: `Nina Sandra Corinne Ursula Regula Céline Chantal Laura Beat Urs Reto Marco Pascal
    Didier Luca Daniel`,
  lastNames: `Meier Keller Frei Baumann Brunner Gerber Widmer Zimmermann Moser Graf Wyss Roth Suter
    Baumgartner Bachmann Studer Bucher Berger Kaufmann Kunz Hofer Bühler Lüthi Favre Rochat Blanc
    Fontana Bernasconi Zürcher Egli`,
  companies:
    'Café *, Confiserie *, Hotel *, Restaurant *, Bäckerei *, Auberge *, Catering *, Feinkost *',
  legalForms: 'AG, GmbH, Sàrl',
});

export const poland = country({
  code: 'PL',
  callingCode: '48',
  language: 'pl',
  timeZone: 'Europe/Warsaw',
  currency: 'PLN',
  share: 8,
  address: 'ul. * #',
  streets: 'Długa, Polna, Leśna, Słoneczna, Krótka, Szkolna, Ogrodowa, Lipowa, Mickiewicza',
  mobile: '60#######',
  cities: `
    Warszawa, Mazowieckie, 00-###, 22#######
    Kraków, Małopolskie, 30-###, 12#######
    Wrocław, Dolnośląskie, 50-###, 71#######
    Poznań, Wielkopolskie, 60-###, 61#######
    Gdańsk, Pomorskie, 80-###, 58#######
    Łódź, Łódzkie, 90-###, 42#######`,
  firstNames: `Anna Katarzyna Małgorzata Agnieszka Zofia Magdalena Ewa Joanna Piotr Krzysztof Łukasz
    Paweł Michał Tomasz Jakub Marcin`,
  lastNames: `Nowak Wójcik Kowalczyk Woźniak Mazur Krawczyk Kaczmarek Zając Król Wieczorek Wróbel
    Stępień Pawlak Michalak Adamczyk Dudek Nowicki Sikora Walczak Baran Szewczyk Pietrzak Duda
    Włodarczyk Bąk Jakubowski Gołębiowska Żukowski Kubiak Szymczak`,
  companies:
    'Kawiarnia *, Piekarnia *, Hotel *, Restauracja *, Cukiernia *, Delikatesy *, Palarnia *, Catering *',
  legalForms: 'sp. z o.o., S.A., sp.j.',
});

export const czechia = country({
  code: 'CZ',
  callingCode: '420',
  language: 'cs',
  timeZone: 'Europe/Prague',
  currency: 'CZK',
  share: 5,
  address: '* #',
  streets: 'Nádražní, Školní, Zahradní, Husova, Masarykova, Krátká, Lipová, Palackého',
  mobile: '60#######',
  cities: `
    Praha, Praha, 110 0#, 22#######
    Brno, Jihomoravský, 602 0#, 54#######
    Ostrava, Moravskoslezský, 702 0#, 59#######
    Plzeň, Plzeňský, 301 0#, 37#######
    Olomouc, Olomoucký, 779 0#, 58#######`,
  firstNames: `Jana Eva Lucie Kateřina Tereza Lenka Hana Věra Jan Petr Jiří Tomáš Martin Ondřej
    Zdeněk Vojtěch`,
  lastNames: `Novák Svoboda Dvořák Černý Procházka Kučera Veselý Horák Němec Marek Pospíšil Hájek
    Jelínek Král Růžička Beneš Fiala Sedláček Doležal Zeman Kolář Navrátil Čermák Vaněk Urban
    Blažek Kříž Kopecký Konečný Malý`,
  companies:
    'Kavárna *, Pekárna *, Hotel *, Restaurace *, Cukrárna *, Lahůdky *, Penzion *, Pražírna *',
  legalForms: 's.r.o., a.s.',
});
