//! Real places of France, enough for addresses to look right.

use crate::world::champ::{CommuneAnswer, Geometry, Place};
use crate::world::demandeur::Address;

/// A town: name, INSEE code, postal code, département, région, EPCI, longitude and latitude.
pub struct Town {
    /// Name of the commune.
    pub name: &'static str,
    /// INSEE code.
    pub code: &'static str,
    /// Postal code.
    pub postal_code: &'static str,
    /// Code and name of the département.
    pub departement: (&'static str, &'static str),
    /// Code and name of the région.
    pub region: (&'static str, &'static str),
    /// SIREN and name of the EPCI.
    pub epci: (&'static str, &'static str),
    /// Longitude and latitude.
    pub point: (f64, f64),
}

/// The towns.
pub const TOWNS: [Town; 10] = [
    Town {
        name: "Paris 7e Arrondissement",
        code: "75107",
        postal_code: "75007",
        departement: ("75", "Paris"),
        region: ("11", "Île-de-France"),
        epci: ("200054781", "Métropole du Grand Paris"),
        point: (2.3125, 48.8556),
    },
    Town {
        name: "Lyon 3e Arrondissement",
        code: "69383",
        postal_code: "69003",
        departement: ("69", "Rhône"),
        region: ("84", "Auvergne-Rhône-Alpes"),
        epci: ("200046977", "Métropole de Lyon"),
        point: (4.8690, 45.7535),
    },
    Town {
        name: "Lille",
        code: "59350",
        postal_code: "59000",
        departement: ("59", "Nord"),
        region: ("32", "Hauts-de-France"),
        epci: ("200093201", "Métropole Européenne de Lille"),
        point: (3.0573, 50.6292),
    },
    Town {
        name: "Rennes",
        code: "35238",
        postal_code: "35000",
        departement: ("35", "Ille-et-Vilaine"),
        region: ("53", "Bretagne"),
        epci: ("243500139", "Rennes Métropole"),
        point: (-1.6778, 48.1173),
    },
    Town {
        name: "Toulouse",
        code: "31555",
        postal_code: "31000",
        departement: ("31", "Haute-Garonne"),
        region: ("76", "Occitanie"),
        epci: ("243100518", "Toulouse Métropole"),
        point: (1.4442, 43.6047),
    },
    Town {
        name: "Strasbourg",
        code: "67482",
        postal_code: "67000",
        departement: ("67", "Bas-Rhin"),
        region: ("44", "Grand Est"),
        epci: ("246700488", "Eurométropole de Strasbourg"),
        point: (7.7521, 48.5734),
    },
    Town {
        name: "Bordeaux",
        code: "33063",
        postal_code: "33000",
        departement: ("33", "Gironde"),
        region: ("75", "Nouvelle-Aquitaine"),
        epci: ("243300316", "Bordeaux Métropole"),
        point: (-0.5792, 44.8378),
    },
    Town {
        name: "Brest",
        code: "29019",
        postal_code: "29200",
        departement: ("29", "Finistère"),
        region: ("53", "Bretagne"),
        epci: ("242900314", "Brest Métropole"),
        point: (-4.4861, 48.3904),
    },
    Town {
        name: "Dijon",
        code: "21231",
        postal_code: "21000",
        departement: ("21", "Côte-d’Or"),
        region: ("27", "Bourgogne-Franche-Comté"),
        epci: ("242100410", "Dijon Métropole"),
        point: (5.0415, 47.3220),
    },
    Town {
        name: "Saint-Denis",
        code: "97411",
        postal_code: "97400",
        departement: ("974", "La Réunion"),
        region: ("04", "La Réunion"),
        epci: ("249740119", "CINOR"),
        point: (55.4504, -20.8789),
    },
];

const STREETS: [&str; 8] = [
    "avenue de Ségur",
    "rue de Varenne",
    "boulevard Vivier-Merle",
    "rue de la Préfecture",
    "place Gambetta",
    "rue du Général-Leclerc",
    "quai de la Râpée",
    "allée Jean-Jaurès",
];

fn place((code, name): (&str, &str)) -> Place {
    Place { code: code.to_owned(), name: name.to_owned() }
}

impl Town {
    /// The town of that rank, counted around.
    pub fn at(rank: u64) -> &'static Self {
        let count = TOWNS.len();
        usize::try_from(rank).ok().and_then(|rank| TOWNS.get(rank % count)).unwrap_or(&PARIS)
    }

    /// The département.
    pub fn departement(&self) -> Place {
        place(self.departement)
    }

    /// The région.
    pub fn region(&self) -> Place {
        place(self.region)
    }

    /// The EPCI.
    pub fn epci(&self) -> Place {
        place(self.epci)
    }

    /// The commune as an answer.
    pub fn commune(&self) -> CommuneAnswer {
        CommuneAnswer {
            commune: place((self.code, self.name)),
            postal_code: Some(self.postal_code.to_owned()),
            departement: Some(self.departement()),
        }
    }

    /// An address in it: the number in the street and the street follow from `chance`.
    pub fn address(&self, chance: u64) -> Address {
        let number = chance % 97 + 1;
        let rank = usize::try_from(chance / 97).unwrap_or(0) % STREETS.len();
        let street = STREETS.get(rank).copied().unwrap_or("rue de la Poste");
        let line = format!("{number} {street}");
        let (longitude, latitude) = self.point;
        Address {
            label: format!("{line} {} {}", self.postal_code, self.name),
            kind: "housenumber",
            street_address: Some(line),
            street_number: Some(number.to_string()),
            street_name: Some(street.to_owned()),
            postal_code: self.postal_code.to_owned(),
            city_name: self.name.to_owned(),
            city_code: self.code.to_owned(),
            department_name: Some(self.departement.1.to_owned()),
            department_code: Some(self.departement.0.to_owned()),
            region_name: Some(self.region.1.to_owned()),
            region_code: Some(self.region.0.to_owned()),
            country_name: Some("France".to_owned()),
            country_code: Some("FR".to_owned()),
            geometry: Some(Geometry { kind: "Point", coordinates: format!("[{longitude},{latitude}]") }),
        }
    }
}

const PARIS: Town = Town {
    name: "Paris",
    code: "75056",
    postal_code: "75001",
    departement: ("75", "Paris"),
    region: ("11", "Île-de-France"),
    epci: ("200054781", "Métropole du Grand Paris"),
    point: (2.3522, 48.8566),
};
