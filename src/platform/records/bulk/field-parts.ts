import type { FieldKindName } from '../field-types.js';
import type { FieldSpec } from '../field-types.js';

/** Parts of fields that columns of a file may hold one by one. */
export const PARTS: Partial<Record<FieldKindName, readonly string[]>> = {
  address: ['street', 'city', 'region', 'postalCode', 'country'],
  money: ['amount', 'currency'],
};

/** The column that holds a part of a field. */
export function columnOfPart(field: FieldSpec, part: string): string | undefined {
  return field.columns.find(({ path }) => path === `${field.name}.${part}`)?.column;
}

/** Headers that mean a part of a field, in the languages files come in. */
export const PART_SYNONYMS: Partial<Record<FieldKindName, Record<string, readonly string[]>>> = {
  address: {
    street: [
      ...['Street', 'Street address', 'Street name', 'Address', 'Address line', 'Postal address'],
      ...['Address 1', 'Address 2', 'Address 3', 'Address line 1', 'Address line 2'],
      ...['Address line 3', 'Street 1', 'Street 2', 'Street line 1', 'Street line 2'],
      ...['Straße', 'Anschrift', 'Adresszusatz', 'Rue', 'Adresse', 'Calle', 'Dirección'],
      ...['地址', '街道', '街道地址', '详细地址', '联系地址', '公司地址'],
    ],
    city: [
      ...['City', 'Town', 'Locality', 'City/Town', 'Municipality', 'Suburb', 'Place'],
      ...['Stadt', 'Ort', 'Ville', 'Ciudad', '城市', '市', '所在城市'],
    ],
    region: [
      ...['Region', 'State', 'Province', 'State/Province', 'State/Region', 'State or province'],
      ...['County', 'Prefecture', 'State province', 'State code', 'Bundesland', 'Provinz'],
      ...['Provincia', 'Estado', '省', '省份', '州', '省/州', '地区', '所在省份'],
    ],
    postalCode: [
      ...['Postal code', 'Postcode', 'Post code', 'Zip', 'Zip code', 'Zip/Postal code'],
      ...['Postal', 'PLZ', 'Postleitzahl', 'Code postal', 'Código postal'],
      ...['邮编', '邮政编码', '邮政代码'],
    ],
    country: [
      ...['Country', 'Country code', 'Country/Region', 'Country name', 'Nation'],
      ...['Land', 'Pays', 'País', '国家', '国家/地区', '国别'],
    ],
  },
  money: {
    amount: ['Amount', '金额'],
    currency: ['Currency', 'Currency code', 'Währung', '币种', '货币'],
  },
};
