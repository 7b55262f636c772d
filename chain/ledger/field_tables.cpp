// docs/LEDGER.md's tables of the ledger.
#include "chain/ledger/codec.h"
#include "chain/ledger/table_maker.h"

namespace edict::ledger {

std::string field_tables() {
    return tables<Genesis, ValidatorSet, Validator, Party, PartyAttribute, ChainLimits, Transaction,
                  Batch, Body, Header, HeaderSignature, Certificate, LogLeaf, Receipt,
                  DecisionRecord, RegulationAnswer, DecidingRule, FailedObserver, ShownValue,
                  EventRecord, DutyRecord, StatePlace, StateValue, ModuleBundle, SourceFile,
                  Endorsement, Attestation, Proof, EpochLink, HeaderClaim, LeafClaim, ReceiptClaim,
                  ValueClaim, AbsenceClaim, ConsistencyClaim, merkle::TreeProof,
                  merkle::TreeLeaf>();
}

}  // namespace edict::ledger
