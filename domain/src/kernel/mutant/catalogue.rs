//! The controls that can be taken away.

use strum::{EnumIter, EnumString, IntoStaticStr};

/// A control that can be taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Mutant {
    /// The store leaves out the tenant of every table.
    NoTenant,
    /// The store leaves out the reach of every table.
    NoReach,
    /// The store leaves out the town when it builds the reach of a case.
    NoTierPredicate,
    /// Settings are made for the session, not for the transaction.
    SessionSettings,
    /// Loaders are shared between requests.
    SharedLoader,
    /// A case is handed on without its access row.
    NoAccessRow,
    /// A connection that lay idle is used without asking whether it still answers.
    UntestedIdle,
    /// A server that says nothing any more is waited for without end.
    EndlessPatience,
    /// SQLite acknowledges what is not on its disk yet.
    NoSync,
    /// A begun transaction is neither guarded by its own task nor by the release hook.
    UnguardedBegin,
    /// A repeat with an idempotency key is carried out again.
    NoIdempotencyRecord,
    /// A program need not send a key with what it creates.
    ProgramsWithoutKey,
    /// What was done offline carries no key of its own.
    FieldWithoutClaim,
    /// Whoever sees a visit can strike it off.
    AnybodyVoids,
    /// Visits of key persons are read as all others.
    KeyPersonsByPlace,
    /// Whoever records visits follows up key persons.
    AnybodyFollowsUp,
    /// Whoever reads a case or a visit reads its address to the door.
    WholeAddresses,
    /// What is said of children is read, and children are read whole, as of anybody.
    ChildrenAsAnybody,
    /// Data of a child is kept without a ground.
    UnfoundedChild,
    /// Only places of the same level hand a case over between police and mediation.
    NoLinkage,
    /// Whoever holds a case transfers it to themselves.
    ToOneself,
    /// Whoever holds a socket keeps it, whatever they may still do.
    KeptStanding,
    /// A database is served whatever became of its walls.
    WallsUnexamined,
    /// What somebody may not do and tried is not written down.
    SilentRefusals,
    /// What somebody may not do is written down as often as they try.
    EndlessRefusals,
    /// Passwords that were tried stay in memory.
    KeptPasswords,
    /// People take out as many files in a day as they like.
    EndlessExports,
    /// Files of however many people go out by the word of whoever takes them.
    UnreviewedExport,
    /// Who lost what they saw fetches what they were about to take out.
    KeptExports,
    /// Whoever takes a file out approves it too.
    OwnReview,
    /// What was said of a file is said again, otherwise.
    DecidedTwice,
    /// The audit trail has how many rows went out, not which.
    UnnamedRows,
    /// Whoever may export takes the audit trail out too.
    ExportedTrail,
    /// A use case leaves no entry in the audit trail.
    UnauditedWrites,
    /// What is audited is written down when the change is committed, in a transaction of its own.
    AuditAfterwards,
    /// The rows of a file do not say which file they are from.
    UnmarkedRows,
    /// A file of the roster tells whose number is whose to whoever does not keep their files.
    TellingRoster,
    /// Whatever an issuer signed for somebody tells who they are.
    AnyJwt,
    /// Whoever came to oversee a district writes in it.
    OverseerWrites,
    /// What an overseer was lent counts in sessions that nobody opened from home.
    OverseerAtHome,
    /// Nobody asks whether the session at home still counts by which an overseer came.
    ForgottenHome,
    /// An overseer's own tenant is not told that they go to read another one.
    SilentOversight,
    /// Leave to oversee a district is given for as long as somebody likes.
    LongOversight,
    /// Whoever is in a closed district stays in it.
    ClosedComeIn,
    /// A district is erased that was not handed over.
    UnexportedErased,
    /// Of each table of a district that is erased some rows go, and nobody counts what is left.
    HalfErased,
    /// Tables of a district that is erased are written anew while somebody sees what was removed, which PostgreSQL keeps for them.
    SeenWhenRewritten,
    /// The key of a district that is erased stays.
    KeptTenantKey,
    /// Personal values are sealed by the master key alone.
    NoTenantKeys,
    /// WeChat is asked about codes that it never gave.
    AnyLoginCode,
    /// A key that could not be asked for is one that its issuer does not have.
    UnaskedKeys,
    /// A head of the audit trail that is no hash is passed over.
    BelievedHead,
    /// Whoever looks for a telephone number reads the list of everybody.
    ListFirst,
    /// Whoever asks for a place reads all of it, however little of it is in reach.
    WidestWay,
    /// A grant for some categories reaches what has none.
    PlaceOfAnyCategory,
    /// Subscriptions deliver events to everyone of the tenant.
    NoDeliveryFilter,
    /// Subscribers hear what the bus has and nothing else.
    PlainBus,
    /// What subscribers see of an event is written once for all of them, whatever they ask for.
    SharedEyes,
    /// What happened before is told to whoever might have known of it then.
    NoPresentSight,
    /// Whoever follows events takes what the ground is from memory.
    HeardBefore,
    /// Who is busy with events of their own never looks for those of others.
    BusyRelay,
    /// What another process changed is remembered for as long as memory lasts.
    DeafMemory,
    /// Whoever may read somebody whole may read everybody whom they see.
    RevealAnywhere,
    /// People are read whole without end.
    EndlessReveals,
    /// People are looked up by their number without end.
    EndlessLookups,
    /// A mask shows two digits more.
    WiderMask,
    /// That somebody was read whole is not written down.
    SilentReveal,
    /// A secret of a program counts for as long as anybody has it.
    EndlessSecret,
    /// Secrets of a program outlive that it was shut out.
    SecretsOutlive,
    /// A program has as many secrets as it is given.
    ThirdSecret,
    /// A person is given a secret of a program.
    SecretOfAPerson,
    /// With any secret a program may do all that its account may do.
    WholeClient,
    /// A secret that signs can be shown, and one that is shown can sign.
    EitherProof,
    /// A provider's word opens every account.
    ProviderOpensAll,
    /// Whoever was signed out, or has another password, is known to providers as before.
    LinksOutlive,
    /// An ID token counts as often as it is shown.
    RepeatedIdToken,
    /// A token of any issuer for anybody is believed.
    UnpinnedIssuer,
    /// Nobody asks who signed an ID token.
    UnsignedIdToken,
    /// A token need not say what the district wants it to.
    AnyClaims,
    /// Keys of an issuer are fetched for every token with a key that nobody knows.
    EagerKeys,
    /// Keys of an issuer that does not answer count no more.
    LostKeys,
    /// Each process fetches tokens for itself.
    CrowdedToken,
    /// Tokens are forced as often as one is refused.
    HastyForce,
    /// Whoever was disabled makes another account.
    DisabledReturn,
    /// Residents make accounts by every mini-program.
    OpenRegistration,
    /// Whoever is signed in links themselves without the password.
    LinkWithoutPassword,
    /// Whoever names a program has signed for it.
    UnsignedClient,
    /// What a program signed counts for as long as anybody has it.
    OldSignature,
    /// What a program signed counts as often as it is sent.
    RepeatedSignature,
    /// Passwords can be tried without end.
    NoSignInLimit,
    /// From one address every account is tried without end.
    NoAddressLimit,
    /// On a device that an account knows passwords are tried without end.
    NoDeviceLimit,
    /// Whoever guesses holds up devices that the account knows.
    NoKnownDevice,
    /// Whatever device was known once, to anybody, is known.
    AnyDevice,
    /// A right password costs nothing at all.
    FreeWhenRight,
    /// What was taken for a password that is not looked at is lost.
    LostDrops,
    /// Whoever hangs up loses what they took, and is not counted.
    HungUp,
    /// One account takes all places of the hashing pool.
    NoPlaces,
    /// A token of before is looked up where there is an account, and only there.
    TokenTells,
    /// What is done to an account while its password is looked at does not count.
    StaleLook,
    /// The sessions of an account end as of when somebody wanted them to end.
    EarlyEnd,
    /// Sessions that lapsed stay known devices.
    LapsedKept,
    /// Whoever keeps a roster somewhere ties any account to it.
    AnyAccount,
    /// Codes of a second factor are tried without end.
    NoCodeLimit,
    /// Whatever is shown is a code of a second factor.
    AnyCode,
    /// A code counts as often as it is shown.
    ReplayedCode,
    /// A recovery code counts as often as it is shown.
    LastingRecovery,
    /// A recovery code costs what a code of a telephone costs.
    CountedRecovery,
    /// A password may have characters of one kind only.
    AnyKinds,
    /// A password may be one that everybody tries first.
    GuessedPassword,
    /// A password may be one that the account had before.
    UsedPassword,
    /// A password that somebody gave need not be changed.
    GivenStays,
    /// A password that somebody gave counts for as long as nobody uses it.
    LastingGift,
    /// What was opened with the old password goes on when there is a new one.
    SessionsOfBefore,
    /// Whoever changes their own is not asked whether their session still counts.
    EndedSession,
    /// A password is changed though another was set meanwhile.
    ChangedBeside,
    /// What was shown with an idempotency key is kept as anybody can reckon it.
    PlainDigest,
    /// What was opened with the password alone goes on when a second factor is confirmed.
    EarlierSessions,
    /// Whoever may end second factors ends their own.
    OwnReset,
    /// Administrators do without a second factor.
    NoFactorAsked,
    /// Everybody says themselves which address they call from.
    AnyProxy,
    /// Each server limits for itself.
    OwnBuckets,
    /// What is refused by all servers together or by one alone is taken from the other side all the same.
    HalfTaken,
    /// Nobody hears the other servers ring.
    DeafServer,
    /// Whoever comes back with a cursor gets what there is, whether or not it follows.
    NoPlaceCheck,
    /// A refresh token can be used again.
    NoReuseDetection,
    /// Who shows a refresh token does not wait for whoever shows it at the same time.
    UnheldSession,
    /// An access token for anybody else's API counts here.
    AnyAudience,
    /// Many more passwords are hashed at the same time than there are cores.
    WideHashing,
    /// A weaker hash of a password stays as it is.
    WeakHashes,
    /// What is searched for is a pattern.
    WildText,
    /// Every sealed value has the same row binding.
    ConstantBinding,
    /// Documents reach the executor unchecked.
    NoPreCheck,
    /// A document may be as dear as it likes.
    NoCostLimit,
    /// Nobody pays for what they ask.
    UncountedCost,
    /// All tenants pay from one bucket.
    SharedCost,
    /// Whatever document is sent is trusted.
    AnyDocument,
    /// The schema is shown to whoever asks.
    SchemaForAnyone,
    /// Grants may exceed their grantor's scope.
    NoGrantLimit,
    /// Versions are not compared.
    NoVersionCheck,
    /// A case goes to offices that are not cleared for it.
    NoClearance,
    /// A case is sent to those above whoever sends it.
    NoSendingLimit,
    /// Everyone on the staff stands in for a reporter without an account.
    NoProxyLimit,
    /// Acts are done without the reason they demand.
    NoReason,
    /// How well somebody settled a case is told to whoever sees it.
    ScoreForEverybody,
    /// Whoever reported a result judges it.
    OwnJudge,
    /// Whoever holds a case stops its clock and moves its end.
    OwnClock,
    /// A case that stands still is worked on and passed on all the same.
    NoStandstill,
    /// A case is extended as often as somebody likes.
    NoExtensionLimit,
    /// A case that was late counts as on time.
    LateIsOnTime,
    /// A case is judged however long after its closing.
    NoEvaluationEnd,
    /// A sample shows to everybody who draws samples somewhere.
    NoSampleReach,
    /// Who settled a case checks it in a sample.
    OwnSampleCheck,
    /// A request for more time outlives its answer, and whoever asked.
    OpenRequestKept,
    /// Whoever has assisted with a case, or has seen it end, is still waited for.
    EndlessAssistance,
    /// A case is merged into one that is part of it.
    NoMergeCycleCheck,
    /// The level at which a case is supervised falls.
    NoLevelOrder,
    /// What one post allows counts wherever another one reaches.
    MixedPosts,
    /// What a post elsewhere allows counts for whoever a case lies with.
    PostsElsewhere,
    /// Whoever holds nothing any more sees what ever lay with them.
    KeptCases,
    /// Whoever a case lies with is told to its door, whatever they hold.
    DoorWithoutPost,
    /// Whoever covers a place answers for what others do there.
    EverybodyOversees,
    /// A case is neither held nor compared while somebody acts on it.
    UnheldCase,
    /// Nobody reckons anew after a calendar changed.
    NoReckoning,
    /// A rung fires because the index says so, whatever the case says.
    NoRecheck,
    /// A rung that fired is not claimed.
    NoClaim,
    /// A rule of a programme is for every role, level and organisation.
    NoRuleLimit,
    /// A running case follows what was published last.
    LatestVersion,
    /// A programme that breaks a rule is published.
    NoProgrammeCheck,
    /// Acts are done without the fields that their programme demands.
    NoDemandedField,
    /// An administrator of a town knows everyone's accounts.
    NoAdministered,
    /// Separated administrators are given what they exclude.
    NoSeparation,
    /// A separated administrator is disabled by another one alone.
    NoMutualProtection,
    /// A sealing key is not compared with the store's.
    NoKeyRecognition,
    /// Production serves the store of a demo.
    DemoInProduction,
    /// Strangers open sockets without end.
    NoAnonymousCap,
    /// What is remembered of a tenant outlives what changes it.
    NoForgetting,
    /// What is remembered is of whoever asked first.
    SharedMemory,
    /// A link to a file counts for ever.
    NoLinkEnd,
    /// A file that comes is kept whatever it is.
    NoMagicCheck,
    /// A photo is kept as it came, with all that it says.
    NoLocationStrip,
    /// What is brought at the same time is not counted.
    UncountedUploads,
    /// Whatever somebody sees is attached by them.
    NoAttachmentOwner,
    /// What came with an entry for staff is shown to everyone who sees the case.
    NoAttachmentAudience,
    /// A photo that an act demands need not be there.
    NoEvidence,
    /// A masked name is taken for a name.
    MaskedTaken,
    /// Everyone takes out what they see.
    NoExportPermission,
    /// Cursors of one list are taken for another.
    NoListInCursor,
    /// With another category a case becomes less sensitive.
    SensitivityLowered,
    /// Whoever gives a case another category need not see it afterwards.
    BlindCategoryChange,
    /// What becomes more sensitive stays open to everybody who had it.
    KeptAccess,
    /// What becomes more sensitive goes back to whoever gave it, cleared or not.
    UnclearedGiver,
    /// Values that one programme asks for are taken along into another.
    ForeignValues,
    /// Whoever answers for a matter in one unit answers for it in every unit.
    DutyEverywhere,
    /// However far apart two cases are, they can be the same matter.
    FarIsSimilar,
    /// However long ago a case was reported, it can be the same matter.
    LongAgoIsSimilar,
    /// Several people hold an exclusive post at once.
    NoExclusivePost,
    /// Whoever keeps a roster somewhere keeps every one.
    NoRosterLimit,
    /// An appointment is ended and its role stays.
    RoleOutlivesPost,
    /// A webhook may lie in any network.
    NoAddressCheck,
    /// What signs a message of a webhook does not say when it was sent.
    UntimedWebhook,
    /// A webhook is told of everything in the tenant, whoever its owner is.
    OwnerUnchecked,
    /// What a webhook is told in full is not what its owner sees.
    FullForAnyone,
    /// What staff write for staff is told to whoever is told all.
    StaffTextLeaves,
    /// A partner's message counts whoever signed it.
    UnsignedPartner,
    /// Whatever key is shown at the door of Open311 opens it.
    AnyApiKey,
    /// What a partner signed counts for ever.
    EndlessSignature,
    /// A ticket that says something else under a number of before is taken for the one of before.
    AnyTicket,
    /// A key that was added seals at once, whoever knows it.
    NewestSealsAtOnce,
    /// Keys change faster than servers learn of them.
    HastyKeys,
    /// A process keeps the keys that it began with.
    UnlearnedKeys,
    /// Whatever key file is put in place of the one before is taken.
    AnyKeyFile,
    /// A process signs and verifies tokens with the keys that it began with.
    UnlearnedTokenKeys,
    /// Keys that sign tokens change faster than servers learn of them, and go before what they signed is over.
    HastyTokenKeys,
    /// Whatever file of token keys is put in place of the one before is taken.
    AnyTokenFile,
    /// What is looked up is looked up under the key that seals alone.
    OneKeyLookup,
    /// What somebody changed while it was sealed anew is written over.
    CarelessReseal,
    /// What counts whole columns takes no longer than what a caller waits for.
    HastyCount,
    /// A key goes although something is sealed under it.
    UsedKeyRetired,
    /// What is sealed has the clear text beside it.
    ClearText,
    /// What a request is about stands in the log.
    LoggedVariables,
    /// Whoever names an account that is not there is told so at once.
    HastyStranger,
    /// An own password counts for ever, whatever the rules say.
    LastingPassword,
    /// A session lies unused for as long as anybody likes.
    NoIdleEnd,
    /// A session that is refreshed never ends.
    NoSessionEnd,
    /// An access token counts for ever.
    EndlessToken,
    /// A token of another type counts as an access token.
    AnyTokenType,
    /// A token says of itself by what it was signed, and nobody compares.
    AnyAlgorithm,
    /// Equal numbers of two tenants have the same blind index.
    SharedBlind,
    /// Whoever reads somebody whole for another purpose need not say which.
    UnsaidPurpose,
    /// For what somebody was read whole is not written down.
    ForgottenPurpose,
    /// Whoever was given leave to oversee a district has it for ever.
    EndlessLeave,
    /// The audit trail goes as early as a setting says.
    HastyTrail,
    /// Whoever verifies the audit trail does not read what was anchored of it.
    UnreadAnchor,
    /// What is audited is never sealed.
    UnsealedAudit,
    /// The hash of an audit entry does not cover the one before.
    UnchainedAudit,
}
