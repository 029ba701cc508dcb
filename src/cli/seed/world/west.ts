import { country } from './country.js';

export const france = country({
  code: 'FR',
  callingCode: '33',
  language: 'fr',
  timeZone: 'Europe/Paris',
  currency: 'EUR',
  share: 10,
  address: '# *',
  streets:
    'rue de la Gare, rue Victor Hugo, avenue de la République, place du Marché, rue des Lilas, boulevard Pasteur, rue du Moulin',
  mobile: '61#######',
  cities: `
    Paris, Île-de-France, 750##, 14#######
    Lyon, Auvergne-Rhône-Alpes, 6900#, 47#######
    Marseille, Provence-Alpes-Côte d’Azur, 1300#, 49#######
    Bordeaux, Nouvelle-Aquitaine, 330##, 55#######
    Lille, Hauts-de-France, 590##, 32#######
    Nantes, Pays de la Loire, 440##, 24#######
    Strasbourg, Grand Est, 670##, 38#######`,
  firstNames: `Marie Camille Chloé Amélie Hélène Sophie Nathalie Léa Pierre Julien Nicolas François
    Mathieu Jérôme Antoine Étienne`,
  lastNames: `Martin Bernard Dubois Durand Lefèvre Leroy Moreau Girard Fournier Lambert Bonnet
    Rousseau Blanc Guérin Boyer Garnier Chevalier François Legrand Gauthier Perrin Robin Clément
    Morin Mathieu Roussel Faure Mercier Dupont Renard`,
  companies:
    'Café *, Brasserie *, Boulangerie *, Pâtisserie *, Hôtel *, Restaurant *, Épicerie *, Traiteur *, Bistrot *',
  legalForms: 'SARL, SAS, SA, EURL',
});

export const italy = country({
  code: 'IT',
  callingCode: '39',
  language: 'it',
  timeZone: 'Europe/Rome',
  currency: 'EUR',
  share: 9,
  address: '* #',
  streets:
    'Via Roma, Via Garibaldi, Corso Italia, Via Mazzini, Piazza Dante, Via Verdi, Viale Europa',
  mobile: '347#######',
  cities: `
    Milano, Lombardia, 201##, 02########
    Roma, Lazio, 001##, 06########
    Torino, Piemonte, 101##, 011#######
    Bologna, Emilia-Romagna, 401##, 051#######
    Firenze, Toscana, 501##, 055#######
    Napoli, Campania, 801##, 081#######
    Verona, Veneto, 371##, 045#######`,
  firstNames: `Giulia Francesca Chiara Martina Elena Valentina Paola Sara Marco Alessandro Luca
    Matteo Andrea Giuseppe Nicolò Davide`,
  lastNames: `Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo
    Conti Costa Giordano Mancini Rizzo Lombardi Moretti Barbieri Fontana Santoro Mariani Rinaldi
    Caruso Ferrara Galli Martini Leone Longo`,
  companies:
    'Bar *, Caffè *, Pasticceria *, Albergo *, Trattoria *, Gastronomia *, Torrefazione *, Panificio *',
  legalForms: 'S.r.l., S.p.A., S.n.c.',
});

export const spain = country({
  code: 'ES',
  callingCode: '34',
  language: 'es',
  timeZone: 'Europe/Madrid',
  currency: 'EUR',
  share: 7,
  address: '*, #',
  streets: 'Calle Mayor, Calle Real, Avenida de la Paz, Plaza de España, Calle del Sol, Gran Vía',
  mobile: '61#######',
  cities: `
    Madrid, Madrid, 280##, 91#######
    Barcelona, Cataluña, 080##, 93#######
    València, Comunitat Valenciana, 460##, 96#######
    Sevilla, Andalucía, 410##, 954######
    Bilbao, País Vasco, 480##, 944######
    Málaga, Andalucía, 290##, 952######`,
  firstNames: `María Carmen Lucía Cristina Marta Pilar Inés Sofía José Javier Carlos Álvaro Sergio
    Íñigo Raúl Andrés`,
  lastNames: `García González Rodríguez Fernández López Martínez Sánchez Pérez Gómez Jiménez Ruiz
    Hernández Díaz Moreno Muñoz Álvarez Romero Alonso Gutiérrez Navarro Torres Domínguez Vázquez
    Ramos Gil Ramírez Serrano Molina Ortega Ibáñez`,
  companies:
    'Cafetería *, Bar *, Hotel *, Restaurante *, Panadería *, Pastelería *, Hostal *, Tostadero *',
  legalForms: 'S.L., S.A.',
});

export const portugal = country({
  code: 'PT',
  callingCode: '351',
  language: 'pt',
  timeZone: 'Europe/Lisbon',
  currency: 'EUR',
  share: 3,
  address: '*, #',
  streets: 'Rua Direita, Rua do Carmo, Avenida da Liberdade, Largo da Sé, Rua das Flores',
  mobile: '91#######',
  cities: `
    Lisboa, Lisboa, 11##-###, 21#######
    Porto, Porto, 40##-###, 22#######
    Braga, Braga, 47##-###, 253######
    Coimbra, Coimbra, 30##-###, 239######`,
  firstNames: `Ana Mariana Beatriz Inês Joana Rita João Tiago Miguel Rui Gonçalo Luís`,
  lastNames: `Silva Santos Ferreira Pereira Oliveira Costa Rodrigues Martins Sousa Fernandes
    Gonçalves Gomes Lopes Marques Almeida Ribeiro Pinto Carvalho Teixeira Moreira Correia Mendes
    Nunes Soares Vieira Araújo`,
  companies: 'Café *, Pastelaria *, Hotel *, Restaurante *, Padaria *, Mercearia *, Pensão *',
  legalForms: 'Lda., S.A.',
});

export const netherlands = country({
  code: 'NL',
  callingCode: '31',
  language: 'nl',
  timeZone: 'Europe/Amsterdam',
  currency: 'EUR',
  share: 6,
  address: '* #',
  streets: 'Dorpsstraat, Kerkstraat, Molenweg, Stationsweg, Schoolstraat, Nieuwstraat, Kade',
  mobile: '61#######',
  cities: `
    Amsterdam, Noord-Holland, 10## AB, 20#######
    Rotterdam, Zuid-Holland, 30## CD, 10#######
    Utrecht, Utrecht, 35## EG, 30#######
    Eindhoven, Noord-Brabant, 56## HK, 40#######
    Groningen, Groningen, 97## LM, 50#######`,
  firstNames: `Sanne Anouk Femke Marloes Iris Eline Daan Sven Bas Jeroen Pieter Joost Maarten Thijs`,
  lastNames: `Jansen Bakker Visser Smit Meijer Mulder Bos Vos Peters Hendriks Dekker Brouwer
    Dijkstra Koster Willems Schouten Jacobs Kuipers Postma Veenstra Prins Huisman Timmermans
    Wouters Kuiper`,
  companies: 'Koffiehuis *, Bakkerij *, Hotel *, Restaurant *, Lunchroom *, Eetcafé *, Catering *',
  legalForms: 'B.V., V.O.F.',
});

export const belgium = country({
  code: 'BE',
  callingCode: '32',
  language: 'nl',
  timeZone: 'Europe/Brussels',
  currency: 'EUR',
  share: 4,
  address: '* #',
  streets: 'Kerkstraat, Stationsstraat, Nieuwstraat, Rue Haute, Rue de la Station, Markt',
  mobile: '47#######',
  cities: `
    Brussel, Brussel, 10#0, 25######
    Antwerpen, Antwerpen, 20#0, 33######
    Gent, Oost-Vlaanderen, 90#0, 92######
    Liège, Liège, 40#0, 43######
    Brugge, West-Vlaanderen, 80#0, 50######`,
  firstNames: `Lotte Emma Elke Nele Charlotte Manon Wout Jef Koen Bart Quentin Benoît Dries Loïc`,
  lastNames: `Peeters Janssens Maes Jacobs Mertens Willems Claes Goossens Wouters Dumont Lambert
    Dupuis Laurent Simon Leclercq Aerts Michiels Hermans Martens Pauwels Desmet Lemmens Segers
    Baert Verhoeven`,
  companies: 'Koffiebar *, Brasserie *, Bakkerij *, Hotel *, Chocolaterie *, Traiteur *, Taverne *',
  legalForms: 'BV, NV',
});
