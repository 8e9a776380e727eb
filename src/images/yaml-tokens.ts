/** YAML text to its tokens. */
import { type CST, Lexer, type LineCounter, Parser } from 'yaml';

/** Open brackets, maps and lists at once: far more than anybody writes. */
const deepest = 200;

/**
 * What a composer makes documents of. Strangers may nest without end, and making documents of it takes seconds before
 * the stack is full, so it is given up as soon as it is too deep.
 * @param lines - learns where the lines begin
 * @throws Error saying that it is nested too deeply
 */
export function* yamlTokens(text: string, lines?: LineCounter): Generator<CST.Token, void> {
  lines?.addNewLine(0);
  const parser = new Parser(lines?.addNewLine);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > deepest) throw new Error('it is nested too deeply');
  }
  yield* parser.end();
}
