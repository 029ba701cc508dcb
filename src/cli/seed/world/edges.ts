import { country } from './country.js';

export const britain = country({
  code: 'GB',
  callingCode: '44',
  language: 'en',
  timeZone: 'Europe/London',
  currency: 'GBP',
  share: 6,
  address: '# *',
  streets:
    'High Street, Station Road, Church Lane, Mill Road, King Street, Park Avenue, Victoria Road',
  mobile: '74########',
  cities: `
    London, Greater London, SE1 #AA, 207#######
    Manchester, Greater Manchester, M1 #BB, 161#######
    Birmingham, West Midlands, B1 #DD, 121#######
    Leeds, West Yorkshire, LS1 #EE, 1132######
    Glasgow, Glasgow City, G1 #GG, 141#######
    Edinburgh, City of Edinburgh, EH1 #HH, 131#######
    Bristol, Bristol, BS1 #JJ, 1179######`,
  firstNames: `Emma Olivia Charlotte Grace Hannah Priya Sarah Amelia James Oliver Harry Thomas
    Imran George Daniel Callum`,
  lastNames: `Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Robinson Wright Thompson
    Evans Walker White Roberts Green Hall Wood Jackson Clarke Khan Harrison Campbell Stewart Murray
    Bennett Fraser Hughes Fletcher`,
  companies:
    '* Coffee House, * Bakery, The * Hotel, * & Sons Catering, * Tea Rooms, * Deli, The * Inn, * Office Supplies',
  legalForms: 'Ltd, LLP, plc',
});

export const sweden = country({
  code: 'SE',
  callingCode: '46',
  language: 'sv',
  timeZone: 'Europe/Stockholm',
  currency: 'SEK',
  share: 3,
  address: '* #',
  streets: 'Storgatan, Kungsgatan, Skolgatan, Drottninggatan, Ängsvägen, Nygatan',
  mobile: '70#######',
  cities: `
    Stockholm, Stockholms län, 111 ##, 8#######
    Göteborg, Västra Götaland, 411 ##, 31#######
    Malmö, Skåne, 211 ##, 40#######
    Uppsala, Uppsala län, 753 ##, 18######`,
  firstNames: `Elsa Astrid Maja Linnéa Ingrid Åsa Erik Lars Nils Gustav Oskar Björn`,
  lastNames: `Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Lindberg
    Lindström Bergström Sandberg Forsberg Sjöberg Wallin Engström Nyström Björk Åberg Holm Söderberg
    Ekström Hedlund Öberg`,
  companies: 'Café *, Konditori *, Hotell *, Restaurang *, Bageri *, Rosteri *, Värdshus *',
  legalForms: 'AB, HB',
});

export const denmark = country({
  code: 'DK',
  callingCode: '45',
  language: 'da',
  timeZone: 'Europe/Copenhagen',
  currency: 'DKK',
  share: 2,
  address: '* #',
  streets: 'Hovedgaden, Nørregade, Kirkevej, Strandvejen, Algade, Østergade',
  mobile: '20######',
  cities: `
    København, Hovedstaden, 1##0, 33######
    Aarhus, Midtjylland, 8000, 86######
    Odense, Syddanmark, 5000, 66######
    Aalborg, Nordjylland, 9000, 98######`,
  firstNames: `Freja Ida Mette Sofie Karen Signe Mads Rasmus Søren Jesper Anders Jørgen`,
  lastNames: `Nielsen Jensen Hansen Pedersen Andersen Christensen Larsen Sørensen Rasmussen
    Jørgensen Petersen Madsen Kristensen Olsen Thomsen Christiansen Poulsen Johansen Møller
    Mortensen Knudsen Lund Holm Østergaard Winther`,
  companies: 'Café *, Kaffebar *, Hotel *, Restaurant *, Bageri *, Kro *, Konditori *',
  legalForms: 'ApS, A/S',
});

export const greece = country({
  code: 'GR',
  callingCode: '30',
  language: 'el',
  timeZone: 'Europe/Athens',
  currency: 'EUR',
  share: 2,
  address: '* #',
  streets: 'Ερμού, Πανεπιστημίου, Αγίου Δημητρίου, Βενιζέλου, Τσιμισκή, Σταδίου',
  mobile: '697#######',
  cities: `
    Αθήνα, Αττική, 10# 71, 210#######, Athina
    Θεσσαλονίκη, Κεντρική Μακεδονία, 54# 22, 2310######, Thessaloniki
    Πάτρα, Δυτική Ελλάδα, 26# 21, 2610######, Patra`,
  firstNames: `Μαρία/Maria Ελένη/Eleni Κατερίνα/Katerina Σοφία/Sofia Άννα/Anna Γεωργία/Georgia
    Γιώργος/Giorgos Νίκος/Nikos Δημήτρης/Dimitris Κώστας/Kostas Γιάννης/Giannis Πέτρος/Petros`,
  lastNames: `Παπαδόπουλος/Papadopoulos Βλάχος/Vlachos Αγγελόπουλος/Angelopoulos
    Νικολαΐδης/Nikolaidis Γεωργίου/Georgiou Δημητρίου/Dimitriou Οικονόμου/Oikonomou
    Μακρής/Makris Αντωνίου/Antoniou Καραγιάννης/Karagiannis Ιωάννου/Ioannou Αλεξίου/Alexiou
    Παππάς/Pappas Κωνσταντίνου/Konstantinou Λάμπρου/Lamprou Θεοδώρου/Theodorou
    Σταθόπουλος/Stathopoulos Πετρίδης/Petridis`,
  companies:
    'Καφέ */Cafe *, Ξενοδοχείο */Hotel *, Ζαχαροπλαστείο */Patisserie *, Αρτοποιείο */Artopoieio *, Ταβέρνα */Taverna *, Καφεκοπτείο */Kafekopteio *, Εστιατόριο */Restaurant *',
  legalForms: 'Α.Ε., Ι.Κ.Ε.',
});

export const bulgaria = country({
  code: 'BG',
  callingCode: '359',
  language: 'bg',
  timeZone: 'Europe/Sofia',
  currency: 'EUR',
  share: 1,
  address: 'ул. * #',
  streets: 'Иван Вазов, Васил Левски, Христо Ботев, Граф Игнатиев, Раковски',
  mobile: '88#######',
  cities: `
    София, София, 10#0, 29######, Sofia
    Пловдив, Пловдив, 40#0, 32######, Plovdiv
    Варна, Варна, 90#0, 52######, Varna`,
  firstNames: `Мария/Maria Елена/Elena Десислава/Desislava Ивана/Ivana Цветелина/Tsvetelina
    Георги/Georgi Иван/Ivan Димитър/Dimitar Николай/Nikolay Петър/Petar Стефан/Stefan`,
  lastNames: `Иванов/Ivanov Георгиев/Georgiev Димитров/Dimitrov Петров/Petrov Николов/Nikolov
    Христов/Hristov Стоянов/Stoyanov Тодоров/Todorov Илиев/Iliev Василев/Vasilev Атанасов/Atanasov
    Петков/Petkov Ангелов/Angelov Колев/Kolev Йорданов/Yordanov Маринов/Marinov Попов/Popov
    Костов/Kostov`,
  companies:
    'Кафе */Cafe *, Хотел */Hotel *, Ресторант */Restaurant *, Сладкарница */Patisserie *, Пекарна */Pekarna *',
  legalForms: 'ООД, ЕООД',
});
