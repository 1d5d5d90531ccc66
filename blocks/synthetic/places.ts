import type { ReferenceDoor } from "@kerege/reference";
import type { Dwelling, Model, Place } from "./declaration.ts";
import { createLottery, hash, type Random } from "./random.ts";

/** Places of a classifier with their weights and the units they lie in; one without coordinates is left out. */
export function readPlaces(reference: ReferenceDoor, model: Model): Place[] {
  const children = new Map<string, string[]>();
  const parts = (unit: string) => children.get(unit) ?? [];
  const items = reference.items(model.places);
  const units = new Map(items.map((item) => [item.code, reference.path(model.places, item.code).slice(0, -1)]));
  const seen = new Set([...units.values()].flat());
  for (const unit of reference.classifiers().flatMap((name) => (name === model.places ? [] : reference.items(name)))) {
    if (unit.parent !== undefined && !seen.has(unit)) children.set(unit.parent, [...parts(unit.parent), unit.code]);
  }
  return items.flatMap((item) => {
    const above = units.get(item.code) ?? [];
    if (item.lat === undefined || item.lon === undefined || above.length === 0) return [];
    const lowest = above.at(-1)!;
    return [
      {
        code: item.code,
        level: item.level ?? "",
        weight: item.weight ?? model.weights[item.level ?? ""] ?? 1,
        lat: item.lat,
        lon: item.lon,
        units: above.map((unit) => unit.code),
        // Only a unit that stands alone at the top is spread over its parts; a district keeps its places itself.
        parts: lowest.parent === undefined ? parts(lowest.code) : [],
      },
    ];
  });
}

export interface Land {
  anywhere(random: Random): Place;
  inRegion(random: Random, region: string): Place;
  /** Towns only, the large ones far more often. */
  town(random: Random): Place;
  isTown(place: Place): boolean;
  isVillage(place: Place): boolean;
}

export function createLand(places: Place[], model: Model): Land {
  const lottery = (list: Place[], weight = (place: Place) => place.weight) =>
    createLottery(list.map((place) => ({ value: place, weight: weight(place) })));
  const isTown = (place: Place) => model.towns.includes(place.level);
  const regions = new Map<string, (random: Random) => Place>();
  for (const region of new Set(places.map((place) => place.units[0]!))) {
    regions.set(region, lottery(places.filter((place) => place.units[0] === region)));
  }
  const anywhere = lottery(places);
  const towns = places.filter(isTown);
  const town = towns.length > 0 ? lottery(towns) : anywhere;
  return {
    anywhere,
    town,
    isTown,
    isVillage: (place) => model.villages.includes(place.level),
    inRegion: (random, region) => regions.get(region)!(random),
  };
}

const flatsInHouse = 36;
const housesInBlock = 97;

/** Gives dwellings of a place one after another; no two have the same address. */
export function createAddresses(model: Model): (place: Place, since: string) => Dwelling {
  const used = new Map<string, number>();
  return (place, since) => {
    const number = used.get(place.code) ?? 0;
    used.set(place.code, number + 1);
    const salt = hash(place.code);
    const streets = model.towns.includes(place.level) ? model.streets.length : Math.min(model.streets.length, 5 + (salt % 6));
    const street = (salt + number) % streets;
    const onStreet = Math.floor(number / streets);
    // In towns every second street has houses of flats.
    const flats = model.towns.includes(place.level) && street % 2 === 0;
    const order = flats ? Math.floor(onStreet / flatsInHouse) : onStreet;
    const house =
      Math.floor(order / housesInBlock) * housesInBlock + ((order * 31 + ((salt >>> 3) + street * 17)) % housesInBlock) + 1;
    const flat = ((onStreet * 7 + salt) % flatsInHouse) + 1;
    const jitter = (salted: number) =>
      ((hash(`${place.code}/${number}`, salted) % 2001) / 1000 - 1) * (model.towns.includes(place.level) ? 0.03 : 0.008);
    const district = place.parts.length > 0 ? place.parts[number % place.parts.length]! : place.units.at(-1)!;
    return {
      code: `${place.code}-${String(number + 1).padStart(4, "0")}`,
      region: place.units[0]!,
      district,
      place: place.code,
      street: model.streets[(street + salt) % model.streets.length]!,
      house: flats ? `${house}-${flat}` : String(house),
      lat: (place.lat + jitter(1)).toFixed(5),
      lon: (place.lon + jitter(2)).toFixed(5),
      since,
    };
  };
}
