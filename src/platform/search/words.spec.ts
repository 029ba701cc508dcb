import { describe, expect, it } from '@jest/globals';
import { phoneDigits, wordsOf } from './words.js';

const plain = (text: string): string[] => wordsOf(text).map((word) => word.text);

describe('wordsOf', () => {
  it.each([
    ["o'neill-smith, anna", ['o', 'neill', 'smith', 'anna']],
    ['a.b+c@mail.example.com', ['a', 'b', 'c', 'mail', 'example', 'com']],
    ['北京啤酒厂', ['北京啤酒厂']],
    ['abc公司2000', ['abc', '公司', '2000']],
    ['ラーメン tokyo 한국어', ['ラーメン', 'tokyo', '한국어']],
    ['ольга', ['ольга']],
    [`' & | ! :* \\ % _ ( ) <->`, []],
  ])('of %j are %j', (text, words) => {
    expect(plain(text)).toEqual(words);
  });

  it('tell the scripts without spaces from the others', () => {
    expect(wordsOf('abc公司').map((word) => word.isCjk)).toEqual([false, true]);
  });
});

describe('phoneDigits', () => {
  it.each([
    ['+49 (0) 30 / 123-456', '4930123456'],
    ['0151 234 5678', '01512345678'],
    ['555.0100', '5550100'],
    ['12 34', null],
    ['24 hours', null],
    ['anna', null],
  ])('of %j are %j', (text, digits) => {
    expect(phoneDigits(text)).toBe(digits);
  });
});
