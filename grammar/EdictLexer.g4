// Characters to tokens. A word becomes a keyword afterwards, by the one table
// compiler/parse/keywords.def, which also joins words into phrases ("is at least").
lexer grammar EdictLexer;

tokens {
    // Reserved: never a name.
    RULE, ACTION, STORE, ENUM, ASSERT, DEFAULT, ON, WHEN, PERMIT, FORBID, SILENT, REQUIRE, UNLESS,
    BECAUSE, OVERRIDES, CITES, LET, ELSE, FAIL, IF, FOR, IN, REMOVE, ADD, EMIT, THEN, EVERY, SOME,
    SATISFIES, AND, OR, NOT, IMPLIES, MOD, UNION, WITHOUT, INTERSECT, TRUE, FALSE, ABSENT, TODAY,
    CALLER, SIGNER, NONE, NOT_IN, IS_KNOWN, IS_NOT_KNOWN, IN_FORCE_FROM, AS_OF_RIGHT, ORDER_BY_RANK,
    ORDER_BY_DATE, ORDER_RESTRICTIONS_FIRST, ANY_ACTION_OF, ACTIONS_OF, THAT_WRITE, THAT_READ,
    MUST, EXPECT_DUTY, EXPECT_NO_DUTY, EXPECT_BREACH, HAS_OPEN_DUTY, HAS_BREACHED_DUTY, DATED_BY,
    NOW, AS_OF, AT_LEAST, AT_MOST, STARTS_WITH, ENDS_WITH, RETURN, RESULT,
    // A word or phrase of the language that this version does not support yet.
    FOR_EVERY, UNSUPPORTED,
    // Keywords where they are expected, names elsewhere.
    CONTRACT, REGULATION, VERSION, ZONE, REGULATORS, GOVERNS, USE, ROLE, EVENT, ORDERED, RECORD, BY,
    ANYONE, DUTY, BEFORE, HAS_ROLE,
    SOURCE, RANK, EFFECTIVE, FROM, UNTIL, TEST, NEVER, PERMITTED, TO, PARTIES, GIVEN, AT, CALL,
    EXPECT, COMMITTED, COUNTER, OBSERVE, SUM, COUNT, DISTINCT, PER, OVER, ANY, WITHIN, DAYS, WORKING_DAYS, HOURS,
    AFTER, FORBIDDEN, FAILED, REFUSED,
    ROUND, CONVERT, MIN, MAX, OF, CONTAINS, CONST, FUNCTION, TABLE, UNIQUE, FIRST, ATTRIBUTE, EXAMPLE,
    PERSONAL, PARAMETER, INVARIANT, INITIAL, UPGRADE, SINCE, SHA256,
    // A word right after a number, on its line: 5 mg.
    UNIT
}

// What of Unicode a name may hold is checked by compiler/parse/names.h, where the message can be better.
WORD : [A-Za-z_\u0080-\u{10FFFF}] [A-Za-z0-9_\u0080-\u{10FFFF}]* ;

DATE           : D D D D '-' D D '-' D D ;
TIME           : D D ':' D D ;
OFFSET         : [+-] D D ':' D D ;
VERSION_NUMBER : D+ '.' D+ '.' D+ ;
DECIMAL        : D [0-9_]* '.' D+ ;
INTEGER        : D [0-9_]* ;

TEXT      : '"' TEXT_PART* '"' ;
OPEN_TEXT : '"' TEXT_PART* ;

EQUAL         : '==' ;
NOT_EQUAL     : '!=' ;
LESS_EQUAL    : '<=' ;
GREATER_EQUAL : '>=' ;
LESS          : '<' ;
GREATER       : '>' ;
ASSIGN        : '=' ;
PLUS_ASSIGN   : '+=' ;
MINUS_ASSIGN  : '-=' ;
PLUS          : '+' ;
MINUS         : '-' ;
STAR          : '*' ;
SLASH         : '/' ;
ARROW         : '->' ;
FAT_ARROW     : '=>' ;
DOTDOT        : '..' ;
DOT           : '.' ;
COMMA         : ',' ;
COLON         : ':' ;
QUESTION      : '?' ;
LPAREN        : '(' ;
RPAREN        : ')' ;
LBRACKET      : '[' ;
RBRACKET      : ']' ;
LBRACE        : '{' ;
RBRACE        : '}' ;

COMMENT : '//' ~[\r\n]* -> channel(HIDDEN) ;
SPACE   : [ \t\r\n]+ -> skip ;
OTHER   : . ;

fragment D : [0-9] ;
fragment TEXT_PART : '\\' ~[\r\n] | ~["\\\r\n] ;
