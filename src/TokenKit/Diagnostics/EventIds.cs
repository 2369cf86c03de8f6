namespace TokenKit.Diagnostics;

/// <summary>
/// The ids of the package's log messages. An id never changes its meaning once it is released, and is never used again; its
/// name is the name of the event.
/// </summary>
internal static class EventIds
{
    // 1000 to 1099: calls to APIs.
    public const int TokenRejected = 1000;
    public const int RequestResent = 1001;
    public const int ResendImpossible = 1002;
    public const int NoNewerToken = 1003;
    public const int RenewalFailed = 1004;
    public const int TokenPlaced = 1005;
    public const int ResendElsewhere = 1006;
    public const int RedirectWithoutToken = 1010;
    public const int RedirectNotFollowed = 1011;
    public const int UnknownPrimaryHandler = 1012;
    public const int CookieDropped = 1013;
    public const int CookiesUnknown = 1014;
    public const int RejectedReportFailed = 1020;

    // 1100 to 1199: requests for a token.
    public const int TokenWaiting = 1100;

    // 1200 to 1249: refreshes.
    public const int RefreshStarted = 1200;
    public const int RefreshSucceeded = 1201;
    public const int RefreshFailedTokenUsable = 1202;
    public const int RefreshFailed = 1203;
    public const int AnswerOdd = 1204;
    public const int RotationUncertainRetrying = 1205;
    public const int RotationUncertain = 1206;
    public const int GrantStillDead = 1207;
    public const int ObserverThrew = 1208;
    public const int StillRefused = 1209;
    public const int NothingNewer = 1210;
    public const int FormerTokenRejected = 1211;

    // 1270 to 1289: lifetimes that no server can mean, and the way to the token endpoint.
    public const int LifetimeZero = 1270;
    public const int ExpiresAtPassed = 1271;
    public const int ExpiresInIsTime = 1272;
    public const int ExpiresAtUnit = 1273;

    // 1250 to 1259: refreshes without traffic, the start and the end of the process.
    public const int ScheduledKeyFailed = 1250;
    public const int StoreNotReadAtStart = 1251;
    public const int RefreshTokenEnding = 1252;
    public const int WarmStartWaiting = 1253;
    public const int DrainTimedOut = 1254;
    public const int StoreNotListed = 1255;

    // 1260 to 1269: events for the application's code.
    public const int EventDropped = 1260;
    public const int EventHandlerFailed = 1261;

    // 1290 to 1299: refreshes whose store is not there.
    public const int GoingOnUnsaved = 1290;
    public const int DamagedRecordSetAside = 1291;

    // 1300 to 1399: stores and what is written to them.
    public const int RotationNotPersisted = 1300;
    public const int RotationPersistedLate = 1301;
    public const int RotationLost = 1302;
    public const int NoPlaceForToken = 1303;
    public const int KeySealedVeryManyRecords = 1310;
    public const int LeftoverFilesSwept = 1311;

    // 1500 to 1599: options and definitions.
    public const int ReloadRefused = 1500;
    public const int DefinitionReloaded = 1501;
    public const int PlainSecrets = 1502;
    public const int TokenInQuery = 1503;
    public const int TokenInCookie = 1504;
    public const int ReloadClashes = 1505;
    public const int RegistryAllowed = 1506;
    public const int SecretMissing = 1507;
}
