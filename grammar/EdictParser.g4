// One declaration at a time: compiler/parse cuts the tokens of a file into its header and its
// declarations, so that a mistake in one cannot hide or cause one in another.
//
// An expression is a flat list of operands and operators here; compiler/parse builds the tree by the
// table of precedences in docs/LANGUAGE.md. What is lenient here (order of clauses, what may be
// assigned) is checked there, where the message can be better.
parser grammar EdictParser;

options { tokenVocab = EdictLexer; }

header
    : (CONTRACT | REGULATION) path VERSION VERSION_NUMBER headerClause* EOF
    ;
headerClause
    : ZONE OFFSET                # zoneClause
    | REGULATORS (NONE | names)  # regulatorsClause
    | GOVERNS paths              # governsClause
    ;

declaration
    : ( useDeclaration | roleDeclaration | eventDeclaration | enumDeclaration | recordDeclaration
      | storeDeclaration | actionDeclaration | sourceDeclaration | defaultDeclaration
      | constDeclaration | functionDeclaration | tableDeclaration | parameterDeclaration
      | attributeDeclaration | exampleDeclaration
      | ruleDeclaration | assertDeclaration | testDeclaration | orderDeclaration | counterDeclaration
      | observeDeclaration | invariantDeclaration | initialDeclaration | upgradeDeclaration ) EOF
    ;
useDeclaration    : USE path ;
roleDeclaration   : ROLE names ;
eventDeclaration  : PERSONAL? EVENT name LPAREN fields? RPAREN ;
enumDeclaration   : ENUM name ORDERED? LBRACE enumMember (COMMA enumMember)* COMMA? RBRACE ;
enumMember        : name (SINCE VERSION_NUMBER)? ;
recordDeclaration : RECORD name LBRACE fields COMMA? RBRACE ;
storeDeclaration  : STORE name COLON type (DEFAULT expression)? ;
actionDeclaration : ACTION name LPAREN fields? RPAREN (ARROW type)? by dated? block ;
by                : BY (ANYONE | DUTY | names) ;
dated             : DATED_BY name (WITHIN INTEGER DAYS | INTEGER DAYS WITHIN) ;
attributeDeclaration : ATTRIBUTE name COLON type ;
sourceDeclaration : SOURCE name (RANK rankName)? (IN_FORCE_FROM DATE)? TEXT? ;
rankName : name | RULE ;
defaultDeclaration : DEFAULT (PERMIT | FORBID | SILENT) paths? ;
orderDeclaration : ORDER_BY_RANK (rankName (COMMA rankName)*)? | ORDER_BY_DATE | ORDER_RESTRICTIONS_FIRST ;
assertDeclaration : ASSERT ( NEVER (PERMITTED | FORBIDDEN) paths (WHEN expression)?
                            | paths (WHEN expression)? NEVER (PERMITTED | FORBIDDEN) ) ;

fields : field (COMMA field)* ;
field  : PERSONAL? name COLON type added? ;
added  : SINCE VERSION_NUMBER (DEFAULT expression)? ;   // of a record alone

type         : typeCore QUESTION* ;
typeCore     : path (range | LESS typeArgument (COMMA typeArgument)* GREATER)?
             | LPAREN type (COMMA type)* RPAREN ;
typeArgument : INTEGER | type ;
range        : MINUS? INTEGER DOTDOT MINUS? INTEGER ;

constDeclaration     : CONST name (COLON type)? ASSIGN expression ;
functionDeclaration  : FUNCTION name LPAREN fields? RPAREN ARROW type ASSIGN expression ;
parameterDeclaration : PARAMETER name COLON type LBRACE cites* datedValue+ RBRACE ;
datedValue           : FROM DATE COLON expression ;

// A row begins where the value before it ends: the value of a row is one name, literal or in brackets.
tableDeclaration : TABLE name LPAREN fields? RPAREN ARROW type (UNIQUE | FIRST) LBRACE tableRow* RBRACE ;
tableRow  : tableCell (COMMA tableCell)* FAT_ARROW bound ;
tableCell : ANY
          | (EQUAL | NOT_EQUAL | LESS | LESS_EQUAL | GREATER | GREATER_EQUAL) bound
          | bound (DOTDOT bound)? ;
// No call and no index: else every bracket of an expression might begin a row, and need looking ahead.
bound     : MINUS? primary (DOT name)* ;

// ---- stores over time

invariantDeclaration
    : INVARIANT name cites* (FOR_EVERY (name | LPAREN names RPAREN) IN path)? COLON expression because?
    ;
initialDeclaration : INITIAL (FROM TEXT SHA256 TEXT)? LBRACE initialValue* RBRACE ;
initialValue       : place ASSIGN expression ;
upgradeDeclaration : UPGRADE name FROM VERSION_NUMBER LPAREN fields? RPAREN ASSIGN expression ;

// ---- rules

// Where there are two orders of words, the second is that of Chinese (docs/LANGUAGE.md, Words).
ruleDeclaration
    : RULE name ruleClause* (ON actionSet (WHEN expression)? COLON norm | act) ruleTail*
    ;
act : (WHEN expression COLON)? (PERMIT AS_OF_RIGHT? | FORBID) actionSet ;
actionSet
    : paths
    | ANY_ACTION_OF path
    | ACTIONS_OF path (THAT_WRITE | THAT_READ) paths
    | path ANY_ACTION_OF
    | path (THAT_WRITE | THAT_READ) paths ACTIONS_OF
    ;
ruleClause
    : cites
    | effective
    | OVERRIDES names
    ;
cites     : CITES citation (COMMA citation)* ;
citation  : name TEXT ;
effective : EFFECTIVE (FROM DATE)? (UNTIL DATE)? ;
norm      : PERMIT AS_OF_RIGHT? | FORBID | REQUIRE expression | duty ;
duty
    : bearer MUST path LPAREN arguments? RPAREN WITHIN INTEGER (DAYS | WORKING_DAYS | HOURS) (AFTER branch)? remedy?
    | bearer MUST (branch AFTER)? INTEGER (DAYS | WORKING_DAYS | HOURS) WITHIN path LPAREN arguments? RPAREN remedy?
    ;
bearer    : ANY name | EVERY name IN branch | branch ;
remedy    : ELSE path LPAREN arguments? RPAREN ;
ruleTail  : because | unless ;
because   : BECAUSE TEXT ;
unless    : UNLESS expression because? cites* ;

// ---- counters and observers

counterDeclaration
    : COUNTER name COLON (COUNT | (SUM | DISTINCT) expression) PER expression (OVER INTEGER DAYS)?
      ON FORBIDDEN? actionSet (WHEN expression)?
    | COUNTER name COLON ON FORBIDDEN? actionSet (WHEN expression)? (OVER INTEGER DAYS)?
      PER expression (COUNT | (SUM | DISTINCT) expression)
    ;
observeDeclaration : OBSERVE actionSet block ;

// ---- statements

block : LBRACE statement* RBRACE ;
statement
    : LET name ASSIGN expression (ELSE FAIL TEXT)?                          # letStatement
    | ADD expression TO place                                               # addStatement
    | REMOVE expression (FROM place)?                                       # removeStatement
    | ifStatement                                                           # conditional
    | FOR name IN expression block                                          # forStatement
    | FAIL TEXT                                                             # failStatement
    | EMIT path LPAREN arguments? RPAREN                                    # emitStatement
    | RETURN expression                                                     # returnStatement
    | place ((ASSIGN | PLUS_ASSIGN | MINUS_ASSIGN) expression)?             # assignOrCall
    ;
// It starts with a name, so that a bracket never begins a statement: `f (` is a call at once.
place : name suffix* ;
ifStatement : IF expression block (ELSE (ifStatement | block))? ;

// ---- tests

testDeclaration : TEST TEXT LBRACE step* RBRACE ;
exampleDeclaration : EXAMPLE TEXT LBRACE step* RBRACE ;
step
    : PARTIES party (COMMA party)*                # partiesStep
    | GIVEN place ASSIGN expression               # givenStep
    | AT DATE TIME?                               # atStep
    | CALL path LPAREN arguments? RPAREN BY name  # callStep
    | EXPECT expectation                          # expectStep
    | EXPECT_DUTY name MUST path LPAREN arguments? RPAREN  # expectDutyStep
    | EXPECT_NO_DUTY                              # expectNoDutyStep
    | EXPECT_BREACH (BY path)?                    # expectBreachStep
    ;
party : name (COLON name (AND name)*)? ;
expectation
    : COMMITTED
    | FORBIDDEN (BY (DEFAULT | path))?
    | BY (DEFAULT | path) FORBIDDEN
    | FAILED TEXT?
    | REFUSED
    | expression
    ;

// ---- expressions

single : expression EOF ;

expression : operand (infix operand | ELSE operand | known)* ;
// Without a bare `else`, which would be taken for that of the `if`.
branch     : operand (infix operand | known)* ;
infix
    : IMPLIES | OR | AND
    | EQUAL | NOT_EQUAL | LESS | LESS_EQUAL | GREATER | GREATER_EQUAL | IN | NOT_IN
    | STARTS_WITH | ENDS_WITH | CONTAINS
    | PLUS | MINUS | UNION | WITHOUT
    | STAR | SLASH | MOD | INTERSECT
    | AS_OF
    ;
known   : IS_KNOWN | IS_NOT_KNOWN | (HAS_OPEN_DUTY | HAS_BREACHED_DUTY) path ;
// What begins with a word that may also be a name stands before the names.
operand
    : (NOT | MINUS)*
      (ifThenElse | quantified | rounded | conversion | aggregate | threshold | postfix)
    ;
ifThenElse : IF expression THEN branch ELSE branch ;
aggregate : COUNT name IN branch SATISFIES branch
          | (SUM | MIN | MAX) name IN branch OF branch ;
threshold : (AT_LEAST | AT_MOST) INTEGER OF
            ( name IN branch SATISFIES branch | LPAREN expression (COMMA expression)* RPAREN ) ;
rounded    : ROUND name TO INTEGER LPAREN expression RPAREN ;
conversion : CONVERT postfix TO name AT postfix ;
quantified : (EVERY | SOME) name IN branch SATISFIES branch ;

postfix : primary suffix* ;
suffix
    : DOT name                                               # memberSuffix
    | LBRACKET expression RBRACKET                           # indexSuffix
    | LPAREN arguments? RPAREN                               # callSuffix
    | LBRACE fieldValue (COMMA fieldValue)* COMMA? RBRACE    # recordSuffix
    ;
arguments  : argument (COMMA argument)* ;
argument   : (name COLON)? (ANY | expression) ;
fieldValue : name COLON expression ;
primary
    : (INTEGER | DECIMAL) (UNIT | DAYS | HOURS) | INTEGER | DECIMAL | TEXT | DATE TIME? | TRUE | FALSE | ABSENT | TODAY | NOW | CALLER | SIGNER
    | RESULT
    | name
    | LPAREN expression (COMMA expression)* RPAREN
    | LBRACE (expression (COMMA expression)* COMMA?)? RBRACE
    | LBRACKET (expression (COMMA expression)* COMMA?)? RBRACKET
    ;

// ---- names

names : name (COMMA name)* ;
paths : path (COMMA path)* ;
path  : name (DOT name)* ;
name
    : WORD | CONTRACT | REGULATION | VERSION | ZONE | REGULATORS | GOVERNS | USE | ROLE | EVENT
    | ORDERED | RECORD | BY | ANYONE | DUTY | BEFORE | HAS_ROLE | SOURCE | RANK | EFFECTIVE | FROM | UNTIL | TEST | NEVER | PERMITTED
    | TO | PARTIES | GIVEN | AT | CALL | EXPECT | COMMITTED | FORBIDDEN | FAILED | REFUSED
    | COUNTER | OBSERVE | SUM | COUNT | DISTINCT | PER | OVER | ANY | WITHIN | DAYS | WORKING_DAYS | HOURS | AFTER
    | ROUND | CONVERT | MIN | MAX | OF | CONTAINS | CONST | FUNCTION | PARAMETER
    | TABLE | UNIQUE | FIRST | ATTRIBUTE | EXAMPLE | INVARIANT | INITIAL | UPGRADE | SINCE | SHA256 | PERSONAL
    ;
